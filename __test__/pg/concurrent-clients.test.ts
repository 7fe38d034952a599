import { expect, test } from 'vitest'
import { connect, query } from '../support/provider'

test('many clients at once are all served', async () => {
  const clients = await Promise.all(Array.from({ length: 20 }, () => connect()))
  const results = await Promise.all(
    clients.flatMap((client, i) =>
      [0, 1, 2].map((j) => client.query('select $1::int as i, $2::int as j', [i, j]))
    )
  )
  expect(results.map((result) => result.rows[0] as unknown)).toEqual(
    clients.flatMap((_, i) => [0, 1, 2].map((j) => ({ i, j })))
  )
})

test('a statement of one client is not cut by the statements of another', async () => {
  await query('create table shared_counter (n int); insert into shared_counter values (0)')
  const clients = await Promise.all(Array.from({ length: 8 }, () => connect()))
  await Promise.all(
    clients.flatMap((client) =>
      Array.from({ length: 25 }, () => client.query('update shared_counter set n = n + 1'))
    )
  )
  expect((await query('select n from shared_counter')).rows).toEqual([{ n: 200 }])
})

test('simple, parameterized and named queries of several clients do not mix', async () => {
  const [one, two, three] = [await connect(), await connect(), await connect()]
  const rounds = await Promise.all(
    Array.from({ length: 30 }, async (_, i) => {
      const results = await Promise.all([
        one.query(`select ${i} as v`),
        two.query('select $1::int as v', [i]),
        three.query({ name: 'mixed', text: 'select $1::int as v', values: [i] }),
      ])
      return results.map((result) => (result.rows[0] as { v: number }).v)
    })
  )
  expect(rounds).toEqual(Array.from({ length: 30 }, (_, i) => [i, i, i]))
})

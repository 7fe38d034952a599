import { expect, test } from 'vitest'
import { connect, open, privateDatabase } from '../support/embedded'

test('a thousand clients are connected at once', async () => {
  const options = privateDatabase()
  const database = await open(options)
  const clients = await Promise.all(Array.from({ length: 1000 }, () => connect(options)))
  const results = await Promise.all(
    clients.map((client, i) => client.query('select $1::int as i', [i]))
  )
  expect(results.map((result) => (result.rows[0] as { i: number }).i)).toEqual(
    results.map((_, i) => i)
  )
  expect(
    new Set(clients.map((client) => (client as unknown as { processID: number }).processID)).size
  ).toBe(1000)
  expect(database.stats().sessions).toBeGreaterThanOrEqual(1000)
})

test('sessions that come and go leave nothing behind', async () => {
  const options = privateDatabase()
  const database = await open(options)
  const before = database.stats().sessions
  for (let round = 0; round < 20; round++) {
    const clients = await Promise.all(Array.from({ length: 10 }, () => connect(options)))
    await Promise.all(
      clients.map((client, i) =>
        client.query({ name: `s${i}`, text: 'select $1::int as v', values: [i] })
      )
    )
    await Promise.all(clients.map((client) => client.end()))
  }
  expect(database.stats().sessions).toBe(before)
  const client = await connect(options)
  expect(
    (await client.query('select count(*)::int as n from pg_prepared_statements')).rows
  ).toEqual([{ n: 0 }])
})

import { expect, test } from 'vitest'
import { failure } from '../support/answers'
import { connect } from '../support/provider'

test('a query that takes longer than query_timeout is rejected', async () => {
  const client = await connect({ query_timeout: 20 })
  expect((await failure(client.query('select pg_sleep(0.3)'))).message).toBe('Query read timeout')
})

test('query_timeout may be given for one query', async () => {
  const client = await connect()
  const slow = { text: 'select pg_sleep(0.3)', query_timeout: 20 }
  expect((await failure(client.query(slow as never))).message).toBe('Query read timeout')
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('a query in time is answered', async () => {
  const client = await connect({ query_timeout: 20_000 })
  expect((await client.query('select $1::int as v', [1])).rows).toEqual([{ v: 1 }])
})

test('a query that waits too long behind another is taken from the queue', async () => {
  const client = await connect()
  await client.query('create table taken_away (n int)')
  const slow = client.query('select pg_sleep(0.2)')
  const waiting = client.query({
    text: 'insert into taken_away values (1)',
    query_timeout: 20,
  } as never)
  expect((await failure(waiting)).message).toBe('Query read timeout')
  await slow
  expect((await client.query('select * from taken_away')).rows).toEqual([])
})

test('query_timeout reaches the callback once', async () => {
  const client = await connect({ query_timeout: 20 })
  const calls: unknown[] = []
  await new Promise<void>((resolve) => {
    client.query('select pg_sleep(0.2)', (error) => {
      calls.push(error?.message)
      resolve()
    })
  })
  await client.query({ text: 'select 1', query_timeout: 20_000 } as never)
  expect(calls).toEqual(['Query read timeout'])
})

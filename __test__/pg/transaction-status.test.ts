import { expect, test } from 'vitest'
import { failure } from '../support/answers'
import { connect, unconnected } from '../support/provider'

const status = (client: unknown) =>
  (client as { getTransactionStatus(): string | null }).getTransactionStatus()

test('the status is unknown before connecting and idle after', async () => {
  const client = unconnected()
  expect(status(client)).toBeNull()
  await client.connect()
  expect(status(client)).toBe('I')
})

// A query is rejected before the server says that it is ready again, so the status after an error
// is certain only once the next query was answered.
test('the status follows the transaction', async () => {
  const client = await connect()
  await client.query('begin')
  expect(status(client)).toBe('T')
  await client.query('select 1')
  expect(status(client)).toBe('T')
  await failure(client.query('select 1 / 0'))
  await failure(client.query('select 1'))
  expect(status(client)).toBe('E')
  await client.query('rollback')
  expect(status(client)).toBe('I')
})

test('the status follows parameterized queries, too', async () => {
  const client = await connect()
  await client.query('begin')
  await client.query('select $1::int', [1])
  expect(status(client)).toBe('T')
  await failure(client.query('select 1 / $1::int', [0]))
  await failure(client.query('select $1::int', [1]))
  expect(status(client)).toBe('E')
  await client.query('rollback')
  expect(status(client)).toBe('I')
})

test('the status of one client says nothing about another', async () => {
  const [one, two] = [await connect(), await connect()]
  await one.query('select 1')
  await two.query('select 1')
  await one.query('begin')
  expect([status(one), status(two)]).toEqual(['T', 'I'])
  await one.query('rollback')
})

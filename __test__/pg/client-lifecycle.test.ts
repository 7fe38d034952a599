import { once } from 'node:events'
import { expect, test } from 'vitest'
import { collect, failure } from '../support/answers'
import { connect, unconnected } from '../support/provider'

test('connect answers the client and tells connect', async () => {
  const client = unconnected()
  const told = collect(client, 'connect')
  const answer: unknown = await client.connect()
  expect(answer).toBe(client)
  expect(told).toHaveLength(1)
})

test('connect takes a callback', async () => {
  const client = unconnected()
  const args = await new Promise<unknown[]>((resolve) =>
    client.connect((...all: unknown[]) => resolve(all))
  )
  expect(args).toEqual([null, client])
})

test('queries that are given while connecting run afterwards, in order', async () => {
  const client = unconnected()
  const connecting = client.connect()
  const results = await Promise.all([client.query('select 1 as v'), client.query('select 2 as v')])
  await connecting
  expect(results.map((result) => result.rows)).toEqual([[{ v: 1 }], [{ v: 2 }]])
})

test('a client connects once', async () => {
  const client = await connect()
  const message = 'Client has already been connected. You cannot reuse a client.'
  expect((await failure(client.connect())).message).toBe(message)
  await client.end()
  expect((await failure(client.connect())).message).toBe(message)
})

test('a query after end is refused', async () => {
  const client = await connect()
  await client.end()
  expect((await failure(client.query('select 1'))).message).toBe(
    'Client was closed and is not queryable'
  )
})

test('a query after end reaches the callback', async () => {
  const client = await connect()
  await client.end()
  const error = await new Promise<Error>((resolve) => client.query('select 1', (e) => resolve(e)))
  expect(error.message).toBe('Client was closed and is not queryable')
})

test('end may be called twice', async () => {
  const client = await connect()
  await Promise.all([client.end(), client.end()])
  await client.end()
})

test('end before connect does nothing', async () => {
  await unconnected().end()
})

test('end tells end once', async () => {
  const client = await connect()
  const ends = collect(client, 'end')
  const ended = once(client, 'end')
  await client.end()
  await ended
  expect(ends).toHaveLength(1)
})

test('end takes a callback', async () => {
  const client = await connect()
  await new Promise<void>((resolve) => client.end(() => resolve()))
})

test('queries that are queued when end is called are refused', async () => {
  const client = await connect()
  const outcomes = Promise.allSettled([
    client.query('select 1 as one'),
    client.query('select 2 as two'),
  ])
  await client.end()
  const messages = (await outcomes).map((outcome) =>
    outcome.status === 'rejected' ? (outcome.reason as Error).message : 'answered'
  )
  expect(messages).toEqual(['Connection terminated', 'Connection terminated'])
})

test('end after the last query is answered lets all answer', async () => {
  const client = await connect()
  const results = await Promise.all([
    client.query('select 1 as one'),
    client.query('select 2 as two'),
  ])
  await client.end()
  expect(results.map((result) => result.rows)).toEqual([[{ one: 1 }], [{ two: 2 }]])
})

test('a client has a process id of its own and a secret key', async () => {
  const [one, two] = [await connect(), await connect()] as unknown as Record<
    'processID' | 'secretKey',
    number
  >[]
  expect(Number.isInteger(one?.processID)).toBe(true)
  expect(one?.processID).toBeGreaterThan(0)
  expect(one?.processID).not.toBe(two?.processID)
  expect(one?.secretKey).not.toBe(two?.secretKey)
})

test('a stream that is destroyed is an unexpected end', async () => {
  const client = await connect()
  const told = once(client, 'error')
  const pending = failure(client.query('select pg_sleep(0.05)'))
  ;(
    client as unknown as { connection: { stream: { destroy(): void } } }
  ).connection.stream.destroy()
  expect((await pending).message).toBe('Connection terminated unexpectedly')
  const [error] = (await told) as [Error]
  expect(error.message).toBe('Connection terminated unexpectedly')
  expect((await failure(client.query('select 1'))).message).toBe(
    'Client has encountered a connection error and is not queryable'
  )
})

test('a client can be disposed of in a loop', async () => {
  for (let i = 0; i < 30; i++) {
    const client = await connect()
    expect((await client.query('select $1::int as i', [i])).rows).toEqual([{ i }])
    await client.end()
  }
})

test('ref and unref may be called at any time', async () => {
  const client = unconnected()
  await client.connect()
  const socket = client as unknown as { ref(): void; unref(): void }
  socket.unref()
  socket.ref()
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

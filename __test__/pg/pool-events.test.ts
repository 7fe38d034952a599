import { once } from 'node:events'
import { expect, test } from 'vitest'
import type pg from 'pg'
import { failure } from '../support/answers'
import { createPool } from '../support/provider'

const EVENTS = ['connect', 'acquire', 'release', 'remove'] as const

const watch = (pool: pg.Pool) => {
  const seen: string[] = []
  for (const event of EVENTS) pool.on(event as 'connect', () => seen.push(event))
  return seen
}

test('a pool tells connect once and acquire and release each time', async () => {
  const pool = createPool()
  const seen = watch(pool)
  for (let i = 0; i < 2; i++) (await pool.connect()).release()
  expect(seen).toEqual(['connect', 'acquire', 'release', 'acquire', 'release'])
})

test('a pool tells remove when a client goes', async () => {
  const pool = createPool()
  const seen = watch(pool)
  const client = await pool.connect()
  const removed = once(pool, 'remove')
  client.release(true)
  expect((await removed)[0]).toBe(client)
  expect(seen).toEqual(['connect', 'acquire', 'release', 'remove'])
})

test('release tells the error and the client', async () => {
  const pool = createPool()
  const client = await pool.connect()
  const released = once(pool, 'release')
  const error = new Error('why')
  client.release(error)
  expect(await released).toEqual([error, client])
})

test('the loss of an idle client is told by the pool', async () => {
  const pool = createPool()
  const client = await pool.connect()
  client.release()
  const told = once(pool, 'error')
  ;(
    client as unknown as { connection: { stream: { destroy(): void } } }
  ).connection.stream.destroy()
  const [error, lost] = (await told) as [Error, unknown]
  expect(error.message).toBe('Connection terminated unexpectedly')
  expect(lost).toBe(client)
  expect(pool.totalCount).toBe(0)
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('the loss of a client in a query rejects the query', async () => {
  const pool = createPool()
  pool.on('error', () => undefined)
  const connected = once(pool, 'connect') as Promise<
    [{ connection: { stream: { destroy(): void } } }]
  >
  const query = failure(pool.query('select pg_sleep(0.05)'))
  const [client] = await connected
  client.connection.stream.destroy()
  expect((await query).message).toBe('Connection terminated unexpectedly')
})

test('connect may be used to prepare each client', async () => {
  const pool = createPool({ max: 1 })
  pool.on('connect', (client) => void client.query("set search_path = 'prepared'"))
  expect((await pool.query('show search_path')).rows).toEqual([{ search_path: 'prepared' }])
})

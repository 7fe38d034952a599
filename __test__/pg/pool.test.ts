import { expect, test } from 'vitest'
import type pg from 'pg'
import { failure } from '../support/answers'
import { Client, createPool } from '../support/provider'

const counts = (pool: pg.Pool) => [pool.totalCount, pool.idleCount, pool.waitingCount]

test('a pool hands out clients and takes them back', async () => {
  const pool = createPool({ max: 2 })
  expect(counts(pool)).toEqual([0, 0, 0])
  const client = await pool.connect()
  expect(client).toBeInstanceOf(Client)
  expect(counts(pool)).toEqual([1, 0, 0])
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  client.release()
  expect(counts(pool)).toEqual([1, 1, 0])
})

test('a client that was released is handed out again', async () => {
  const pool = createPool()
  const first = await pool.connect()
  first.release()
  const second = await pool.connect()
  expect(second).toBe(first)
  second.release()
})

test('a client released with true or an error is replaced', async () => {
  const pool = createPool({ max: 1 })
  for (const reason of [true, new Error('broken')]) {
    const first = await pool.connect()
    first.release(reason)
    const second = await pool.connect()
    expect(second).not.toBe(first)
    expect((await second.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    second.release()
  }
})

test('more than max clients wait for their turn, in order', async () => {
  const pool = createPool({ max: 2 })
  const held = [await pool.connect(), await pool.connect()]
  const served: number[] = []
  const waiting = [1, 2, 3].map(async (n) => {
    const client = await pool.connect()
    served.push(n)
    client.release()
  })
  expect(counts(pool)).toEqual([2, 0, 3])
  for (const client of held) client.release()
  await Promise.all(waiting)
  expect(served).toEqual([1, 2, 3])
  expect(counts(pool)).toEqual([2, 2, 0])
})

test('a pool has ten clients unless told otherwise, and poolSize is another word for max', () => {
  const options = (pool: pg.Pool) => (pool as unknown as { options: { max: number } }).options.max
  expect(options(createPool())).toBe(10)
  expect(options(createPool({ poolSize: 3 } as never))).toBe(3)
})

test('connect takes a callback with client and release', async () => {
  const pool = createPool()
  const rows = await new Promise((resolve, reject) => {
    pool.connect((error, client, release) => {
      if (error || !client) return reject(error ?? new Error('no client'))
      client.query('select 1 as one', (_, result) => {
        release()
        resolve(result.rows)
      })
    })
  })
  expect(rows).toEqual([{ one: 1 }])
  expect(counts(pool)).toEqual([1, 1, 0])
})

test('releasing twice is refused', async () => {
  const pool = createPool()
  const client = await pool.connect()
  client.release()
  expect(() => client.release()).toThrow(
    'Release called on client which has already been released to the pool.'
  )
})

test('waiting for a client longer than connectionTimeoutMillis is refused', async () => {
  const pool = createPool({ max: 1, connectionTimeoutMillis: 1000 })
  const held = await pool.connect()
  Object.assign((pool as unknown as { options: object }).options, { connectionTimeoutMillis: 10 })
  expect((await failure(pool.connect())).message).toBe('timeout exceeded when trying to connect')
  held.release()
})

test('an idle client ends after idleTimeoutMillis', async () => {
  const pool = createPool({ idleTimeoutMillis: 5 })
  const removed = new Promise((resolve) => pool.once('remove', resolve))
  const client = await pool.connect()
  client.release()
  expect(await removed).toBe(client)
  expect(counts(pool)).toEqual([0, 0, 0])
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('min keeps that many clients past idleTimeoutMillis', async () => {
  const pool = createPool({ min: 1, max: 3, idleTimeoutMillis: 5 })
  const removed = new Promise((resolve) => pool.once('remove', resolve))
  const clients = await Promise.all([pool.connect(), pool.connect()])
  for (const client of clients) client.release()
  await removed
  expect(pool.totalCount).toBe(1)
})

test('a client is replaced after maxUses', async () => {
  const pool = createPool({ max: 1, maxUses: 2 })
  const used: unknown[] = []
  for (let i = 0; i < 3; i++) {
    const client = await pool.connect()
    used.push(client)
    client.release()
  }
  expect([used[0] === used[1], used[1] === used[2]]).toEqual([true, false])
})

test('onConnect prepares each new client before it is handed out', async () => {
  const onConnect = (client: pg.Client) => client.query("set application_name = 'prepared'")
  const pool = createPool({ onConnect } as never)
  expect((await pool.query('show application_name')).rows).toEqual([
    { application_name: 'prepared' },
  ])
})

test('a pool may bring its own client class', async () => {
  class Own extends Client {}
  const pool = createPool({ Client: Own } as never)
  const client = await pool.connect()
  expect(client).toBeInstanceOf(Own)
  client.release()
})

test('a transaction through a client of the pool is its own', async () => {
  const pool = createPool({ max: 2 })
  await pool.query('create table pooled (n int)')
  const client = await pool.connect()
  await client.query('begin')
  await client.query('insert into pooled values (1)')
  await client.query('rollback')
  client.release()
  expect((await pool.query('select count(*)::int as n from pooled')).rows).toEqual([{ n: 0 }])
})

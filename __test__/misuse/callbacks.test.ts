import { expect, test } from 'vitest'
import { failure } from '../support/answers'
import { connect, createPool, Database, open, privateDatabase } from '../support/embedded'

test('a client may end in the callback of its own query', async () => {
  const client = await connect(privateDatabase())
  await new Promise<void>((resolve, reject) => {
    client.query('select 1', (error) => {
      if (error) return reject(error)
      client.end().then(resolve, reject)
    })
  })
})

test('a database may be closed in the callback of a query of a client', async () => {
  const options = privateDatabase()
  const database = await open(options)
  const client = await connect(options)
  await new Promise<void>((resolve) => {
    client.query('select 1', () => void database.close().then(resolve))
  })
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('a query may be asked in a row event, a notice and a notification', async () => {
  const client = await connect(privateDatabase())
  const asked: Promise<unknown>[] = []
  client.on('notice', () => asked.push(client.query('select 1')))
  client.on('notification', () => asked.push(client.query('select 2')))
  await client.query('listen news')
  await client.query("do $$ begin raise notice 'x'; perform pg_notify('news', ''); end $$")
  await client.query('select 1')
  expect(asked).toHaveLength(2)
  await Promise.all(asked)
})

test('an error that is thrown in a notification listener is not swallowed and breaks nothing', async () => {
  const client = await connect(privateDatabase())
  const caught = new Promise<Error>((resolve) => {
    const others = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    process.once('uncaughtException', (error) => {
      for (const listener of others) process.on('uncaughtException', listener)
      resolve(error)
    })
  })
  client.once('notification', () => {
    throw new Error('from the listener')
  })
  await client.query('listen news')
  const notified = client.query('notify news')
  expect((await caught).message).toBe('from the listener')
  await notified
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('ending a pool in the middle of hundreds of queries answers or refuses each', async () => {
  const pool = createPool({ ...privateDatabase(), max: 4 })
  const outcomes = Promise.allSettled(
    Array.from({ length: 200 }, () => pool.query('select 1 as one'))
  )
  await pool.query('select 1')
  void pool.end()
  const error = await failure(pool.query('select 1'))
  expect(error.message).toBe('Cannot use a pool after calling end on the pool')
  expect((await outcomes).length).toBe(200)
})

test('opening and closing many databases at once works', async () => {
  const rounds = Array.from({ length: 4 }, async () => {
    const database = await Database.open({ dataDir: 'memory://' })
    const { rows } = await database.query('select 1 as one')
    await database.close()
    return rows
  })
  expect(await Promise.all(rounds)).toEqual(rounds.map(() => [{ one: 1 }]))
})

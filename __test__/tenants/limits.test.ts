// What one tenant may use, and what all of them together.
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createInstancePool, told } from '../support/tenants'

test('a full database reads and deletes, and takes nothing that makes it larger', async () => {
  const pool = createInstancePool({ limits: { maxDisk: 70 * 1024 * 1024 } })
  const { db } = await pool.getOrCreate('app')
  await db.exec(`create table blobs (body text); insert into blobs values ('small')`)
  const fill = `insert into blobs select repeat(md5(n::text), 60) from generate_series(1, 20000) as n`
  // The files are counted every two seconds.
  const full = async (): Promise<unknown> => {
    for (let round = 0; round < 40; round += 1) {
      try {
        await db.exec(fill)
      } catch (error) {
        return error
      }
    }
    return undefined
  }
  expect(await full()).toMatchObject({
    code: '53100',
    message: 'could not extend the database: it has reached its limit on disk',
    detail: 'DELETE, TRUNCATE, DROP and VACUUM are taken.',
  })
  await expect(db.query('update blobs set body = $1', ['x'])).rejects.toMatchObject({
    code: '53100',
  })
  await expect(db.query('create table more ()')).rejects.toMatchObject({ code: '53100' })
  const { rows } = await db.query(`select body from blobs where body = 'small'`)
  expect(rows).toEqual([{ body: 'small' }])
  await db.query('delete from blobs where body <> $1', ['small'])
  await db.query('truncate blobs')
  expect((await db.query('select count(*)::int as n from blobs')).rows).toEqual([{ n: 0 }])
})

test('a refusal in a transaction fails the transaction', async () => {
  const pool = createInstancePool({ limits: { maxDisk: 1 } })
  const { db } = await pool.getOrCreate('app')
  await expect(
    db.transaction(async (transaction) => {
      await transaction.query('select 1')
      await expect(transaction.query('create table t ()')).rejects.toMatchObject({ code: '53100' })
      await expect(transaction.query('select 1')).rejects.toMatchObject({ code: '25P02' })
      throw new Error('given up')
    })
  ).rejects.toThrow('given up')
  expect((await db.query('select 1 as n')).rows).toEqual([{ n: 1 }])
})

test('a statement of a tenant takes no longer than the limit', async () => {
  const pool = createInstancePool({ limits: { statementTimeout: 200 } })
  const { db } = await pool.getOrCreate('app')
  await expect(db.query('select pg_sleep(30)')).rejects.toMatchObject({ code: '57014' })
})

test('beyond the limit of memory idle databases fall asleep', async () => {
  const pool = createInstancePool({ maxMemory: 1 })
  const asleep = told(pool, 'instance-hibernated', 'app')
  const { db } = await pool.getOrCreate('app')
  await db.query('select 1')
  await asleep
  expect((await db.query('select 2 as n')).rows).toEqual([{ n: 2 }])
})

test('a tenant with a statement that does not end holds up nobody else', async () => {
  const pool = createInstancePool({ maxInstances: 2 })
  const runaway = await pool.getOrCreate('runaway')
  const stop = new AbortController()
  const endless = runaway.db.query('select count(*) from generate_series(1, 1e12)', [], {
    signal: stop.signal,
  })
  const ended = expect(endless).rejects.toThrow()
  for (const name of ['one', 'two', 'three', 'one']) {
    const { db } = await pool.getOrCreate(name)
    expect((await db.query('select current_database() as name')).rows).toEqual([{ name }])
  }
  stop.abort()
  await ended
})

test('databases in memory are gone when the pool is closed', async () => {
  const pool = createInstancePool()
  const { dataDir } = await pool.getOrCreate('app')
  expect(existsSync(dataDir)).toBe(true)
  await pool.closeAll()
  expect(existsSync(dataDir)).toBe(false)
})

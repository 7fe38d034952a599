// A database falls asleep when another one needs its room, and is woken by its next use. Nobody notices.
import { expect, test } from 'vitest'
import { createInstancePool, putToSleep, told } from '../support/tenants'

test('settings of a session survive the sleep', async () => {
  const pool = createInstancePool({ maxInstances: 1 })
  const { db } = await pool.getOrCreate('app')
  await db.exec(
    `set statement_timeout = '7s'; set app.colour = 'red'; set search_path = pg_catalog`
  )
  await putToSleep(pool, 'app')
  const { rows } = await db.query(
    `select current_setting('statement_timeout') as timeout, current_setting('app.colour') as colour,
            current_setting('search_path') as path`
  )
  expect(rows).toEqual([{ timeout: '7s', colour: 'red', path: 'pg_catalog' }])
})

test('prepared statements survive the sleep', async () => {
  const pool = createInstancePool({ maxInstances: 1 })
  const { db } = await pool.getOrCreate('app')
  await db.exec('prepare twice(int) as select $1 * 2 as n')
  await putToSleep(pool, 'app')
  expect((await db.query('execute twice(21)')).rows).toEqual([{ n: 42 }])
})

test('a listener hears what is notified after the sleep', async () => {
  const pool = createInstancePool({ maxInstances: 1 })
  const { db } = await pool.getOrCreate('app')
  const heard = new Promise<string>((resolve) => {
    void db.listen('news', (payload) => resolve(payload))
  })
  await db.query('select 1')
  await putToSleep(pool, 'app')
  await db.query(`select pg_notify('news', 'awake')`)
  expect(await heard).toBe('awake')
})

test('what a session had from a sequence survives the sleep', async () => {
  const pool = createInstancePool({ maxInstances: 1 })
  const { db } = await pool.getOrCreate('app')
  await db.exec('create sequence numbers start 40')
  await db.query(`select nextval('numbers')`)
  await db.query(`select nextval('numbers')`)
  await putToSleep(pool, 'app')
  expect((await db.query(`select currval('numbers') as n`)).rows).toEqual([{ n: '41' }])
})

test('a database in a transaction never falls asleep', async () => {
  const pool = createInstancePool({ maxInstances: 1, acquireTimeout: 300 })
  const { db } = await pool.getOrCreate('app')
  await db.exec('create table notes (body text)')
  await db.transaction(async (transaction) => {
    await transaction.query(`insert into notes values ('mine')`)
    await expect(pool.getOrCreate('another')).rejects.toMatchObject({
      code: '53300',
      message:
        'no room for database "another": 1 may be awake, and none could be closed within 0 s; awake: app',
    })
    const { rows } = await transaction.query('select body from notes')
    expect(rows).toEqual([{ body: 'mine' }])
  })
  await putToSleep(pool, 'app')
  expect((await db.query('select body from notes')).rows).toEqual([{ body: 'mine' }])
})

test('a temporary table keeps its database awake', async () => {
  const pool = createInstancePool({ maxInstances: 1, acquireTimeout: 300 })
  const { db } = await pool.getOrCreate('app')
  await db.exec('create temp table scratch as select 1 as n')
  await expect(pool.getOrCreate('another')).rejects.toMatchObject({ code: '53300' })
  expect((await db.query('select n from scratch')).rows).toEqual([{ n: 1 }])
})

test('an idle database falls asleep after the idle timeout', async () => {
  const pool = createInstancePool({ idleTimeout: 100 })
  const asleep = told(pool, 'instance-hibernated', 'app')
  const { db } = await pool.getOrCreate('app')
  await db.query('select 1')
  await asleep
  expect(pool.list()).toMatchObject([{ dbName: 'app', awake: false, locked: false }])
  const woken = told(pool, 'instance-woken', 'app')
  expect((await db.query('select 2 as n')).rows).toEqual([{ n: 2 }])
  await woken
})

test('a statement that is cancelled while its database wakes does not run', async () => {
  const pool = createInstancePool({ maxInstances: 1 })
  const { db } = await pool.getOrCreate('app')
  await db.exec('create table notes (body text)')
  for (const moment of [0, 2, 5, 10, 20]) {
    await putToSleep(pool, 'app')
    const controller = new AbortController()
    const running = db.query('select pg_sleep(600)', [], { signal: controller.signal })
    setTimeout(() => controller.abort(), moment)
    await expect(running).rejects.toMatchObject({ name: 'AbortError' })
    expect((await db.query('select count(*)::int as n from notes')).rows).toEqual([{ n: 0 }])
  }
})

test('the time of waking is no time of a statement', async () => {
  const pool = createInstancePool({ maxInstances: 1 })
  const { db } = await pool.getOrCreate('app')
  await db.exec(`create table notes (body text); set statement_timeout = '1s'`)
  const other = await pool.getOrCreate('another')
  const slow = other.db.query('select pg_sleep(1.5)')
  // It waits for the room of a database that runs a statement for longer than this one may take.
  expect((await db.query('select count(*)::int as n from notes')).rows).toEqual([{ n: 0 }])
  await slow
})

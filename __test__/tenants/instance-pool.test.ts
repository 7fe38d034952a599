// The instance pool: databases made and opened on demand, what it tells, and its end.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EventEmitter, once } from 'node:events'
import { expect, test } from 'vitest'
import { temporaryDirectory } from '../support/embedded'
import { createInstancePool, InstancePool, told } from '../support/tenants'

test('a database is made once, and asked for together it is the same one', async () => {
  const pool = createInstancePool()
  const made: string[] = []
  pool.on('database-created', (name: string) => made.push(name))
  const all = await Promise.all(['app', 'app', 'app'].map((name) => pool.getOrCreate(name)))
  expect(new Set(all).size).toBe(1)
  expect(pool.get('app')).toBe(all[0])
  expect(pool.get('other')).toBeUndefined()
  await all[0]?.db.query('select 1')
  expect(made).toEqual(['app'])
})

test('without autoProvision only what is there is opened', async () => {
  const baseDir = temporaryDirectory()
  const maker = createInstancePool({ baseDir })
  await maker.createDatabase('app')
  await maker.closeAll()
  const pool = createInstancePool({ baseDir, autoProvision: false })
  await expect(pool.getOrCreate('other')).rejects.toMatchObject({
    code: '3D000',
    message: 'database "other" does not exist',
  })
  const { db } = await pool.getOrCreate('app')
  expect((await db.query('select 1 as n')).rows).toEqual([{ n: 1 }])
  expect(await pool.listDatabases()).toEqual(['app'])
})

test('the statistics tell which databases are open', async () => {
  const pool = createInstancePool({ maxInstances: 7 })
  expect(pool.getStats()).toEqual({
    totalInstances: 0,
    maxInstances: 7,
    instances: [],
    awakeInstances: 0,
  })
  const { db } = await pool.getOrCreate('app')
  const number = expect.any(Number) as number
  await db.transaction(async (transaction) => {
    await transaction.query('select 1')
    expect(pool.getStats()).toMatchObject({ totalInstances: 1, awakeInstances: 1 })
    expect(pool.list()).toEqual([
      {
        dbName: 'app',
        locked: true,
        queueLength: 0,
        uptime: number,
        lastAccess: number,
        awake: true,
        connections: 0,
      },
    ])
  })
  expect(pool.list()).toMatchObject([{ locked: false }])
})

test('acquire resolves when the database is awake, and is over when the socket closes', async () => {
  const pool = createInstancePool()
  const socket = new EventEmitter()
  const locked = once(pool, 'instance-locked')
  const instance = await pool.acquire('app', socket)
  expect(await locked).toEqual(['app', socket])
  expect(instance).toBe(pool.get('app'))
  const unlocked = once(pool, 'instance-unlocked')
  socket.emit('close')
  expect(await unlocked).toEqual(['app'])
})

test('acquire gives up after its timeout', async () => {
  const pool = createInstancePool({ maxInstances: 1 })
  const { db } = await pool.getOrCreate('app')
  await db.transaction(async (transaction) => {
    await transaction.query('select 1')
    await expect(pool.acquire('other', undefined, 100)).rejects.toThrow(
      'Timeout waiting for database other'
    )
  })
})

test('a closed instance is opened again when it is asked for', async () => {
  const pool = createInstancePool()
  const first = await pool.getOrCreate('app')
  await first.db.exec('create table notes ()')
  const closed = told(pool, 'instance-closed', 'app')
  await pool.closeInstance('app')
  await closed
  expect(pool.list()).toEqual([])
  const second = await pool.getOrCreate('app')
  expect(second).not.toBe(first)
  expect((await second.db.query('select count(*)::int as n from notes')).rows).toEqual([{ n: 0 }])
})

test('a closed pool opens nothing', async () => {
  const pool = createInstancePool()
  await pool.getOrCreate('app')
  await pool.closeAll()
  await pool.closeAll()
  await expect(pool.getOrCreate('app')).rejects.toThrow('oxbase: the instance pool is closed')
})

test('files of others in the base directory are no databases', async () => {
  const baseDir = temporaryDirectory()
  mkdirSync(join(baseDir, 'lost+found'))
  mkdirSync(join(baseDir, 'empty'))
  writeFileSync(join(baseDir, 'README'), 'hello')
  const pool = createInstancePool({ baseDir, autoProvision: false })
  expect(await pool.listDatabases()).toEqual([])
  await expect(pool.getOrCreate('README')).rejects.toMatchObject({ code: '3D000' })
})

test('a database that another pool has open is in use', async () => {
  const baseDir = temporaryDirectory()
  const first = createInstancePool({ baseDir })
  const { db } = await first.getOrCreate('app')
  await db.exec('create table notes ()')
  const second = createInstancePool({ baseDir })
  await expect(second.dropDatabase('app')).rejects.toMatchObject({ code: '55006' })
  expect((await db.query('select count(*)::int as n from notes')).rows).toEqual([{ n: 0 }])
})

test.each([
  [{ baseDir: 1 }, 'oxbase: option "baseDir" must be a string or null, got number'],
  [{ maxInstances: 0 }, 'oxbase: option "maxInstances" must be a whole number above 0, got 0'],
  [{ limits: [] }, 'oxbase: option "limits" must be an object, got array'],
  [
    { limits: { disk: 1 } },
    'oxbase: unknown tenant limit option "disk"; known are maxConnections, statementTimeout, maxDisk',
  ],
  [{ basedir: 'x' }, 'oxbase: unknown instance pool option "basedir"; did you mean "baseDir"?'],
])('%j is told what is wrong with it', (options, message) => {
  expect(() => new InstancePool(options as object)).toThrow(new TypeError(message))
})

test('a name that is no text is a TypeError', async () => {
  const pool = createInstancePool()
  await expect(pool.getOrCreate(7 as unknown as string)).rejects.toThrow(
    new TypeError('oxbase: the name of a database must be a string, got number')
  )
})

// CREATE, DROP and ALTER DATABASE in a session of a tenant, in both protocols, as a server answers them.
import { expect, test } from 'vitest'
import { createInstancePool, type InstancePool } from '../support/tenants'

/** Both protocols, as ways to run a statement. */
const PROTOCOLS = [
  ['simple', (pool: InstancePool, text: string) => exec(pool, text)],
  ['extended', (pool: InstancePool, text: string) => query(pool, text)],
] as const

async function exec(pool: InstancePool, text: string): Promise<string> {
  const { db } = await pool.getOrCreate('postgres')
  const [result] = await db.exec(text)
  return result?.command ?? ''
}

async function query(pool: InstancePool, text: string): Promise<string> {
  const { db } = await pool.getOrCreate('postgres')
  return (await db.query(text, [])).command
}

test.each(PROTOCOLS)('a database is made and dropped (%s)', async (_protocol, run) => {
  const pool = createInstancePool()
  expect(await run(pool, 'create database shop')).toBe('CREATE')
  expect(await pool.listDatabases()).toEqual(['postgres', 'shop'])
  await expect(run(pool, 'create database shop')).rejects.toMatchObject({
    code: '42P04',
    message: 'database "shop" already exists',
  })
  expect(await run(pool, 'drop database shop')).toBe('DROP')
  expect(await pool.listDatabases()).toEqual(['postgres'])
  await expect(run(pool, 'drop database shop')).rejects.toMatchObject({
    code: '3D000',
    message: 'database "shop" does not exist',
  })
  expect(await run(pool, 'drop database if exists shop')).toBe('DROP')
})

test.each([
  ['simple', undefined],
  ['extended', []],
])('not inside of a transaction (%s)', async (_protocol, values) => {
  const pool = createInstancePool()
  const { db } = await pool.getOrCreate('postgres')
  const body = db.transaction(async (transaction) => {
    await expect(transaction.query('create database shop', values)).rejects.toMatchObject({
      code: '25001',
      message: 'CREATE DATABASE cannot run inside a transaction block',
    })
    await expect(transaction.query('select 1')).rejects.toMatchObject({ code: '25P02' })
    throw new Error('given up')
  })
  await expect(body).rejects.toThrow('given up')
  expect(await pool.listDatabases()).toEqual(['postgres'])
})

test('not together with other statements of one text', async () => {
  const pool = createInstancePool()
  await expect(exec(pool, 'select 1; drop database shop')).rejects.toMatchObject({
    code: '25001',
    message: 'DROP DATABASE cannot run inside a transaction block',
  })
})

test('a database somebody is connected to is dropped with force only', async () => {
  const pool = createInstancePool()
  const shop = await pool.getOrCreate('shop')
  await shop.db.query('select 1')
  await expect(exec(pool, 'drop database shop')).rejects.toMatchObject({
    code: '55006',
    message: 'database "shop" is being accessed by other users',
    detail: 'There is 1 other session using the database.',
  })
  await exec(pool, 'drop database shop with (force)')
  await expect(shop.db.query('select 1')).rejects.toThrow()
  expect(await pool.listDatabases()).toEqual(['postgres'])
})

test('the database one is connected to is neither dropped nor renamed', async () => {
  const pool = createInstancePool()
  await expect(exec(pool, 'drop database postgres with (force)')).rejects.toMatchObject({
    code: '55006',
    message: 'cannot drop the currently open database',
  })
  await expect(exec(pool, 'alter database postgres rename to other')).rejects.toMatchObject({
    code: '0A000',
    message: 'current database cannot be renamed',
  })
})

test('a role without CREATEDB makes and drops none', async () => {
  const pool = createInstancePool()
  await pool.createDatabase('shop')
  const { db } = await pool.getOrCreate('postgres')
  await db.exec('create role anna; set role anna')
  await expect(exec(pool, 'create database other')).rejects.toMatchObject({
    code: '42501',
    message: 'permission denied to create database',
  })
  await expect(exec(pool, 'drop database shop')).rejects.toMatchObject({
    code: '42501',
    message: 'must be owner of database shop',
  })
  expect(await pool.listDatabases()).toEqual(['postgres', 'shop'])
})

test('a database is a copy of its template', async () => {
  const pool = createInstancePool()
  const { db } = await pool.getOrCreate('shop')
  await db.exec(`create table goods as select 'tea' as name`)
  await expect(exec(pool, 'create database copy template shop')).rejects.toMatchObject({
    code: '55006',
    message: 'source database "shop" is being accessed by other users',
  })
  await pool.closeInstance('shop')
  await exec(pool, `create database copy with template = shop encoding 'UTF8' owner postgres`)
  const copy = await pool.getOrCreate('copy')
  const { rows } = await copy.db.query('select current_database() as database, name from goods')
  expect(rows).toEqual([{ database: 'copy', name: 'tea' }])
  await expect(exec(pool, 'create database other template none')).rejects.toMatchObject({
    code: '3D000',
    message: 'template database "none" does not exist',
  })
})

test('a database gets another name, with what is in it', async () => {
  const pool = createInstancePool()
  const { db } = await pool.getOrCreate('shop')
  await db.exec(`create table goods as select 'tea' as name`)
  await pool.closeInstance('shop')
  expect(await exec(pool, 'alter database shop rename to "Tea Shop"')).toBe('ALTER')
  expect(await pool.listDatabases()).toEqual(['Tea Shop', 'postgres'])
  const renamed = await pool.getOrCreate('Tea Shop')
  const { rows } = await renamed.db.query('select current_database() as database, name from goods')
  expect(rows).toEqual([{ database: 'Tea Shop', name: 'tea' }])
  await expect(exec(pool, 'alter database none rename to other')).rejects.toMatchObject({
    code: '3D000',
  })
})

test('an option that cannot be had is refused', async () => {
  const pool = createInstancePool()
  await expect(exec(pool, `create database shop encoding 'LATIN1'`)).rejects.toMatchObject({
    code: '0A000',
  })
  await expect(exec(pool, 'create database shop colour red')).rejects.toMatchObject({
    code: '42601',
    message: 'option "colour" not recognized',
  })
  expect(await pool.listDatabases()).toEqual(['postgres'])
})

test('pg_database lists every database there is', async () => {
  const pool = createInstancePool()
  const { db } = await pool.getOrCreate('postgres')
  const names = async (): Promise<unknown[]> => {
    const { rows } = await db.query(
      `select datname as name from pg_database where not datistemplate order by 1`
    )
    return rows.map(({ name }) => name as unknown)
  }
  expect(await names()).toEqual(['postgres'])
  await exec(pool, 'create database shop')
  await pool.createDatabase('other')
  expect(await names()).toEqual(['other', 'postgres', 'shop'])
  await db.exec('create role anna; set role anna')
  await pool.dropDatabase('other')
  expect(await names()).toEqual(['postgres', 'shop'])
  await db.exec('reset role')
  await db.exec('vacuum')
  // A copy has the rows of the one it is a copy of, and the name of one of them.
  await pool.closeInstance('postgres')
  await pool.createDatabase('another', { template: 'postgres' })
  const another = await pool.getOrCreate('another')
  const { rows } = await another.db.query(
    `select current_database() as own, array_agg(datname::text order by datname) as names
     from pg_database where not datistemplate`
  )
  expect(rows).toEqual([{ own: 'another', names: ['another', 'postgres', 'shop'] }])
  await pool.closeInstance('another')
  await pool.dropDatabase('shop')
  await pool.createDatabase('shop', { template: 'another' })
  const shop = await pool.getOrCreate('shop')
  expect((await shop.db.query('select current_database() as own')).rows).toEqual([{ own: 'shop' }])
})

// Names are PostgreSQL's, up to 63 bytes, but for those that look like a path. No name leads out of the base directory.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryDirectory } from '../support/embedded'
import { createInstancePool } from '../support/tenants'

const NAMES = ['app', 'App', 'a.b+c', 'it\'s "quoted"', 'größe 🐘', '-c x', 'con', '.hidden']

test('a database has the name it was asked for, whatever it is', async () => {
  const pool = createInstancePool({ maxInstances: 2 })
  for (const name of NAMES) {
    const { db, dbName } = await pool.getOrCreate(name)
    const { rows } = await db.query('select current_database() as name')
    expect([dbName, rows]).toEqual([name, [{ name }]])
  }
  expect(await pool.listDatabases()).toEqual([...NAMES].sort())
})

test('every directory lies in the base directory', async () => {
  const parent = temporaryDirectory()
  const pool = createInstancePool({ baseDir: join(parent, 'base') })
  for (const name of ['...a', '%2f', 'c:']) await pool.createDatabase(name)
  expect(readdirSync(parent)).toEqual(['base'])
  const directories = readdirSync(join(parent, 'base')).filter((name) => !name.startsWith('.'))
  expect(directories.sort()).toEqual(['%252f', '%2e%2e%2ea', 'c%3a'])
})

test('a name of more than 63 bytes is cut, at a character', async () => {
  const pool = createInstancePool()
  const long = await pool.getOrCreate('ä'.repeat(40))
  expect(long.dbName).toBe('ä'.repeat(31))
  expect((await pool.getOrCreate('ä'.repeat(31))).db).toBe(long.db)
})

test.each(['', '  ', 'a\0b', 'a\nb', '../../etc', '/', 'a\\b', '..'])(
  '%j is no name of a database',
  async (name) => {
    const parent = temporaryDirectory()
    const pool = createInstancePool({ baseDir: join(parent, 'base') })
    await expect(pool.createDatabase(name)).rejects.toMatchObject({ code: '42602' })
    await expect(pool.getOrCreate(name)).rejects.toMatchObject({ code: '42602' })
    expect(await pool.listDatabases()).toEqual([])
    expect(readdirSync(parent)).toEqual(['base'])
  }
)

test('the templates take no connections', async () => {
  const pool = createInstancePool()
  for (const name of ['template0', 'template1']) {
    await expect(pool.getOrCreate(name)).rejects.toMatchObject({
      code: '55000',
      message: `database "${name}" is not currently accepting connections`,
    })
  }
})

test('the name is kept when the directory is opened again', async () => {
  const baseDir = temporaryDirectory()
  for (const round of [1, 2]) {
    const pool = createInstancePool({ baseDir })
    const { db } = await pool.getOrCreate('Shop')
    await db.exec(`create table if not exists round_${round} ()`)
    const { rows } = await db.query(
      `select current_database() as name, (select count(*)::int from pg_tables where schemaname = 'public') as tables`
    )
    expect(rows).toEqual([{ name: 'Shop', tables: round }])
    await pool.closeAll()
  }
})

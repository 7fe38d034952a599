import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { connect, Database, open, temporaryDirectory, value } from '../support/embedded'

test('what was written to a directory is there when it is opened again', async () => {
  const dataDir = join(temporaryDirectory(), 'data')
  const first = await Database.open({ dataDir })
  await first.exec("create table kept (n int, t text); insert into kept values (1, 'ä')")
  await first.close()
  const second = await open({ dataDir })
  expect((await second.query('select * from kept')).rows).toEqual([{ n: 1, t: 'ä' }])
})

test('a directory that does not exist is made, with those above it', async () => {
  const dataDir = join(temporaryDirectory(), 'a', 'b', 'c')
  const database = await open({ dataDir })
  expect(await value(database, 'select 1')).toBe(1)
  expect(readdirSync(dataDir).length).toBeGreaterThan(0)
})

test('an empty directory is taken', async () => {
  const database = await open({ dataDir: temporaryDirectory() })
  expect(await value(database, 'select 1')).toBe(1)
})

test('a relative path is taken from the working directory', async () => {
  const before = process.cwd()
  process.chdir(temporaryDirectory())
  try {
    const database = await Database.open({ dataDir: './relative' })
    expect(database.dataDir).toBe(join(process.cwd(), 'relative'))
    await database.close()
  } finally {
    process.chdir(before)
  }
})

test('clients and pools open a directory by the same option', async () => {
  const dataDir = join(temporaryDirectory(), 'data')
  const first = await connect({ dataDir })
  await first.query('create table by_client as select 1 as n')
  await first.end()
  const second = await connect({ dataDir })
  expect((await second.query('select n from by_client')).rows).toEqual([{ n: 1 }])
})

test('sequences, roles and settings of the database survive, too', async () => {
  const dataDir = join(temporaryDirectory(), 'data')
  const first = await Database.open({ dataDir })
  await first.exec('create sequence s; create role someone')
  await first.exec('alter role postgres set work_mem = $$9MB$$')
  await first.query("select nextval('s')")
  await first.close()
  const client = await connect({ dataDir })
  expect((await client.query("select nextval('s')::int as n")).rows).toEqual([{ n: 2 }])
  expect(
    (await client.query("select rolname from pg_roles where rolname = 'someone'")).rowCount
  ).toBe(1)
  expect((await client.query('show work_mem')).rows).toEqual([{ work_mem: '9MB' }])
})

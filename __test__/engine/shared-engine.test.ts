import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  connect,
  createPool,
  Database,
  open,
  privateDatabase,
  temporaryDirectory,
  value,
} from '../support/embedded'

test('handles, clients and pools of one directory share one engine', async () => {
  const dataDir = join(temporaryDirectory(), 'data')
  const first = await open({ dataDir })
  await first.exec('create table shared (n int)')
  const second = await open({ dataDir })
  await second.exec('insert into shared values (1)')
  await (await connect({ dataDir })).query('insert into shared values (2)')
  await createPool({ dataDir }).query('insert into shared values (3)')
  expect(await value(first, 'select sum(n)::int from shared')).toBe(6)
  expect(first.stats().batches).toBe(second.stats().batches)
})

test('one directory under several spellings is one', async () => {
  const parent = temporaryDirectory()
  const first = await open({ dataDir: join(parent, 'data') })
  await first.exec('create table spelled as select 1 as n')
  for (const dataDir of [`${parent}/./data/`, `${parent}/data/../data`])
    expect(await value(await open({ dataDir }), 'select n from spelled')).toBe(1)
})

test('handles that are opened at once get one engine', async () => {
  const dataDir = join(temporaryDirectory(), 'data')
  const databases = await Promise.all([1, 2, 3, 4].map(() => open({ dataDir })))
  await databases[0]?.exec('create table at_once as select 1 as n')
  expect(
    await Promise.all(databases.map((database) => value(database, 'select n from at_once')))
  ).toEqual([1, 1, 1, 1])
})

test('closing one handle leaves the others open', async () => {
  const options = privateDatabase()
  const [one, two] = [await open(options), await open(options)]
  await one.close()
  expect(await value(two, 'select 1')).toBe(1)
  const client = await connect(options)
  await two.close()
  expect((await client.query('select 2 as two')).rows).toEqual([{ two: 2 }])
})

test('the last one closes the engine, and it can be opened again, over and over', async () => {
  const dataDir = join(temporaryDirectory(), 'data')
  for (let round = 1; round <= 3; round++) {
    const [one, two] = await Promise.all([Database.open({ dataDir }), Database.open({ dataDir })])
    await one.exec('create table if not exists rounds (n int); insert into rounds values (1)')
    await Promise.all([one.close(), two.close()])
    const again = await Database.open({ dataDir })
    expect(await value(again, 'select count(*)::int from rounds')).toBe(round)
    await again.close()
  }
})

test('opening while the last handle closes gives a database that works', async () => {
  const dataDir = join(temporaryDirectory(), 'data')
  const first = await Database.open({ dataDir })
  await first.exec('create table handed_over as select 7 as n')
  const closing = first.close()
  const second = await open({ dataDir })
  expect(await value(second, 'select n from handed_over')).toBe(7)
  await closing
})

test('settings of a database that is open already must be the same', async () => {
  const options = privateDatabase()
  await open({ ...options, settings: { work_mem: '8MB' } })
  const same = await open({ ...options, settings: { work_mem: '8MB' } })
  expect(await value(same, 'show work_mem')).toBe('8MB')
})

// Directories that somebody else made are recognised, refused, and left as they were, to the byte.
import { PGlite } from '@electric-sql/pglite'
import { cpSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { refusal } from '../support/answers'
import { Database, open, temporaryDirectory, value } from '../support/embedded'
import { contents } from './contents'

/** The refusal of a directory, after which nothing in it or beside it is another. */
async function refused(dataDir: string) {
  const [before, beside] = [contents(dataDir), readdirSync(join(dataDir, '..'))]
  const { code, message } = await refusal(Database.open({ dataDir }))
  expect(contents(dataDir)).toEqual(before)
  expect(readdirSync(join(dataDir, '..'))).toEqual(beside)
  return { code, message: (message as string).replace(dataDir, 'DIR') }
}

/** A directory of ours that is closed. */
async function own(): Promise<string> {
  const dataDir = join(temporaryDirectory(), 'data')
  await (await Database.open({ dataDir })).close()
  return dataDir
}

const PGLITE = {
  code: '58P03',
  message:
    'DIR is not an oxbase database: it is a PGlite data directory (PostgreSQL 18); open it with @electric-sql/pglite, ' +
    'dump it there with @electric-sql/pglite-tools and load the dump into a new directory',
}

test('a directory of PGlite is recognised while it is closed and while it is open', async () => {
  const dataDir = join(temporaryDirectory(), 'data')
  const database = await PGlite.create(dataDir)
  await database.exec('create table kept as select 7 as n')
  const opened = join(temporaryDirectory(), 'data')
  cpSync(dataDir, opened, { recursive: true })
  await database.close()
  expect(await refused(dataDir)).toEqual(PGLITE)
  expect(await refused(opened)).toEqual(PGLITE)
  const again = await PGlite.create(dataDir)
  expect((await again.query('select n from kept')).rows).toEqual([{ n: 7 }])
  await again.close()
})

test('a directory of a newer format is refused with the version that made it', async () => {
  const dataDir = await own()
  const note = join(dataDir, 'pgdata', 'oxbase.version')
  writeFileSync(note, '{"format":2,"version":"7.0.0"}\n')
  expect(await refused(dataDir)).toEqual({
    code: '58P03',
    message: expect.stringMatching(
      /^cannot open the database at DIR: oxbase 7\.0\.0 made it in format 2, and this version \(.+\) knows format 1; open it with oxbase 7\.0\.0 or later$/
    ) as unknown,
  })
})

test('a directory of before the format was noted is opened, and the format is noted', async () => {
  const dataDir = await own()
  const note = join(dataDir, 'pgdata', 'oxbase.version')
  rmSync(note)
  const database = await open({ dataDir })
  expect(await value(database, 'select 1')).toBe(1)
  expect(readdirSync(join(dataDir, 'pgdata'))).toContain('oxbase.version')
})

test('our layout with the data of another PostgreSQL version is refused', async () => {
  const dataDir = await own()
  writeFileSync(join(dataDir, 'pgdata', 'PG_VERSION'), '17\n')
  expect(await refused(dataDir)).toEqual({
    code: '58P03',
    message:
      'cannot open the database at DIR: it is of PostgreSQL 17, and this is PostgreSQL 18; open it with the oxbase it ' +
      'was made with, dump it there and load the dump into a new directory',
  })
})

test('a directory of which the descriptor is missing is refused', async () => {
  const dataDir = await own()
  rmSync(join(dataDir, '.oliphaunt.json'))
  expect(await refused(dataDir)).toEqual({
    code: '58P03',
    message:
      'DIR is not an oxbase database: .oliphaunt.json is missing beside the rest of a database; restore it from a copy',
  })
})

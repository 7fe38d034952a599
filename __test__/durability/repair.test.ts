// What `repair` says of real damage, what it saves, and that it leaves the directory itself as it was.
import { randomBytes } from 'node:crypto'
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type * as Oxbase from 'oxbase'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { failure } from '../support/answers'
import { start } from '../support/child'
import { Database, open, temporaryDirectory } from '../support/embedded'
import { load } from '../support/oxbase'
import { contents } from './contents'

const { repair } = load()
const ROWS = 5000
const scratch = () =>
  readdirSync(tmpdir()).filter((name) => name.startsWith(`.oxbase-repair-${process.pid}-`))

let healthy: string
const files = { table: '', index: '', toast: '' }

beforeAll(async () => {
  healthy = join(tmpdir(), `oxtest-repair-${process.pid}`)
  const database = await Database.open({ dataDir: healthy })
  await database.exec(`
    create table kept (n int primary key, t text, long text);
    alter table kept alter long set storage external;
    insert into kept select n, repeat(md5(n::text), 8), case when n <= 10 then repeat('l', 20000) end
      from generate_series(1, ${ROWS}) n;
    create schema other;
    create table other."Odd name" as select 1 as n`)
  const path = `select pg_relation_filepath('kept') as table, pg_relation_filepath('kept_pkey') as index,
    (select pg_relation_filepath(reltoastrelid) from pg_class where relname = 'kept') as toast`
  Object.assign(files, (await database.query(path)).rows[0])
  await database.close()
})
afterAll(() => rmSync(healthy, { recursive: true, force: true }))

/** A copy of the database with this damage done to its `pgdata`. */
function damaged(damage: (pgdata: string) => void): string {
  const dataDir = join(temporaryDirectory(), 'data')
  cpSync(healthy, dataDir, { recursive: true })
  damage(join(dataDir, 'pgdata'))
  return dataDir
}

function flip(file: string, at: number): void {
  const bytes = readFileSync(file)
  bytes[at] = (bytes[at] as number) ^ 0xff
  writeFileSync(file, bytes)
}

/** The report on a directory, after which nothing of it has changed and no copy is left. */
async function reported(
  dataDir: string,
  options?: Oxbase.RepairOptions
): Promise<Oxbase.RepairReport> {
  const before = contents(dataDir)
  const report = await repair(dataDir, options)
  expect(contents(dataDir)).toEqual(before)
  expect(scratch()).toEqual([])
  return report
}

const table = (name: string, rows: number, schema = 'public') => ({
  schema,
  name,
  rows,
  readable: true,
  error: null,
  saved: null,
})
const OTHER = table('Odd name', 1, 'other')
const told = ({ problems }: Oxbase.RepairReport) =>
  problems.map(({ severity, where, what }) => [severity, where, what])

async function rowsOf(dataDir: string) {
  const database = await open({ dataDir })
  const { rows } = await database.query(
    'select count(*)::int as n, count(long)::int as long from kept'
  )
  await database.query('insert into kept values (-1)')
  await database.close()
  return rows[0] as { n: number; long: number }
}

test('a healthy directory is reported with all its tables, and nothing is wrong', async () => {
  const report = await reported(healthy)
  expect(report).toEqual({
    path: healthy,
    ok: true,
    problems: [],
    oxbaseVersion: expect.stringMatching(/^\d+\.\d+\.\d+/) as unknown,
    postgresVersion: '18',
    holder: null,
    size: expect.any(Number) as unknown,
    state: 'shut down',
    checksums: true,
    recovered: true,
    tables: [OTHER, table('kept', ROWS)],
    indexesChecked: expect.any(Number) as unknown,
    saved: null,
  })
  expect(report.size).toBeGreaterThan(1 << 20)
  expect(report.indexesChecked).toBeGreaterThan(100)
})

test('a directory whose process was killed is healthy: its copy recovers', async () => {
  const dataDir = join(temporaryDirectory(), 'data')
  const script = `
    const { Database } = require('oxbase')
    Database.open({ dataDir: process.env.DATA_DIR }).then(async (database) => {
      await database.exec('create table kept as select generate_series(1, 100) as n')
      console.log('written')
      setInterval(() => {}, 1000)
    })`
  const child = start(script, { env: { DATA_DIR: dataDir } })
  await child.said('written')
  child.child.kill('SIGKILL')
  await child.outcome
  expect(await reported(dataDir)).toMatchObject({
    ok: true,
    state: 'in production',
    recovered: true,
    holder: null,
    tables: [table('kept', 100)],
  })
})

test('a flipped byte in a table is found, and all other pages are saved', async () => {
  const dataDir = damaged((pgdata) => flip(join(pgdata, files.table), 3 * 8192 + 5000))
  const to = join(temporaryDirectory(), 'saved')
  const report = await reported(dataDir, { to })
  const kept = report.tables.find(({ name }) => name === 'kept') as Oxbase.RepairTable
  const error = `invalid page in block 3 of relation "${files.table}"`
  expect(kept).toEqual({
    ...table('kept', 0),
    rows: null,
    readable: false,
    error,
    saved: expect.any(Number) as unknown,
  })
  expect(told(report)).toEqual([
    ['error', 'public.kept', error],
    [
      'warning',
      'public.kept',
      `${kept.saved} rows were saved; 1 pages and 0 further rows could not be read and are missing`,
    ],
  ])
  expect([report.ok, report.saved]).toEqual([false, to])
  const saved = kept.saved as number
  expect(ROWS - saved).toBeGreaterThan(0)
  expect(ROWS - saved).toBeLessThan(100)
  expect((await rowsOf(to)).n).toBe(saved)
  expect((await repair(to)).problems).toEqual([])
})

test('rows whose long values cannot be read are left out, and the others are saved', async () => {
  const dataDir = damaged((pgdata) => flip(join(pgdata, files.toast), 8192 + 4000))
  const to = join(temporaryDirectory(), 'saved')
  const report = await reported(dataDir, { to })
  const kept = report.tables.find(({ name }) => name === 'kept') as Oxbase.RepairTable
  expect(kept.error).toBe(`invalid page in block 1 of relation "${files.toast}"`)
  const lost = ROWS - (kept.saved as number)
  expect(lost).toBeGreaterThan(0)
  expect(lost).toBeLessThan(10)
  expect(await rowsOf(to)).toEqual({ n: ROWS - lost, long: 10 - lost })
})

test('a truncated index is found, and built anew in what is saved', async () => {
  const dataDir = damaged((pgdata) => truncateSync(join(pgdata, files.index), 3 * 8192))
  const to = join(temporaryDirectory(), 'saved')
  const report = await reported(dataDir, { to })
  expect(report.problems).toEqual([
    {
      severity: 'error',
      where: 'public.kept_pkey',
      what: `could not read blocks 3..3 in file "${files.index}": read only 0 of 8192 bytes`,
      advice: 'REINDEX INDEX "public"."kept_pkey"',
    },
    {
      severity: 'warning',
      where: '"public"."kept_pkey"',
      what: 'it was built anew in the saved database',
      advice: 'nothing is left to do',
    },
  ])
  expect(report.tables).toEqual([OTHER, table('kept', ROWS)])
  expect((await rowsOf(to)).n).toBe(ROWS)
})

test('garbage in the file of a table costs this table and nothing else', async () => {
  const dataDir = damaged((pgdata) =>
    writeFileSync(join(pgdata, files.table), randomBytes(10 * 8192))
  )
  const to = join(temporaryDirectory(), 'saved')
  const report = await reported(dataDir, { to })
  expect(report.tables).toMatchObject([OTHER, { name: 'kept', readable: false, saved: 0 }])
  expect(await rowsOf(to)).toEqual({ n: 0, long: 0 })
})

test.each([
  ['is missing', 'it is missing', (file: string) => rmSync(file)],
  ['has a flipped byte', 'its checksum is wrong', (file: string) => flip(file, 40)],
  ['is cut', 'it has 100 bytes instead of 8192', (file: string) => truncateSync(file, 100)],
])('a pg_control that %s is found, and nothing is saved', async (_, what, damage) => {
  const dataDir = damaged((pgdata) => damage(join(pgdata, 'global', 'pg_control')))
  const to = join(temporaryDirectory(), 'saved')
  const report = await reported(dataDir, { to })
  expect(told(report)[0]).toEqual(['error', 'pgdata/global/pg_control', what])
  expect(told(report)[1]?.slice(0, 2)).toEqual(['error', 'opening'])
  expect(report).toMatchObject({
    ok: false,
    recovered: false,
    state: null,
    saved: null,
    tables: [],
  })
  expect(readdirSync(join(to, '..'))).toEqual([])
})

test('a missing log segment is named, and so is what PostgreSQL says of it', async () => {
  const isSegment = (name: string) => /^[0-9A-F]{24}$/.test(name)
  const [segment] = readdirSync(join(healthy, 'pgdata', 'pg_wal')).filter(isSegment)
  const dataDir = damaged((pgdata) => rmSync(join(pgdata, 'pg_wal', segment as string)))
  const report = await reported(dataDir)
  expect(told(report)).toEqual([
    ['error', `pgdata/pg_wal/${segment}`, 'the segment of the last checkpoint is missing'],
    [
      'error',
      'opening',
      expect.stringMatching(/could not locate a valid checkpoint record at .* \(PANIC XX000\)$/),
    ],
  ])
  expect(report).toMatchObject({ ok: false, recovered: false, state: 'shut down' })
})

test('directories that a copy left out because they are empty are made again in what is saved', async () => {
  const dataDir = damaged((pgdata) => rmSync(join(pgdata, 'pg_notify'), { recursive: true }))
  const to = join(temporaryDirectory(), 'saved')
  const report = await reported(dataDir, { to })
  expect(told(report)).toEqual([['warning', 'pgdata/pg_notify', 'the directory is missing']])
  expect((await rowsOf(to)).n).toBe(ROWS)
})

test('a directory that is in use is reported with its process, and not looked at', async () => {
  const dataDir = join(temporaryDirectory(), 'data')
  const holder = start(
    `const { Database } = require('oxbase')
     Database.open({ dataDir: process.env.DATA_DIR }).then(() => { console.log('open'); setInterval(() => {}, 1000) })`,
    { env: { DATA_DIR: dataDir } }
  )
  await holder.said('open')
  const { pid } = holder.child
  expect(await repair(dataDir)).toMatchObject({
    ok: false,
    holder: pid,
    recovered: null,
    problems: [
      {
        severity: 'error',
        what: `the database at ${dataDir} is in use by process ${pid}; close it there first, or use another directory`,
        where: dataDir,
        advice: 'close it there, then run repair again',
      },
    ],
  })
  const own = await open({ dataDir: join(temporaryDirectory(), 'data') })
  expect((await repair(own.dataDir)).holder).toBe(process.pid)
})

test('what is no database of ours is said to be so', async () => {
  const parent = temporaryDirectory()
  mkdirSync(join(parent, 'other'))
  mkdirSync(join(parent, 'cluster'))
  writeFileSync(join(parent, 'cluster', 'PG_VERSION'), '17\n')
  writeFileSync(join(parent, 'file'), '')
  const what = async (name: string) => (await repair(join(parent, name))).problems[0]?.what
  expect(await what('absent')).toBe('there is no such directory')
  expect(await what('file')).toBe('it is not a directory')
  expect(await what('other')).toBe('it holds no oxbase database: there is no pgdata in it')
  expect(await what('cluster')).toBe(
    'it is a PostgreSQL 17 data directory that oxbase did not make'
  )
  expect(readdirSync(parent).sort()).toEqual(['cluster', 'file', 'other'])
})

test('wrong arguments are TypeErrors that name what is wrong', async () => {
  const refused = async (...args: unknown[]) => {
    const error = await failure((repair as (...args: unknown[]) => Promise<unknown>)(...args))
    return `${error.name}: ${error.message}`
  }
  const directory = 'TypeError: oxbase: repair needs the path of a directory as a string'
  expect(await refused()).toBe(directory)
  expect(await refused(7)).toBe(directory)
  expect(await refused('')).toBe(directory)
  expect(await refused(healthy, 7)).toBe(
    'TypeError: oxbase: repair options must be an object, got number'
  )
  expect(await refused(healthy, { to: 7 })).toBe(
    'TypeError: oxbase: option "to" must be a string with the path of a directory, got number'
  )
  expect(await refused(healthy, { too: 'x' })).toBe(
    'TypeError: oxbase: unknown repair option "too"; did you mean "to"?'
  )
  expect(await refused(healthy, { to: join(healthy, 'inside') })).toBe(
    'TypeError: oxbase: option "to" must be a directory outside of the one to repair'
  )
  const full = temporaryDirectory()
  writeFileSync(join(full, 'file'), '')
  expect(await refused(healthy, { to: full })).toBe(
    `TypeError: oxbase: option "to" must be a new or an empty directory, and ${full} is not`
  )
})

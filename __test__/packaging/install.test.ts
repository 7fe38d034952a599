// The package as npm packs it, installed in a directory of its own.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const require = createRequire(import.meta.url)
let directory: string
let files: string[]

const npm = (args: string[], cwd: string) =>
  execFileSync('npm', args, { cwd, encoding: 'utf8', shell: process.platform === 'win32' })

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'oxpack-'))
  const report = npm(['pack', '--json', '--ignore-scripts', '--pack-destination', directory], ROOT)
  const [packed] = JSON.parse(report) as [{ filename: string; files: { path: string }[] }]
  files = packed.files.map((file) => file.path)
  writeFileSync(join(directory, 'package.json'), '{ "name": "user", "private": true }')
  const quiet = [
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    '--loglevel=error',
  ]
  npm(['install', ...quiet, `./${packed.filename}`], directory)
})

afterAll(() => rmSync(directory, { recursive: true, force: true }))

const node = (name: string, text: string, args: string[] = [], env = {}) => {
  writeFileSync(join(directory, name), text)
  const { status, stdout, stderr } = spawnSync(process.execPath, [...args, name], {
    cwd: directory,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '', ...env },
  })
  return { status, stdout, stderr }
}
const fine = (stdout: string) => ({ status: 0, stdout, stderr: '' })

test('the package holds the library, its types and its papers, and no sources or tests', () => {
  expect(files).toEqual(
    expect.arrayContaining([
      'dist/index.js',
      'dist/index.mjs',
      'index.d.ts',
      'LICENSE',
      'package.json',
      'README.md',
    ])
  )
  expect(files.filter((file) => /^(src|lib|__test__|target|bench|scripts)\//.test(file))).toEqual(
    []
  )
})

test('it is used with require', () => {
  const text = `
    const { Client } = require('oxbase')
    const client = new Client()
    client.connect().then(() => client.query('select 1 as one')).then(({ rows }) => { console.log(rows); return client.end() })`
  expect(node('use.cjs', text)).toEqual(fine('[ { one: 1 } ]\n'))
})

test('it is used with import', () => {
  const text = `
    import { Database } from 'oxbase'
    const database = await Database.open()
    console.log((await database.query('select 1 as one')).rows)
    await database.close()`
  expect(node('use.mjs', text)).toEqual(fine('[ { one: 1 } ]\n'))
})

test('it takes the place of pg by a flag', () => {
  const text = `
    import pg from 'pg'
    const pool = new pg.Pool()
    console.log((await pool.query('select 1 as one')).rows)
    await pool.end()`
  const flag = { OXBASE_DB: 'pglite' }
  expect(node('swap.mjs', text, ['--import', 'oxbase/register'], flag)).toEqual(
    fine('[ { one: 1 } ]\n')
  )
})

const TYPED = `
import { Client, Database, Pool, QueryPriority, type DatabaseOptions } from 'oxbase'
import { Client as PgClient } from 'oxbase/pg'
import type pg from 'pg'

const options: DatabaseOptions = { dataDir: 'memory://', relaxedDurability: true }
export async function use(): Promise<number> {
  const client = new Client({ dataDir: './data', priority: QueryPriority.HIGH })
  const same: pg.Client = client
  await same.connect()
  const { rows } = await client.query<{ n: number }>('select 1 as n')
  const pool: pg.Pool = new Pool({ max: 3, dataDir: './data' })
  await pool.end()
  const database = await Database.open(options)
  await database.transaction(async (tx) => (await tx.query('select 1')).rowCount)
  await new PgClient().end()
  // @ts-expect-error a misspelled option
  await Database.open({ dataDirectory: 'x' })
  return rows[0]?.n ?? 0
}
`

test.each([
  ['commonjs', 'node16', 'typed.cts'],
  ['module', 'node16', 'typed.mts'],
  ['bundler', 'bundler', 'typed.ts'],
])('its types fit a strict project: %s', (_, resolution, name) => {
  writeFileSync(join(directory, name), TYPED)
  const module = resolution === 'bundler' ? 'esnext' : 'node16'
  const types = join(ROOT, 'node_modules/@types')
  const flags = [
    '--strict',
    '--noEmit',
    '--skipLibCheck',
    'false',
    '--target',
    'es2022',
    '--typeRoots',
    types,
  ]
  const tsc = join(require.resolve('typescript/package.json'), '../bin/tsc')
  const all = [
    tsc,
    ...flags,
    '--types',
    'node',
    '--module',
    module,
    '--moduleResolution',
    resolution,
    name,
  ]
  const { status, stdout } = spawnSync(process.execPath, all, { cwd: directory, encoding: 'utf8' })
  expect([status, stdout]).toEqual([0, ''])
})

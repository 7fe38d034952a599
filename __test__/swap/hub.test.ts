import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { run, type ChildOptions } from '../support/child'
import { startReference, type Reference } from '../support/reference'

const source = readFileSync(new URL('./hub.coffee', import.meta.url), 'utf8')
const coffee = createRequire(import.meta.url)('coffeescript') as {
  compile(source: string, options: { bare: boolean }): string
}
const hub = coffee.compile(source, { bare: true })
let reference: Reference
let expected: unknown

const seen = async (script: string, options: ChildOptions) => {
  const { code, stdout, stderr } = await run(script, options)
  expect([code, stderr.replace(/^\(.*Warning: .*\n.*\n/gm, '')]).toEqual([0, ''])
  return JSON.parse(stdout) as Record<string, unknown>
}

beforeAll(async () => {
  reference = await startReference()
  expected = await seen(hub, { env: reference.env })
})
afterAll(() => reference.stop())

test('without the flag the hub talks to the server', () => {
  expect(expected).toMatchObject({
    lock: true,
    duplicate: '23505',
    syntax: '42601',
    changes: [
      ['changes_projects', { op: 'INSERT', id: 1 }],
      ['changes_projects', { op: 'INSERT', id: 2 }],
      ['changes_projects', { op: 'INSERT', id: 3 }],
      ['changes_projects', { op: 'UPDATE', id: 1 }],
      ['changes_projects', { op: 'DELETE', id: 2 }],
    ],
    array: [
      [1, 'first'],
      [3, 'drei ü'],
    ],
  })
})

const WAYS: [way: string, options: ChildOptions][] = [
  [
    '--require oxbase/register',
    { flags: ['--require', 'oxbase/register'], env: { OXBASE_DB: 'pglite' } },
  ],
  [
    '--import oxbase/register',
    { flags: ['--import', 'oxbase/register'], env: { OXBASE_DB: 'pglite' } },
  ],
  ['COCALC_DB', { flags: ['--require', 'oxbase/register'], env: { COCALC_DB: 'pglite' } }],
]

test.each(WAYS)('with the flag and %s the hub sees the same, unchanged', async (_, options) => {
  expect(await seen(hub, options)).toEqual(expected)
})

test('with the flag and oxbase/pg in the place of pg the hub sees the same', async () => {
  const other = hub.replace("require('pg')", "require('oxbase/pg')")
  expect(other).not.toBe(hub)
  expect(await seen(other, { env: { OXBASE_DB: 'pglite' } })).toEqual(expected)
})

test('without the flag register and oxbase/pg change nothing', async () => {
  const other = hub.replace("require('pg')", "require('oxbase/pg')")
  const clean = { ...reference.env, PGDATABASE: 'unchanged' }
  const create = `const { Client } = require('pg'); const c = new Client({ database: 'postgres' });
    c.connect().then(() => c.query('create database unchanged')).then(() => c.end())`
  expect((await run(create, { env: reference.env })).code).toBe(0)
  const flags = ['--require', 'oxbase/register']
  expect(await seen(other, { flags, env: clean })).toEqual(expected)
})

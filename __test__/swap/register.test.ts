import { expect, test } from 'vitest'
import { run, type ChildOptions } from '../support/child'

const ON = { OXBASE_DB: 'pglite' }
const said = async (script: string, options: ChildOptions) => {
  const { code, stdout, stderr } = await run(script, options)
  return { code, stdout, stderr }
}
const fine = (stdout: string) => ({ code: 0, stdout, stderr: '' })

const SAME_CJS = "console.log(require('pg').Client === require('oxbase').Client)"
const SAME_ESM = `
  import pg, { Client, Pool, types } from 'pg'
  import * as oxbase from 'oxbase'
  const later = await import('pg')
  console.log([Client, pg.Client, later.Client, later.default.Client].every((c) => c === oxbase.Client),
    Pool === oxbase.Pool, types.builtins.INT8)`

test.each(['--require', '--import'])('%s oxbase/register turns require of pg', async (flag) => {
  const flags = [flag, 'oxbase/register']
  expect(await said(SAME_CJS, { flags, env: ON })).toEqual(fine('true\n'))
  expect(await said(SAME_CJS, { flags })).toEqual(fine('false\n'))
})

test.each(['--require', '--import'])('%s oxbase/register turns import of pg', async (flag) => {
  const flags = [flag, 'oxbase/register']
  expect(await said(SAME_ESM, { flags, env: ON, type: 'module' })).toEqual(fine('true true 20\n'))
  expect(await said(SAME_ESM, { flags, type: 'module' })).toEqual(fine('false false 20\n'))
})

test('packages that build on pg run on the embedded database', async () => {
  const script = `
    const { Pool } = require('pg')
    const Cursor = require('pg-cursor')
    const QueryStream = require('pg-query-stream')
    ;(async () => {
      const pool = new Pool()
      const client = await pool.connect()
      const cursor = client.query(new Cursor('select n from generate_series(1, 3) n'))
      console.log(JSON.stringify(await cursor.read(2)))
      await cursor.close()
      for await (const row of client.query(new QueryStream('select 7 as n'))) console.log(JSON.stringify(row))
      client.release()
      await pool.end()
    })()`
  expect(await said(script, { flags: ['--require', 'oxbase/register'], env: ON })).toEqual(
    fine('[{"n":1},{"n":2}]\n{"n":7}\n')
  )
})

test('a module that was written with import runs its queries', async () => {
  const script = `
    import pg from 'pg'
    const client = new pg.Client()
    await client.connect()
    console.log((await client.query('select $1::int as n', [5])).rows[0].n)
    await client.end()`
  expect(
    await said(script, { flags: ['--import', 'oxbase/register'], env: ON, type: 'module' })
  ).toEqual(fine('5\n'))
})

test('worker threads are turned, too', async () => {
  const script = `
    const { Worker } = require('node:worker_threads')
    new Worker("console.log(require('pg').Client === require('oxbase').Client)", { eval: true })`
  expect(await said(script, { flags: ['--require', 'oxbase/register'], env: ON })).toEqual(
    fine('true\n')
  )
})

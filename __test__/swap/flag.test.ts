import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { run } from '../support/child'
import { temporaryDirectory } from '../support/embedded'

const SAME = "console.log(require('oxbase/pg').Client === require('oxbase').Client)"
const flagged = async (env: Record<string, string>) => (await run(SAME, { env })).stdout

test('oxbase/pg is the embedded database with the flag, and pg without', async () => {
  expect(await flagged({ OXBASE_DB: 'pglite' })).toBe('true\n')
  expect(await flagged({ COCALC_DB: 'pglite' })).toBe('true\n')
  expect(await flagged({})).toBe('false\n')
  const real = "console.log(require('oxbase/pg') === require('pg'))"
  expect((await run(real)).stdout).toBe('true\n')
})

test.each(['', 'pg', 'postgres', 'postgresql'])('the flag %j means pg', async (value) => {
  expect(await flagged({ OXBASE_DB: value })).toBe('false\n')
})

test('OXBASE_DB counts more than COCALC_DB', async () => {
  expect(await flagged({ OXBASE_DB: 'pg', COCALC_DB: 'pglite' })).toBe('false\n')
})

test.each(['OXBASE_DB', 'COCALC_DB'])(
  'another value of %s is an error that names it',
  async (name) => {
    for (const [script, flags] of [
      ["require('oxbase/pg')", []],
      ["require('pg')", ['--require', 'oxbase/register']],
    ] as const) {
      const { code, stderr } = await run(script, { flags: [...flags], env: { [name]: 'sqlite' } })
      expect(code).toBe(1)
      expect(stderr).toContain(`oxbase: ${name} must be "pglite" or unset, got "sqlite"`)
    }
  }
)

test('the main entry is the embedded database, whatever the flag', async () => {
  const script = `
    const { Client } = require('oxbase')
    const client = new Client()
    client.connect().then(() => client.query('select 1 as one')).then(({ rows }) => { console.log(rows); return client.end() })`
  expect((await run(script, { env: { OXBASE_DB: 'pg' } })).stdout).toBe('[ { one: 1 } ]\n')
})

test.each(['OXBASE_DATA_DIR', 'COCALC_PGLITE_DATA_DIR'])(
  '%s says where the data is',
  async (name) => {
    const dataDir = join(temporaryDirectory(), 'data')
    const script = (text: string) => `
    const { Pool } = require('oxbase/pg')
    const pool = new Pool()
    pool.query(${JSON.stringify(text)}).then(({ rows }) => { console.log(JSON.stringify(rows)); return pool.end() })`
    const env = { OXBASE_DB: 'pglite', [name]: dataDir }
    expect((await run(script('create table kept as select 3 as n'), { env })).stdout).toBe('[]\n')
    expect(readdirSync(dataDir).length).toBeGreaterThan(0)
    expect((await run(script('select n from kept'), { env })).stdout).toBe('[{"n":3}]\n')
  }
)

test.each(['OXBASE_RELAXED_DURABILITY', 'COCALC_PGLITE_RELAXED_DURABILITY'])(
  '%s says how durable it is',
  async (name) => {
    const script = `
      const { Client } = require('oxbase/pg')
      const client = new Client()
      client.connect()
        .then(() => client.query("select current_setting('fsync') || current_setting('synchronous_commit') as v"))
        .then(({ rows }) => { console.log(rows[0].v); return client.end() }, (e) => console.log(e.message))`
    const durable = async (value: string) => {
      const dataDir = join(temporaryDirectory(), 'data')
      const env = { OXBASE_DB: 'pglite', OXBASE_DATA_DIR: dataDir, [name]: value }
      return (await run(script, { env })).stdout
    }
    expect(await durable('no')).toBe('onon\n')
    expect(await durable('1')).not.toBe('onon\n')
    expect(await durable('maybe')).toMatch(new RegExp(`^oxbase: ${name} must be`))
  }
)

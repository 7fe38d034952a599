import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { run } from '../support/child'
import { connect, Database, open, privateDatabase, temporaryDirectory } from '../support/embedded'

const tables = async (on: { query(text: string): Promise<{ rows: unknown[] }> }) =>
  (await on.query("select relname from pg_class where relname like 'mem_%'")).rows

test('two databases in memory know nothing of each other', async () => {
  const [one, two] = [
    await Database.open({ dataDir: 'memory://' }),
    await Database.open({ dataDir: 'memory://' }),
  ]
  await one.exec('create table mem_one (n int)')
  expect([await tables(one), await tables(two)]).toEqual([[{ relname: 'mem_one' }], []])
  await Promise.all([one.close(), two.close()])
})

test('databases in memory of one name are one', async () => {
  const options = privateDatabase()
  const one = await open(options)
  await one.exec('create table mem_shared (n int)')
  expect(await tables(await connect(options))).toEqual([{ relname: 'mem_shared' }])
})

test('a database in memory is gone with its last user', async () => {
  const options = privateDatabase()
  const first = await Database.open(options)
  await first.exec('create table mem_gone (n int)')
  await first.close()
  expect(await tables(await open(options))).toEqual([])
})

test('clients that name no database share one, which outlives them', async () => {
  const script = `
    const { Client, Pool, Database } = require('oxbase')
    ;(async () => {
      const first = new Client()
      await first.connect()
      await first.query('create table t as select 1 as n')
      await first.end()
      const pool = new Pool()
      await pool.query('insert into t values (2)')
      await pool.end()
      const database = await Database.open()
      console.log(JSON.stringify((await database.query('select n from t order by n')).rows))
      await database.close()
    })()`
  expect(await run(script)).toEqual({
    code: 0,
    signal: null,
    stdout: '[{"n":1},{"n":2}]\n',
    stderr: '',
  })
})

test('nothing of a database in memory is left in the temporary directory', async () => {
  const scratch = temporaryDirectory()
  const script = (end: string) => `
    const { Client, Database } = require('oxbase')
    ;(async () => {
      const database = await Database.open({ dataDir: 'memory://' })
      await database.exec('create table t as select 1 as n')
      const client = new Client()
      await client.connect()
      await client.query('create table t as select 1 as n')
      ${end}
    })()`
  const closed = await run(script('await client.end(); await database.close()'), {
    env: { TMPDIR: scratch },
  })
  expect([closed.code, closed.stderr, readdirSync(scratch)]).toEqual([0, '', []])
  const exited = await run(script('process.exit(3)'), { env: { TMPDIR: scratch } })
  expect([exited.code, exited.stderr, readdirSync(scratch)]).toEqual([3, '', []])
})

test('the working directory stays as it is', async () => {
  const cwd = temporaryDirectory()
  const script = `
    const { Database } = require('oxbase')
    Database.open().then((database) => database.close())`
  const root = new URL('../..', import.meta.url).pathname
  const { code, stderr } = await run(script.replace("'oxbase'", JSON.stringify(root)), { cwd })
  expect([code, stderr, readdirSync(cwd)]).toEqual([0, '', []])
})

import { join } from 'node:path'
import { expect, test } from 'vitest'
import { run } from '../support/child'
import { open, temporaryDirectory } from '../support/embedded'

const main = (body: string) => `
  const { Client, Database, Pool } = require('oxbase')
  ;(async () => { ${body} })()`
const FINE = { code: 0, signal: null, stderr: '' }

test('an idle database lets the process end', async () => {
  expect(await run(main("await Database.open(); console.log('opened')"))).toEqual({
    ...FINE,
    stdout: 'opened\n',
  })
})

test('a query under way keeps the process', async () => {
  const script = main(`
    const database = await Database.open()
    database.query('select pg_sleep(0.3)').then(() => console.log('answered'))`)
  expect(await run(script)).toEqual({ ...FINE, stdout: 'answered\n' })
})

test('a connected client keeps the process, as a socket would, until it ends', async () => {
  const script = main(`
    const client = new Client()
    await client.connect()
    setTimeout(() => { console.log('still here'); void client.end() }, 200).unref()`)
  expect(await run(script)).toEqual({ ...FINE, stdout: 'still here\n' })
})

test('a client that was let go with unref does not keep the process', async () => {
  const script = main(`
    const client = new Client()
    await client.connect()
    client.unref()
    setTimeout(() => console.log('still here'), 2000).unref()`)
  expect(await run(script)).toEqual({ ...FINE, stdout: '' })
})

test('a pool with allowExitOnIdle does not keep the process', async () => {
  const script = main(`
    const pool = new Pool({ allowExitOnIdle: true })
    console.log((await pool.query('select 1 as one')).rows)
    setTimeout(() => console.log('still here'), 2000).unref()`)
  expect(await run(script)).toEqual({ ...FINE, stdout: '[ { one: 1 } ]\n' })
})

test('a listener keeps the process until it is taken away', async () => {
  const script = main(`
    const database = await Database.open()
    const unlisten = await database.listen('news', () => {})
    setTimeout(() => { console.log('still here'); void unlisten() }, 200).unref()`)
  expect(await run(script)).toEqual({ ...FINE, stdout: 'still here\n' })
})

test('process.exit with open clients and work under way ends cleanly, and what was told is kept', async () => {
  const dataDir = join(temporaryDirectory(), 'data')
  const script = main(`
    const dataDir = process.env.DATA_DIR
    const pool = new Pool({ dataDir, max: 4 })
    await pool.query('create table told (n int)')
    await pool.query('insert into told values (1)')
    const client = new Client({ dataDir })
    await client.connect()
    for (let i = 0; i < 50; i++) pool.query('select pg_sleep(0.01)').catch(() => {})
    client.query('begin').then(() => client.query('insert into told values (2)')).then(() => process.exit(5))`)
  expect(await run(script, { env: { DATA_DIR: dataDir } })).toEqual({
    code: 5,
    signal: null,
    stdout: '',
    stderr: '',
  })
  expect((await (await open({ dataDir })).query('select n from told')).rows).toEqual([{ n: 1 }])
})

test('process.exit in the middle of opening ends cleanly', async () => {
  const script = main('void Database.open(); setImmediate(() => process.exit(0))')
  expect(await run(script)).toEqual({ ...FINE, stdout: '' })
})

test('process.exit while a statement runs for ever ends in bounded time', async () => {
  const script = main(`
    const client = new Client()
    await client.connect()
    client.query('do $$ begin loop end loop; end $$').catch(() => {})
    setTimeout(() => process.exit(0), 100)`)
  expect(await run(script)).toEqual({ ...FINE, stdout: '' })
})

test('an exception that nobody catches ends the process as ever', async () => {
  const script = main(`
    const client = new Client()
    await client.connect()
    await client.query('select 1')
    throw new Error('nobody catches this')`)
  const { code, signal, stderr } = await run(script)
  expect([code, signal]).toEqual([1, null])
  expect(stderr).toMatch(/nobody catches this/)
})

test('SIGTERM ends a process with an open database', async () => {
  const script = main(`
    const client = new Client()
    await client.connect()
    process.kill(process.pid, 'SIGTERM')`)
  expect(await run(script)).toMatchObject({ code: null, signal: 'SIGTERM', stderr: '' })
})

// What is stopped is told by /proc; elsewhere the signals are the same.
test.runIf(process.platform === 'linux')(
  'a process that was stopped and goes on, as by Ctrl-Z and fg, goes on answering',
  async () => {
    const script = main(`
    const { execFile } = require('node:child_process')
    const pool = new Pool({ max: 2 })
    await pool.query('select 1')
    const rest = 'kill -STOP $0; until grep -q "^State:.T" /proc/$0/status; do :; done; kill -CONT $0'
    await new Promise((resolve) => execFile('sh', ['-c', rest, String(process.pid)], resolve))
    const answers = await Promise.all([1, 2, 3].map((n) => pool.query('select $1::int as n', [n])))
    console.log(answers.map(({ rows }) => rows[0].n).join())
    await pool.end()`)
    expect(await run(script)).toEqual({ ...FINE, stdout: '1,2,3\n' })
  }
)

import { join } from 'node:path'
import { expect, test } from 'vitest'
import { run, type ChildOptions } from '../support/child'
import { temporaryDirectory } from '../support/embedded'

const main = (body: string) => `
  const cocalc = require('oxbase/cocalc')
  const show = (value) => console.log(JSON.stringify(value))
  ;(async () => { ${body} })()`
const said = async (body: string, options: ChildOptions = {}) => {
  const { code, stdout, stderr } = await run(main(body), options)
  expect([code, stderr]).toEqual([0, ''])
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as unknown)
}

test('isPgliteEnabled follows the flag', async () => {
  expect(await said('show(cocalc.isPgliteEnabled())')).toEqual([false])
  expect(await said('show(cocalc.isPgliteEnabled())', { env: { COCALC_DB: 'pglite' } })).toEqual([
    true,
  ])
})

test('pool, client and database are the same data', async () => {
  const lines = await said(`
    const pool = cocalc.getPglitePool()
    await pool.query('create table t (n int)')
    const client = await cocalc.getPgliteClient()
    await client.query('insert into t values (1)')
    client.release()
    const database = await cocalc.getPglite()
    await database.query('insert into t values (2)')
    show((await pool.query('select n from t order by n')).rows)
    show([pool === cocalc.getPglitePool(), pool.options.database, pool.getOptions().database])
    await cocalc.closePglite()`)
  expect(lines).toEqual([
    [{ n: 1 }, { n: 2 }],
    [true, 'pglite', 'pglite'],
  ])
})

test('int8 is text, bytea a buffer, and a timestamp is in UTC', async () => {
  const [row] = await said(
    `
    const { rows } = await cocalc.getPglitePool().query(
      "select 9007199254740993 as big, '\\\\x01ff'::bytea as bytes, '2020-01-02 03:04:05'::timestamp as at")
    show({ ...rows[0], bytes: Buffer.isBuffer(rows[0].bytes) && rows[0].bytes.toString('hex'), date: rows[0].at instanceof Date })
    await cocalc.closePglite()`,
    { env: { TZ: 'America/New_York' } }
  )
  expect(row).toEqual({
    big: '9007199254740993',
    bytes: '01ff',
    at: '2020-01-02T03:04:05.000Z',
    date: true,
  })
})

test('the pg client takes text, config and callback, and hears notifications', async () => {
  const lines = await said(`
    const client = cocalc.getPglitePgClient()
    const heard = new Promise((resolve) => client.on('notification', resolve))
    show((await client.query('select 1 as one')).rows)
    show((await client.query({ text: 'select $1::int as n', values: [2] })).rows)
    show(await new Promise((resolve) => client.query('select 3 as n', (e, r) => resolve(r.rows))))
    show(await new Promise((resolve) => client.query('selec', (e) => resolve(e.code))))
    await client.query('listen news')
    await client.query("notify news, 'hello'")
    const { channel, payload } = await heard
    show({ channel, payload })
    await client.end()
    await cocalc.closePglite()`)
  expect(lines).toEqual([
    [{ one: 1 }],
    [{ n: 2 }],
    [{ n: 3 }],
    '42601',
    { channel: 'news', payload: 'hello' },
  ])
})

test('getPglite takes a directory, and closePglite lets it go', async () => {
  const dataDir = join(temporaryDirectory(), 'data')
  const lines = await said(
    `
    const dataDir = process.env.DATA_DIR
    const first = await cocalc.getPglite({ dataDir })
    await first.exec('create table t as select 1 as n')
    show([cocalc.getPgliteDataDir() === dataDir, first === await cocalc.getPglite()])
    await cocalc.closePglite()
    const second = await cocalc.getPglite({ dataDir })
    show((await second.query('select n from t')).rows)
    await cocalc.closePglite()`,
    { env: { DATA_DIR: dataDir } }
  )
  expect(lines).toEqual([[true, true], [{ n: 1 }]])
})

// What `pg` can say of the extended protocol: the `rows` limit, portals, unnamed and named
// statements, and that one client's unnamed statement is not another's.
import { expect, test } from 'vitest'
import { answer, refusal } from '../support/answers'
import { connect, query } from '../support/provider'

test('queryMode extended sends a query without parameters through the extended protocol', async () => {
  const config = { text: 'select 1 as a; select 2', queryMode: 'extended' as const }
  expect(await refusal(query(config))).toMatchObject({
    code: '42601',
    message: 'cannot insert multiple commands into a prepared statement',
  })
})

test('the rows limit of a query fetches all the same, in portions', async () => {
  const config = { text: 'select n from generate_series(1, 7) n', rows: 3 }
  const { rows } = await query(config)
  expect(rows).toEqual([1, 2, 3, 4, 5, 6, 7].map((n) => ({ n })))
})

test.each([
  [
    'insert into described values ($1) returning n, n * 2 as twice',
    [5],
    'INSERT',
    [{ n: 5, twice: 10 }],
  ],
  ['update described set n = $1 where n = 5 returning n', [6], 'UPDATE', [{ n: 6 }]],
  ['delete from described where n = $1 returning described.*', [6], 'DELETE', [{ n: 6 }]],
])('%s is described before it runs', async (text, values, command, rows) => {
  await query('create table if not exists described (n int)')
  const result = await query({ text, values, name: `d-${command}` })
  expect([result.command, result.rowCount, result.rows]).toEqual([command, 1, rows])
})

test('a statement without a result answers no fields', async () => {
  expect(
    answer(await query({ text: 'create table nothing_to_tell (n int)', queryMode: 'extended' }))
  ).toEqual({
    command: 'CREATE',
    rowCount: null,
    oid: null,
    rows: [],
    fields: [],
  })
})

test('the unnamed statement of one client is not that of another', async () => {
  const clients = await Promise.all([connect(), connect(), connect()])
  const results = await Promise.all(
    [0, 1, 2, 3, 4, 5].map((i) => clients[i % 3]?.query(`select ${i} + $1::int as v`, [10]))
  )
  expect(results.map((result) => result?.rows[0] as unknown)).toEqual(
    [10, 11, 12, 13, 14, 15].map((v) => ({ v }))
  )
})

test('show, explain and utility commands answer rows through the extended protocol', async () => {
  const extended = async (text: string) => (await query({ text, queryMode: 'extended' })).rows
  expect(await extended('show server_encoding')).toEqual([{ server_encoding: 'UTF8' }])
  expect(await extended('explain (costs off) select 1')).toEqual([{ 'QUERY PLAN': 'Result' }])
})

test('begin and commit may be parameterless extended queries', async () => {
  const client = await connect()
  const run = (text: string) => client.query({ text, queryMode: 'extended' } as never)
  await run('begin')
  await run('create table extended_transaction (n int)')
  await run('rollback')
  expect(await refusal(run('select * from extended_transaction'))).toMatchObject({ code: '42P01' })
})

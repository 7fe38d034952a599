import { expect, test } from 'vitest'
import { answer, answers, refusal } from '../support/answers'
import { connect, query } from '../support/provider'

test('several statements in one text answer an array of results', async () => {
  const results = await query('select 1 as a; select 2 as b, 3 as c; create table several (n int)')
  expect(answers(results)).toEqual([
    { command: 'SELECT', rowCount: 1, oid: null, rows: [{ a: 1 }], fields: ['a'] },
    { command: 'SELECT', rowCount: 1, oid: null, rows: [{ b: 2, c: 3 }], fields: ['b', 'c'] },
    { command: 'CREATE', rowCount: null, oid: null, rows: [], fields: [] },
  ])
})

test('a trailing semicolon does not make several statements', async () => {
  const result = await query('select 1 as a;')
  expect(answer(result).rows).toEqual([{ a: 1 }])
})

test('empty statements between others answer nothing', async () => {
  const results = await query('select 1 as a;; select 2 as a')
  expect(answers(results).map((r) => r.rows)).toEqual([[{ a: 1 }], [{ a: 2 }]])
})

test('each result of several keeps its row mode', async () => {
  const results = await query({ text: 'select 1, 2; select 3', rowMode: 'array' })
  expect(answers(results).map((r) => r.rows)).toEqual([[[1, 2]], [[3]]])
})

test('several statements run in one implicit transaction', async () => {
  await query('create table implicit (n int primary key)')
  const error = await refusal(
    query('insert into implicit values (1); insert into implicit values (1)')
  )
  expect(error['code']).toBe('23505')
  expect((await query('select * from implicit')).rows).toEqual([])
})

test('what several statements committed themselves stays when a later one fails', async () => {
  const client = await connect()
  await client.query('create table explicit (n int)')
  const error = await refusal(
    client.query('begin; insert into explicit values (1); commit; select 1 / 0')
  )
  expect(error['code']).toBe('22012')
  expect((await client.query('select * from explicit')).rows).toEqual([{ n: 1 }])
})

test('several statements with parameters are refused', async () => {
  expect(await refusal(query('select $1::int; select 2', [1]))).toEqual({
    name: 'error',
    severity: 'ERROR',
    code: '42601',
    message: 'cannot insert multiple commands into a prepared statement',
  })
})

test('a statement sees what the ones before it in the same text did', async () => {
  const results = await query(
    'create table steps (n int); insert into steps values (7); select * from steps; drop table steps'
  )
  expect(answers(results).map((r) => [r.command, r.rows])).toEqual([
    ['CREATE', []],
    ['INSERT', []],
    ['SELECT', [{ n: 7 }]],
    ['DROP', []],
  ])
})

test('a semicolon inside a literal, an identifier or a body ends no statement', async () => {
  const text = `select 'a;b' as "x;y", $$c;d$$ as z -- ;`
  expect((await query(text)).rows).toEqual([{ 'x;y': 'a;b', z: 'c;d' }])
})

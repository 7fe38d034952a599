import { expect, test } from 'vitest'
import { answer } from '../support/answers'
import { query } from '../support/provider'

test('parameters are sent apart from the text', async () => {
  const result = await query('select $1::text as a, $2::int4 as b', ["O'Reilly; drop table x", 42])
  expect(answer(result)).toEqual({
    command: 'SELECT',
    rowCount: 1,
    oid: null,
    rows: [{ a: "O'Reilly; drop table x", b: 42 }],
    fields: ['a', 'b'],
  })
})

test('one parameter may be used several times', async () => {
  const { rows } = await query('select $1::int4 + $1::int4 as twice, $2::text as other', [21, 'x'])
  expect(rows).toEqual([{ twice: 42, other: 'x' }])
})

test('a parameter takes its type from where it stands', async () => {
  const { rows } = await query('select n from generate_series(1, 5) n where n > $1 order by n', [
    '3',
  ])
  expect(rows).toEqual([{ n: 4 }, { n: 5 }])
})

test('an array parameter replaces a list of placeholders', async () => {
  const { rows } = await query(
    'select n from generate_series(1, 9) n where n = any($1) order by n',
    [[2, 4, 44]]
  )
  expect(rows).toEqual([{ n: 2 }, { n: 4 }])
})

test('an empty list of values is a query without parameters', async () => {
  expect((await query('select 1 as one', [])).rows).toEqual([{ one: 1 }])
})

test('insert, update and delete answer how many rows they touched', async () => {
  await query('create table counted (n int)')
  const insert = await query('insert into counted select generate_series(1, $1)', [5])
  const update = await query('update counted set n = n + 10 where n > $1', [2])
  const remove = await query('delete from counted where n = $1', [99])
  expect([insert, update, remove].map(answer)).toEqual([
    { command: 'INSERT', rowCount: 5, oid: 0, rows: [], fields: [] },
    { command: 'UPDATE', rowCount: 3, oid: null, rows: [], fields: [] },
    { command: 'DELETE', rowCount: 0, oid: null, rows: [], fields: [] },
  ])
})

test('RETURNING answers the rows that were written', async () => {
  await query('create table returned (id int generated always as identity, name text)')
  const result = await query('insert into returned (name) values ($1), ($2) returning *', [
    'a',
    'b',
  ])
  expect(answer(result)).toEqual({
    command: 'INSERT',
    rowCount: 2,
    oid: 0,
    rows: [
      { id: 1, name: 'a' },
      { id: 2, name: 'b' },
    ],
    fields: ['id', 'name'],
  })
})

import { expect, test } from 'vitest'
import { query } from '../support/provider'

test('a row is read as its text', async () => {
  expect((await query(`select row(1, 'a b', null, '"') as v`)).rows).toEqual([
    { v: '(1,"a b",,"""")' },
  ])
})

test('a composite type goes in and out as text, and its parts as values', async () => {
  await query('create type spot as (x int, label text)')
  const { rows } = await query('select $1::spot as v, ($1::spot).x, ($1::spot).label', [
    '(4,"a,b")',
  ])
  expect(rows).toEqual([{ v: '(4,"a,b")', x: 4, label: 'a,b' }])
})

test('a whole row of a table is a composite value', async () => {
  await query("create table whole (id int, name text); insert into whole values (1, 'x')")
  expect((await query('select w, row_to_json(w) as j from whole w')).rows).toEqual([
    { w: '(1,x)', j: { id: 1, name: 'x' } },
  ])
})

test('an array of composite values is read as its text', async () => {
  await query('create type pair as (a int, b int)')
  expect((await query('select array[(1,2)::pair, (3,4)::pair] as v')).rows).toEqual([
    { v: '{"(1,2)","(3,4)"}' },
  ])
})

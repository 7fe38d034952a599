import { expect, test } from 'vitest'
import { query } from '../support/provider'

test('of columns with one name the last value wins', async () => {
  const { rows, fields } = await query('select 1 as a, 2 as b, 3 as a')
  expect(rows).toEqual([{ a: 3, b: 2 }])
  expect(Object.keys(rows[0] as object)).toEqual(['a', 'b'])
  expect(fields.map((field) => field.name)).toEqual(['a', 'b', 'a'])
})

test('of joined tables with a column of one name the last table wins', async () => {
  await query('create table l (id int, x text); create table r (id int, y text)')
  await query("insert into l values (1, 'l'); insert into r values (2, 'r')")
  expect((await query('select * from l cross join r')).rows).toEqual([{ id: 2, x: 'l', y: 'r' }])
})

test('the last value wins with parameters, too, and null counts as a value', async () => {
  const { rows } = await query('select $1::int4 as a, $2::int4 as a', [1, null])
  expect(rows).toEqual([{ a: null }])
})

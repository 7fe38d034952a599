import { expect, test } from 'vitest'
import { query } from '../support/provider'

test('a field tells its table, column, type, size, modifier and format', async () => {
  await query(
    'create table described (id int8, name varchar(10), price numeric(8, 2), tags text[])'
  )
  const { rows } = await query("select 'described'::regclass::oid::int4 as oid")
  const tableID = (rows[0] as { oid: number }).oid
  const { fields } = await query('select id, name, price, tags, 1 as computed from described')
  const text = { format: 'text' }
  expect(fields.map((field) => ({ ...field }))).toEqual([
    {
      name: 'id',
      tableID,
      columnID: 1,
      dataTypeID: 20,
      dataTypeSize: 8,
      dataTypeModifier: -1,
      ...text,
    },
    {
      name: 'name',
      tableID,
      columnID: 2,
      dataTypeID: 1043,
      dataTypeSize: -1,
      dataTypeModifier: 14,
      ...text,
    },
    {
      name: 'price',
      tableID,
      columnID: 3,
      dataTypeID: 1700,
      dataTypeSize: -1,
      dataTypeModifier: 524294,
      ...text,
    },
    {
      name: 'tags',
      tableID,
      columnID: 4,
      dataTypeID: 1009,
      dataTypeSize: -1,
      dataTypeModifier: -1,
      ...text,
    },
    {
      name: 'computed',
      tableID: 0,
      columnID: 0,
      dataTypeID: 23,
      dataTypeSize: 4,
      dataTypeModifier: -1,
      ...text,
    },
  ])
})

test('the fields are the same with and without parameters', async () => {
  const simple = await query("select 1::int2 as a, 'x'::text as b, now() as c")
  const extended = await query("select $1::int2 as a, 'x'::text as b, now() as c", [1])
  expect(extended.fields).toEqual(simple.fields)
})

test('a column that was dropped before keeps its number', async () => {
  await query('create table gap (a int, b int, c int); alter table gap drop column b')
  const { fields } = await query('select * from gap')
  expect(fields.map((field) => [field.name, field.columnID])).toEqual([
    ['a', 1],
    ['c', 3],
  ])
})

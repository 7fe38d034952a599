import { expect, test } from 'vitest'
import { query } from '../support/provider'

const TYPES = [
  'int2',
  'int4',
  'int8',
  'float8',
  'numeric',
  'bool',
  'text',
  'bytea',
  'json',
  'jsonb',
  'date',
  'timestamp',
  'timestamptz',
  'time',
  'interval',
  'uuid',
  'point',
  'int[]',
  'text[]',
]

test.each(TYPES)('null of type %s is null both ways', async (type) => {
  const { rows } = await query(
    `select null::${type} as literal, $1::${type} as sent, $2::${type} is null as there`,
    [null, undefined]
  )
  expect(rows).toEqual([{ literal: null, sent: null, there: true }])
})

test('a row of nulls alone has all its columns', async () => {
  const columns = Array.from({ length: 40 }, (_, i) => `null::int as c${i}`)
  const { rows } = await query(`select ${columns.join(', ')}`)
  expect(Object.values(rows[0] as object)).toEqual(columns.map(() => null))
})

test('an empty text is not null', async () => {
  expect((await query("select $1::text is null as is_null, '' as v", [''])).rows).toEqual([
    { is_null: false, v: '' },
  ])
})

import { expect, test } from 'vitest'
import { query, Result } from '../support/provider'

test('a result is an instance of Result', async () => {
  expect(await query('select 1')).toBeInstanceOf(Result)
})

test('a result has the properties of pg and no others', async () => {
  const result = await query('select 1 as one')
  expect(Object.keys(result).sort()).toEqual(
    [
      'RowCtor',
      '_parsers',
      '_prebuiltEmptyResultObject',
      '_types',
      'command',
      'fields',
      'oid',
      'rowAsArray',
      'rowCount',
      'rows',
    ].sort()
  )
})

test('a row is a plain object with own, writable properties', async () => {
  const { rows } = await query('select 1 as one, null as two')
  const row = rows[0] as Record<string, unknown>
  expect(Object.getPrototypeOf(row)).toBe(Object.prototype)
  expect(Object.getOwnPropertyDescriptors(row)).toEqual({
    one: { value: 1, writable: true, enumerable: true, configurable: true },
    two: { value: null, writable: true, enumerable: true, configurable: true },
  })
  expect(JSON.stringify(row)).toBe('{"one":1,"two":null}')
})

test('rows do not share their objects', async () => {
  const { rows } = await query('select n, \'{"a": 1}\'::json as doc from generate_series(1, 2) n')
  const [first, second] = rows as { n: number; doc: { a: number } }[]
  expect(first).not.toBe(second)
  expect(first?.doc).not.toBe(second?.doc)
})

test.each([
  'constructor',
  'hasOwnProperty',
  'toString',
  'rows',
  'a"b',
  "a'b",
  'a\\b',
  '1',
  ' ',
  'ключ',
])('a column may be called %s', async (name) => {
  const { rows } = await query(`select 5 as "${name.replaceAll('"', '""')}", 6 as other`)
  expect(Object.entries(rows[0] as object)).toContainEqual([name, 5])
  expect((rows[0] as { other: number }).other).toBe(6)
})

test('a longer name of a column is cut at 63 bytes', async () => {
  const { fields } = await query(`select 1 as ${'x'.repeat(80)}`)
  expect(fields[0]?.name).toBe('x'.repeat(63))
})

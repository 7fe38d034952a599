// The parser of pg reads every value as text first, so only bytes below 0x80 arrive as they were.
import { expect, test } from 'vitest'
import { connect, query } from '../support/provider'

const binary = (text: string, values: unknown[] = []) =>
  query({ text, values, binary: true, queryMode: 'extended' })

test('binary results are parsed to the same kinds of values', async () => {
  const { rows, fields } = await binary(
    "select 1::int2 as a, 2::int4 as b, 3::int8 as c, 2::float8 as d, true as e, 'x é' as f, null::int as h"
  )
  expect(rows).toEqual([{ a: 1, b: 2, c: '3', d: 2, e: true, f: 'x é', h: null }])
  expect(new Set(fields.map((field) => field.format))).toEqual(new Set(['binary']))
})

test('binary results take parameters', async () => {
  expect((await binary('select $1::int4 + 1 as v', [41])).rows).toEqual([{ v: 42 }])
})

test('a type without a binary parser is answered as text of its bytes', async () => {
  const { rows } = await binary("select 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid as v")
  expect(typeof (rows[0] as { v: unknown }).v).toBe('string')
})

test('a client may ask for binary results by default', async () => {
  const client = await connect({ binary: true } as never)
  const { rows, fields } = await client.query('select $1::int4 as v, 2::float4 as w', [7])
  expect(rows).toEqual([{ v: 7, w: 2 }])
  expect(fields.map((field) => field.format)).toEqual(['binary', 'binary'])
})

test('binary timestamps and arrays are parsed', async () => {
  const { rows } = await binary(
    "select '2000-01-01 00:00:00Z'::timestamptz as t, '{1,2}'::int4[] as l"
  )
  expect(rows).toEqual([{ t: new Date('2000-01-01T00:00:00.000Z'), l: [1, 2] }])
})

test('binary without parameters stays text, unless the query asks for the extended protocol', async () => {
  const { rows, fields } = await query({ text: 'select 7::int4 as v', binary: true })
  expect([rows, fields[0]?.format]).toEqual([[{ v: 7 }], 'text'])
})

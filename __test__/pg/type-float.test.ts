import { expect, test } from 'vitest'
import { query } from '../support/provider'
import { isSentAs, readsAs, survivesStorage } from '../support/values'

readsAs([
  ['0.1::float8', 0.1],
  ['1e308::float8', 1e308],
  ["'5e-324'::float8", 5e-324],
  ["'NaN'::float8", NaN],
  ["'Infinity'::float8", Infinity],
  ["'-Infinity'::float4", -Infinity],
  ['1.5::float4', 1.5],
  ['0.1::float4', 0.1],
  ["'-0'::float8", -0],
])

isSentAs([
  [0.1, 'float8', '0.1'],
  [1e21, 'float8', '1e+21'],
  [-0, 'float8', '0'],
  [Infinity, 'float8', 'Infinity'],
  [NaN, 'float4', 'NaN'],
])

survivesStorage('float8', [0.1 + 0.2, Number.MAX_VALUE, Number.MIN_VALUE, -Infinity, NaN, null])

test('minus zero keeps its sign on the way out', async () => {
  const { rows } = await query("select '-0'::float8 as v")
  expect(Object.is((rows[0] as { v: number }).v, -0)).toBe(true)
})

import { expect, test } from 'vitest'
import { refusal } from '../support/answers'
import { query } from '../support/provider'
import { isSentAs, readsAs, survivesStorage } from '../support/values'

readsAs([
  ['0::int2', 0],
  ['(-32768)::int2', -32768],
  ['32767::int2', 32767],
  ['2147483647::int4', 2147483647],
  ['(-2147483648)::int4', -2147483648],
  ['4294967295::oid', 4294967295],
  ["'pg_class'::regclass", 'pg_class'],
])

isSentAs([
  [7, 'int2', '7'],
  ['-7', 'int4', '-7'],
  [true, 'text', 'true'],
])

survivesStorage('int4', [0, 1, -1, 2147483647, -2147483648, null])

test('an integer out of range is refused and names the value and the type', async () => {
  expect(await refusal(query('select $1::int2', [32768]))).toEqual({
    name: 'error',
    severity: 'ERROR',
    code: '22003',
    message: 'value "32768" is out of range for type smallint',
    where: "unnamed portal parameter $1 = '...'",
  })
})

import { expect, test } from 'vitest'
import { query } from '../support/provider'
import { isSentAs, readsAs, survivesStorage } from '../support/values'

readsAs([
  ["'{}'::int[]", []],
  ["'{1,2,null}'::int[]", [1, 2, null]],
  [
    "'{{1,2},{3,4}}'::int[]",
    [
      [1, 2],
      [3, 4],
    ],
  ],
  ["'[0:1]={7,8}'::int[]", [7, 8]],
  ["'{9223372036854775807}'::int8[]", ['9223372036854775807']],
  ["'{1.5,NaN}'::float8[]", [1.5, NaN]],
  ["'{1.10}'::numeric[]", [1.1]],
  [
    "array['a,b', 'c\"d', 'e\\f', '', 'NULL', null, '{x}']",
    ['a,b', 'c"d', 'e\\f', '', 'NULL', null, '{x}'],
  ],
  ["'{2020-01-02}'::date[]", [new Date(2020, 0, 2)]],
  ["array['2020-01-02 03:04:05.678Z'::timestamptz]", [new Date('2020-01-02T03:04:05.678Z')]],
  ["'{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}'::uuid[]", ['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11']],
])

isSentAs([
  [[], 'int[]', '{}'],
  [[1, null, 3], 'int[]', '{1,NULL,3}'],
  [
    [
      [1, 2],
      [3, 4],
    ],
    'int[]',
    '{{1,2},{3,4}}',
  ],
  [['a,b', 'c"d', 'e\\f', '', 'null', ' x '], 'text[]', '{"a,b","c\\"d","e\\\\f","","null"," x "}'],
  [[true, false], 'bool[]', '{t,f}'],
  [[Buffer.from([1, 255])], 'bytea[]', '{"\\\\x01ff"}'],
  [[{ a: 1 }], 'jsonb[]', '{"{\\"a\\": 1}"}'],
  [[undefined], 'text[]', '{NULL}'],
])

survivesStorage('text[]', [
  ['a', null, '日本', '"'],
  [],
  [
    ['x', 'y'],
    ['z', 'w'],
  ],
  null,
])

test('unnest turns arrays into rows', async () => {
  const { rows } = await query('select * from unnest($1::int[], $2::text[]) as t (a, b)', [
    [1, 2],
    ['x', 'y'],
  ])
  expect(rows).toEqual([
    { a: 1, b: 'x' },
    { a: 2, b: 'y' },
  ])
})

test('an array that is not rectangular is refused', async () => {
  await expect(query('select $1::int[]', [[[1, 2], [3]]])).rejects.toMatchObject({
    code: '22P02',
    message: 'malformed array literal: "{{"1","2"},{"3"}}"',
    detail: 'Multidimensional arrays must have sub-arrays with matching dimensions.',
  })
})

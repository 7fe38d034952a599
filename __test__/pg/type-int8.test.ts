import { expect, test } from 'vitest'
import { connect, query, types } from '../support/provider'
import { isSentAs, readsAs, survivesStorage } from '../support/values'

readsAs([
  ['0::int8', '0'],
  ['9223372036854775807::int8', '9223372036854775807'],
  ["'-9223372036854775808'::int8", '-9223372036854775808'],
  ['count(*)', '1'],
  ['sum(7::int4)', '7'],
])

isSentAs([
  [9007199254740993n, 'int8', '9007199254740993'],
  ['9223372036854775807', 'int8', '9223372036854775807'],
  [12, 'int8', '12'],
])

survivesStorage('int8', ['9223372036854775807', '-1', null])

test('int8 is a string unless the client has a parser for it', async () => {
  const client = await connect()
  client.setTypeParser(20, (text: string) => BigInt(text))
  expect((await client.query('select 9007199254740993::int8 as v')).rows).toEqual([
    { v: 9007199254740993n },
  ])
  expect((await query('select 1::int8 as v')).rows).toEqual([{ v: '1' }])
  expect(types.getTypeParser(20)('1')).toBe('1')
})

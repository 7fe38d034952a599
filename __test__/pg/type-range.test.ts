import { expect, test } from 'vitest'
import { query } from '../support/provider'
import { isSentAs, readsAs } from '../support/values'

readsAs([
  ["'[1,5)'::int4range", '[1,5)'],
  ["'(1,5]'::int8range", '[2,6)'],
  ["'empty'::numrange", 'empty'],
  ["'[1.5,)'::numrange", '[1.5,)'],
  ["'[2020-01-01,2020-02-01)'::daterange", '[2020-01-01,2020-02-01)'],
  ["'[2020-01-01,2020-01-02)'::tsrange", '["2020-01-01 00:00:00","2020-01-02 00:00:00")'],
  ["'{[1,3),[5,7)}'::int4multirange", '{[1,3),[5,7)}'],
])

isSentAs([['[3,9]', 'int4range', '[3,10)']])

test('an exclusion constraint names itself and both rows', async () => {
  await query('create table booked (during int4range, exclude using gist (during with &&))')
  await query("insert into booked values ('[1,5)')")
  await expect(query("insert into booked values ('[4,6)')")).rejects.toMatchObject({
    code: '23P01',
    table: 'booked',
    constraint: 'booked_during_excl',
    detail: 'Key (during)=([4,6)) conflicts with existing key (during)=([1,5)).',
  })
})

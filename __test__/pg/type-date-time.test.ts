import { expect, test } from 'vitest'
import { connect, query } from '../support/provider'
import { isSentAs, readsAs, survivesStorage } from '../support/values'

const MOMENT = new Date('2021-03-04T05:06:07.089Z')

readsAs([
  ["'2020-02-29'::date", new Date(2020, 1, 29)],
  ["'0044-03-15 BC'::date", new Date(-43, 2, 15)],
  ["'infinity'::date", Infinity],
  ["'2021-03-04 05:06:07.089'::timestamp", new Date(2021, 2, 4, 5, 6, 7, 89)],
  ["'2021-03-04 05:06:07.089+00'::timestamptz", MOMENT],
  ["'2021-03-04 05:06:07.089123+00'::timestamptz", MOMENT],
  ["'2021-03-04 10:36:07.089+05:30'::timestamptz", MOMENT],
  ["'infinity'::timestamptz", Infinity],
  ["'-infinity'::timestamp", -Infinity],
  ["'04:05:06.789'::time", '04:05:06.789'],
  ["'24:00'::time", '24:00:00'],
  ["'04:05:06.789+02'::timetz", '04:05:06.789+02'],
])

isSentAs([
  [MOMENT, 'timestamptz', '2021-03-04 05:06:07.089+00'],
  [MOMENT.toISOString(), 'timestamptz', '2021-03-04 05:06:07.089+00'],
  ['2020-02-29', 'date', '2020-02-29'],
  ['23:59:59.999999', 'time', '23:59:59.999999'],
])

survivesStorage('timestamptz', [MOMENT, new Date(0), new Date(-1), null])
survivesStorage('timestamp', [new Date(2021, 2, 4, 5, 6, 7, 89), null])
survivesStorage('date', [new Date(1999, 11, 31), null])

test('a moment is shown in the time zone of the session and read as the same moment', async () => {
  const client = await connect()
  await client.query("set time zone 'Asia/Tokyo'")
  const { rows } = await client.query('select $1::timestamptz as v, $1::timestamptz::text as t', [
    MOMENT,
  ])
  expect(rows).toEqual([{ v: MOMENT, t: '2021-03-04 14:06:07.089+09' }])
})

test('a date that does not exist is refused', async () => {
  await expect(query("select '2021-02-29'::date")).rejects.toMatchObject({
    code: '22008',
    message: 'date/time field value out of range: "2021-02-29"',
    position: '8',
  })
})

test('now stands still within a transaction', async () => {
  const client = await connect()
  await client.query('begin')
  const first = await client.query('select now() as at')
  const second = await client.query('select now() as at')
  await client.query('commit')
  expect(second.rows).toEqual(first.rows)
})

// A literal is read by the settings of its client, whoever had the same text prepared.
import { beforeAll, expect, test } from 'vitest'
import type pg from 'pg'
import { connect, query } from '../support/provider'

beforeAll(() =>
  query(`create function noon() returns text language plpgsql as $$
    begin return timestamptz '2024-03-01 12:00' at time zone 'UTC'; end $$`)
)

const value = async (client: pg.Client, text: string, values: unknown[] = [1]) =>
  Object.values((await client.query(text, values)).rows[0] as object)[0] as unknown
const NOON = "select (timestamptz '2024-03-01 12:00' at time zone 'UTC')::text where $1::int = 1"
const DAY = "select extract(day from date '01/02/2024')::int where $1::int = 1"

test('a point in time without a zone is one in the time zone of its client', async () => {
  const [one, other] = [await connect(), await connect({ options: '-c timezone=Asia/Tokyo' })]
  for (let n = 0; n < 4; n++) {
    expect(await value(one, NOON)).toBe('2024-03-01 12:00:00')
    expect(await value(other, NOON)).toBe('2024-03-01 03:00:00')
  }
})

test('a client that changes its time zone reads the same text otherwise', async () => {
  const client = await connect()
  for (let n = 0; n < 3; n++) {
    await client.query("set timezone = 'Asia/Tokyo'")
    for (let m = 0; m < 3; m++) expect(await value(client, NOON)).toBe('2024-03-01 03:00:00')
    await client.query('begin')
    await client.query("select set_config('timezone', 'Europe/Berlin', true)")
    expect(await value(client, NOON)).toBe('2024-03-01 11:00:00')
    await client.query('commit')
    expect(await value(client, NOON)).toBe('2024-03-01 03:00:00')
    await client.query('reset timezone')
    for (let m = 0; m < 3; m++) expect(await value(client, NOON)).toBe('2024-03-01 12:00:00')
  }
})

test('a date is read in the order of its client', async () => {
  const [one, other] = [await connect(), await connect()]
  await other.query("set datestyle = 'ISO, DMY'")
  for (let n = 0; n < 4; n++)
    expect([await value(one, DAY), await value(other, DAY)]).toEqual([2, 1])
})

test('a backslash means what it means to its client', async () => {
  const [one, other] = [await connect(), await connect()]
  await other.query('set standard_conforming_strings = off; set escape_string_warning = off')
  const text = "select length('a\\\\b') where $1::int = 1"
  for (let n = 0; n < 4; n++)
    expect([await value(one, text), await value(other, text)]).toEqual([4, 3])
})

test('null is equal to null for the client that wants it so', async () => {
  const [one, other] = [await connect(), await connect()]
  await other.query('set transform_null_equals = on')
  const text = 'select count(*)::int from (values (null)) v (a) where a = null and $1::int = 1'
  for (let n = 0; n < 4; n++)
    expect([await value(one, text), await value(other, text)]).toEqual([0, 1])
})

test('a function reads its literals in the time zone of its caller', async () => {
  const [one, other, third] = [await connect(), await connect(), await connect()]
  expect(await value(one, 'select noon()', [])).toBe('2024-03-01 12:00:00')
  await other.query("set timezone = 'Asia/Tokyo'")
  for (let n = 0; n < 3; n++) {
    expect(await value(other, 'select noon()', [])).toBe('2024-03-01 03:00:00')
    expect(await value(one, 'select noon()', [])).toBe('2024-03-01 12:00:00')
  }
  const late = await connect({ options: '-c timezone=Asia/Tokyo' })
  expect(await value(late, 'select noon()', [])).toBe('2024-03-01 03:00:00')
  await late.end()
  expect(await value(third, 'select noon()', [])).toBe('2024-03-01 12:00:00')
})

test('a time zone of a transaction stays in it', async () => {
  const [one, other] = [await connect(), await connect()]
  await one.query("begin; set local timezone = 'Asia/Tokyo'")
  expect(await value(one, 'select noon()', [])).toBe('2024-03-01 03:00:00')
  expect(await value(one, NOON)).toBe('2024-03-01 03:00:00')
  await one.query('commit')
  expect(await value(other, 'select noon()', [])).toBe('2024-03-01 12:00:00')
  expect(await value(other, NOON)).toBe('2024-03-01 12:00:00')
})

import { expect, test } from 'vitest'
import type pg from 'pg'
import { refusal } from '../support/answers'
import { connect, query } from '../support/provider'

const show = async (client: pg.Client, name: string) => {
  const { rows } = await client.query('select current_setting($1, true) as v', [name])
  return (rows as { v: string | null }[])[0]?.v
}
const two = async () => [await connect(), await connect()] as const

test('a setting belongs to the client that set it', async () => {
  const [one, other] = await two()
  await one.query("set work_mem = '7MB'")
  await other.query("set work_mem = '9MB'")
  expect([
    await show(one, 'work_mem'),
    await show(other, 'work_mem'),
    await show(one, 'work_mem'),
  ]).toEqual(['7MB', '9MB', '7MB'])
})

test('a setting that one client makes is not seen by one that makes none', async () => {
  const [one, other] = await two()
  await one.query(
    "set timezone = 'Asia/Tokyo'; set datestyle = 'German'; set search_path = 'elsewhere'"
  )
  expect(await show(other, 'timezone')).toBe('UTC')
  expect((await other.query("select '2020-01-02 00:00Z'::timestamptz::text as t")).rows).toEqual([
    { t: '2020-01-02 00:00:00+00' },
  ])
  expect((await one.query("select '2020-01-02 00:00Z'::timestamptz::text as t")).rows).toEqual([
    { t: '02.01.2020 09:00:00 JST' },
  ])
})

test('search_path decides what a name means, for each client its own', async () => {
  await query(`
    create schema red; create table red.paint (c text); insert into red.paint values ('red');
    create schema blue; create table blue.paint (c text); insert into blue.paint values ('blue')`)
  const [one, other] = await two()
  await one.query('set search_path = red')
  await other.query('set search_path = blue')
  const rounds = []
  for (let i = 0; i < 3; i++)
    for (const client of [one, other])
      rounds.push((await client.query('select c from paint where $1', [true])).rows[0])
  expect(rounds).toEqual([1, 2, 3].flatMap(() => [{ c: 'red' }, { c: 'blue' }]))
})

test('a named statement keeps to the search_path of its client', async () => {
  await query(`
    create schema hot; create table hot.tea (c text); insert into hot.tea values ('hot');
    create schema ice; create table ice.tea (c text); insert into ice.tea values ('ice')`)
  const [one, other] = await two()
  await one.query('set search_path = hot')
  await other.query('set search_path = ice')
  const config = { name: 'tea', text: 'select c from tea' }
  const answers = []
  for (const client of [one, other, one, other]) answers.push((await client.query(config)).rows[0])
  expect(answers).toEqual([{ c: 'hot' }, { c: 'ice' }, { c: 'hot' }, { c: 'ice' }])
})

test('reset takes a setting back, reset all every one', async () => {
  const client = await connect()
  await client.query("set work_mem = '7MB'; set timezone = 'Asia/Tokyo'")
  await client.query('reset work_mem')
  expect([await show(client, 'work_mem'), await show(client, 'timezone')]).toEqual([
    '4MB',
    'Asia/Tokyo',
  ])
  await client.query('reset all')
  expect(await show(client, 'timezone')).toBe('UTC')
})

test('reset all of one client leaves the settings of another', async () => {
  const [one, other] = await two()
  await one.query("set work_mem = '7MB'")
  await other.query("set work_mem = '9MB'")
  await other.query('reset all')
  expect([await show(one, 'work_mem'), await show(other, 'work_mem')]).toEqual(['7MB', '4MB'])
})

test('set local lasts as long as its transaction', async () => {
  const client = await connect()
  await client.query("begin; set local work_mem = '7MB'")
  expect(await show(client, 'work_mem')).toBe('7MB')
  await client.query('commit')
  expect(await show(client, 'work_mem')).toBe('4MB')
})

test('set within a transaction that rolls back is undone', async () => {
  const client = await connect()
  await client.query("set work_mem = '5MB'")
  await client.query("begin; set work_mem = '7MB'")
  await client.query('rollback')
  expect(await show(client, 'work_mem')).toBe('5MB')
})

test('set within a savepoint that rolls back is undone', async () => {
  const client = await connect()
  await client.query(
    "begin; set work_mem = '7MB'; savepoint s; set work_mem = '8MB'; rollback to s"
  )
  await client.query('commit')
  expect(await show(client, 'work_mem')).toBe('7MB')
})

test('set local outside of a transaction is a warning and sets nothing', async () => {
  const client = await connect()
  const notices: unknown[] = []
  client.on('notice', ({ code, message }) => notices.push([code, message]))
  await client.query("set local work_mem = '7MB'")
  expect(notices).toEqual([['25P01', 'SET LOCAL can only be used in transaction blocks']])
  expect(await show(client, 'work_mem')).toBe('4MB')
})

test('set_config sets for the session or for the transaction', async () => {
  const client = await connect()
  await client.query("select set_config('work_mem', '7MB', false)")
  await client.query("begin; select set_config('work_mem', $$8MB$$, true)")
  expect(await show(client, 'work_mem')).toBe('8MB')
  await client.query('commit')
  expect(await show(client, 'work_mem')).toBe('7MB')
})

test('set_config with parameters belongs to its client', async () => {
  const [one, other] = await two()
  await one.query('select set_config($1, $2, $3)', ['work_mem', '7MB', false])
  expect([await show(one, 'work_mem'), await show(other, 'work_mem')]).toEqual(['7MB', '4MB'])
})

test('settings of an application are kept apart, too', async () => {
  const [one, other] = await two()
  await one.query("select set_config('app.person', 'alice', false)")
  await other.query("set app.person = 'bob'")
  expect([await show(one, 'app.person'), await show(other, 'app.person')]).toEqual(['alice', 'bob'])
  expect(await show(await connect(), 'app.person')).toBeNull()
})

test('a setting made inside a function or a do block belongs to its client', async () => {
  await query(`create function set_within() returns void language plpgsql as $$
    begin set work_mem = '7MB'; perform set_config('app.within', 'yes', false); end $$`)
  const [one, other] = await two()
  await one.query('select set_within()')
  await one.query("do $$ begin set maintenance_work_mem = '17MB'; end $$")
  const names = ['work_mem', 'app.within', 'maintenance_work_mem']
  const all = async (client: pg.Client) => [
    await show(client, names[0] ?? ''),
    await show(client, names[1] ?? ''),
    await show(client, names[2] ?? ''),
  ]
  expect([await all(one), await all(other)]).toEqual([
    ['7MB', 'yes', '17MB'],
    ['4MB', null, '64MB'],
  ])
})

test('a setting may be given as a list, a number or a word', async () => {
  const client = await connect()
  await client.query(
    'set search_path to a, "B c", \'d\'; set work_mem to 2048; set enable_seqscan to off'
  )
  expect([
    await show(client, 'search_path'),
    await show(client, 'work_mem'),
    await show(client, 'enable_seqscan'),
  ]).toEqual(['a, "B c", d', '2MB', 'off'])
})

test('a value that does not fit is refused and changes nothing', async () => {
  const client = await connect()
  expect(await refusal(client.query("set work_mem = 'much'"))).toEqual({
    name: 'error',
    severity: 'ERROR',
    code: '22023',
    message: 'invalid value for parameter "work_mem": "much"',
  })
  expect(await refusal(client.query('set no_such_thing = 1'))).toMatchObject({
    code: '42704',
    message: 'unrecognized configuration parameter "no_such_thing"',
  })
  expect(await show(client, 'work_mem')).toBe('4MB')
})

test('set to default and set from current mean what they say', async () => {
  const client = await connect()
  await client.query("set work_mem = '7MB'")
  await client.query('set work_mem to default')
  expect(await show(client, 'work_mem')).toBe('4MB')
})

test('many clients with settings of their own, in turns', async () => {
  const clients = await Promise.all(Array.from({ length: 8 }, () => connect()))
  await Promise.all(clients.map((client, i) => client.query(`set app.number = '${i}'`)))
  for (let round = 0; round < 3; round++) {
    const seen = await Promise.all(clients.map((client) => show(client, 'app.number')))
    expect(seen).toEqual(clients.map((_, i) => String(i)))
  }
})

// Settings, identity and facts of two clients whose statements take turns.
import { expect, test } from 'vitest'
import type pg from 'pg'
import { collect, refusal } from '../support/answers'
import { connect, query } from '../support/provider'

const pair = async (first?: pg.ClientConfig, second?: pg.ClientConfig) =>
  [await connect(first), await connect(second)] as const
const value = async (client: pg.Client, text: string, values: unknown[] = []) =>
  Object.values((await client.query(text, values)).rows[0] as object)[0] as unknown
const setting = (client: pg.Client, name: string) =>
  value(client, 'select current_setting($1)', [name])

test.each([
  ['work_mem', '7MB', '9MB'],
  ['timezone', 'Europe/Berlin', 'Asia/Tokyo'],
  ['datestyle', 'German, DMY', 'SQL, MDY'],
  ['bytea_output', 'escape', 'hex'],
  ['extra_float_digits', '0', '3'],
  ['client_min_messages', 'error', 'warning'],
  ['application_name', 'one', 'other'],
  ['default_transaction_isolation', 'serializable', 'repeatable read'],
  ['row_security', 'off', 'on'],
  ['plan_cache_mode', 'force_custom_plan', 'force_generic_plan'],
  ['session_replication_role', 'replica', 'origin'],
])('%s is set by each client for itself', async (name, first, second) => {
  const [one, other] = await pair()
  await one.query('select set_config($1, $2, false)', [name, first])
  await other.query('select set_config($1, $2, false)', [name, second])
  for (let n = 0; n < 2; n++)
    expect([await setting(one, name), await setting(other, name)]).toEqual([first, second])
})

test('values are written in the style of their client, from one text', async () => {
  const [one, other] = await pair()
  await one.query(
    "set timezone = 'Asia/Tokyo'; set datestyle = 'German'; set bytea_output = 'escape'"
  )
  const text =
    "select '2024-03-01 12:00:00+00'::timestamptz::text as t, '\\x01ff'::bytea::text as b where $1::int = 1"
  for (let n = 0; n < 3; n++) {
    expect((await one.query(text, [1])).rows).toEqual([
      { t: '01.03.2024 21:00:00 JST', b: '\\001\\377' },
    ])
    expect((await other.query(text, [1])).rows).toEqual([
      { t: '2024-03-01 12:00:00+00', b: '\\x01ff' },
    ])
  }
})

test('set local ends with its transaction and is seen by nobody else', async () => {
  const [one, other] = await pair()
  await one.query("begin; set local work_mem = '7MB'; set local timezone = 'Asia/Tokyo'")
  expect(await setting(one, 'work_mem')).toBe('7MB')
  await one.query('commit')
  for (const client of [other, one])
    expect([await setting(client, 'work_mem'), await setting(client, 'timezone')]).toEqual([
      '4MB',
      'UTC',
    ])
})

test('a setting of a transaction that is rolled back is as it was', async () => {
  const [one, other] = await pair()
  await one.query("set work_mem = '5MB'")
  await one.query("begin; set work_mem = '7MB'; savepoint a; set work_mem = '8MB'; rollback to a")
  expect(await setting(one, 'work_mem')).toBe('7MB')
  await one.query('rollback')
  expect([await setting(other, 'work_mem'), await setting(one, 'work_mem')]).toEqual(['4MB', '5MB'])
})

test('notices go by the level of their client', async () => {
  const [one, other] = await pair()
  const seen = [one, other].map((client) => collect(client as never, 'notice'))
  await one.query('set client_min_messages = error')
  for (const client of [one, other, one, other])
    await client.query("do $$ begin raise notice 'told'; end $$")
  expect(seen.map((notices) => notices.length)).toEqual([0, 2])
})

test('each client keeps its own identity', async () => {
  await query(`create role reader; create role writer; create table notes (owner text);
    grant select on notes to reader; grant select, insert on notes to writer;
    alter table notes enable row level security;
    create policy own on notes using (owner = current_user) with check (owner = current_user)`)
  const [one, other] = await pair()
  const third = await connect()
  await one.query('set role reader')
  await other.query('set session authorization writer')
  for (let n = 0; n < 3; n++) {
    expect((await refusal(one.query('insert into notes values ($1)', ['reader'])))['code']).toBe(
      '42501'
    )
    await other.query('insert into notes values ($1)', ['writer'])
    const text =
      'select count(*)::int as n, current_user::text as u, session_user::text as s from notes where $1::int = 1'
    const rows = []
    for (const client of [one, other, third]) rows.push(...(await client.query(text, [1])).rows)
    expect(rows).toEqual([
      { n: 0, u: 'reader', s: 'postgres' },
      { n: n + 1, u: 'writer', s: 'writer' },
      { n: n + 1, u: 'postgres', s: 'postgres' },
    ])
  }
  await other.query('reset session authorization')
  expect(await value(other, 'select current_user::text')).toBe('postgres')
  expect(await value(one, 'select current_user::text')).toBe('reader')
})

test('set local role ends with its transaction', async () => {
  await query('create role for_a_moment')
  const [one, other] = await pair()
  await one.query('begin; set local role for_a_moment')
  expect(await value(one, 'select current_user::text')).toBe('for_a_moment')
  await one.query('commit')
  for (const client of [other, one])
    expect(await value(client, 'select current_user::text')).toBe('postgres')
})

test('settings of a role and of the connection are those of its clients', async () => {
  await query("create role tuned login; alter role tuned set work_mem = '6MB'")
  const [tuned, plain] = await pair({ user: 'tuned' }, { options: '-c work_mem=9MB' })
  expect([await setting(tuned, 'work_mem'), await setting(plain, 'work_mem')]).toEqual([
    '6MB',
    '9MB',
  ])
  for (const client of [tuned, plain]) await client.query("set work_mem = '1MB'")
  for (const client of [tuned, plain]) await client.query('reset work_mem')
  expect([await setting(tuned, 'work_mem'), await setting(plain, 'work_mem')]).toEqual([
    '6MB',
    '9MB',
  ])
  expect(await setting(await connect(), 'work_mem')).toBe('4MB')
})

test('each client has its own process id and name', async () => {
  const [one, other] = await pair({ application_name: 'first' }, { application_name: 'second' })
  const text =
    "select pg_backend_pid() as pid, current_setting('application_name') as name where $1::int = 1"
  for (let n = 0; n < 3; n++) {
    const rows = []
    for (const client of [one, other]) rows.push(...(await client.query(text, [1])).rows)
    const pid = (client: pg.Client) => (client as unknown as { processID: number }).processID
    expect(rows).toEqual([
      { pid: pid(one), name: 'first' },
      { pid: pid(other), name: 'second' },
    ])
  }
})

test('a setting of an application has the value of its client', async () => {
  const [one, other] = await pair()
  await one.query("set app.tenant = 'one'")
  await other.query("select set_config('app.tenant', 'other', false)")
  const text = "select current_setting('app.tenant', true) as v where $1::int = 1"
  for (let n = 0; n < 3; n++)
    expect([await value(one, text, [1]), await value(other, text, [1])]).toEqual(['one', 'other'])
  await one.query('begin')
  await one.query("select set_config('app.tenant', 'moment', true)")
  expect(await value(one, text, [1])).toBe('moment')
  await one.query('commit')
  expect([await value(one, text, [1]), await value(other, text, [1])]).toEqual(['one', 'other'])
})

test('a function sets for the client that calls it', async () => {
  await query(`create function set_mem(v text) returns text language plpgsql as $$
    begin return set_config('work_mem', v, false); end $$;
    create function with_mem() returns text language sql set work_mem = '3MB' as
    $$ select current_setting('work_mem') $$`)
  const [one, other] = await pair()
  await one.query("select set_mem('8MB')")
  expect(await value(other, 'select with_mem()')).toBe('3MB')
  expect([await setting(other, 'work_mem'), await setting(one, 'work_mem')]).toEqual(['4MB', '8MB'])
})

test('a read-only client does not make others read-only', async () => {
  await query('create table written (n int)')
  const [one, other] = await pair()
  await one.query(
    'set session characteristics as transaction read only, isolation level serializable'
  )
  for (let n = 0; n < 2; n++) {
    expect((await refusal(one.query('insert into written values (1)')))['code']).toBe('25006')
    await other.query('insert into written values (1)')
  }
  expect(await value(one, 'show transaction_isolation')).toBe('serializable')
  expect(await value(other, 'show transaction_isolation')).toBe('read committed')
})

test('set constraints and deferred triggers stay in their transaction', async () => {
  await query('create table uniq (n int unique deferrable)')
  const [one, other] = await pair()
  await one.query('insert into uniq values (1)')
  await one.query('begin; set constraints all deferred; insert into uniq values (1)')
  expect((await refusal(one.query('commit')))['code']).toBe('23505')
  expect((await refusal(other.query('insert into uniq values (1)')))['code']).toBe('23505')
})

test('random numbers of a seed are those of the client that set it', async () => {
  const [one, other] = await pair()
  await one.query('select setseed(0.5)')
  const first = await value(one, 'select random()')
  await one.query('select setseed(0.5)')
  await other.query('select 1')
  expect(await value(one, 'select random()')).toBe(first)
})

// Temporary objects of two clients whose statements take turns.
import { expect, test } from 'vitest'
import type pg from 'pg'
import { refusal } from '../support/answers'
import { connect, createPool, query } from '../support/provider'

const pair = async () => [await connect(), await connect()] as const
const rows = async (client: pg.Client, text: string, values?: unknown[]) =>
  (await client.query(text, values)).rows as unknown[]

test('two clients use temporary tables of one name in turns', async () => {
  const [one, other] = await pair()
  for (const [client, name] of [
    [one, 'one'],
    [other, 'other'],
  ] as const) {
    await client.query('create temp table turns (id serial primary key, v text unique)')
    await client.query('insert into turns (v) values ($1)', [name])
  }
  for (let n = 2; n < 5; n++)
    for (const client of [one, other])
      await client.query('insert into turns (v) values ($1)', [`again ${n}`])
  const expected = (name: string) =>
    [name, 'again 2', 'again 3', 'again 4'].map((v, i) => ({ id: i + 1, v }))
  expect(await rows(one, 'select * from turns order by id')).toEqual(expected('one'))
  expect(await rows(other, 'select * from turns order by id')).toEqual(expected('other'))
})

test('a temporary table hides a table of its name from its client alone', async () => {
  await query("create table hidden as select 'permanent' as v")
  const [one, other] = await pair()
  const text = 'select v from hidden where $1::int = 1'
  for (const client of [one, other])
    for (let n = 0; n < 3; n++) expect(await rows(client, text, [1])).toEqual([{ v: 'permanent' }])
  await one.query('create temp table hidden as select 7 as n, 8 as v')
  for (let n = 0; n < 3; n++) {
    expect(await rows(one, text, [1])).toEqual([{ v: 8 }])
    expect(await rows(other, text, [1])).toEqual([{ v: 'permanent' }])
  }
  await one.query('drop table pg_temp.hidden')
  expect(await rows(one, text, [1])).toEqual([{ v: 'permanent' }])
})

test('a cached text gives the table of its client inside a transaction, too', async () => {
  await query('create table shaped as select 1 as a, 2 as b')
  const [one, other] = await pair()
  await one.query("create temp table shaped as select 'x' as t")
  const text = 'select * from shaped where $1::int = 1'
  for (let n = 0; n < 3; n++) {
    for (const [client, row] of [
      [one, { t: 'x' }],
      [other, { a: 1, b: 2 }],
    ] as const) {
      await client.query('begin')
      expect(await rows(client, text, [1])).toEqual([row])
      expect(await rows(client, text, [1])).toEqual([row])
      await client.query('commit')
    }
  }
})

test('a named statement goes on with the table of its client', async () => {
  await query("create table named_for as select 'permanent' as v")
  const [one, other] = await pair()
  await one.query("create temp table named_for as select 'temporary' as v")
  const named = { name: 'of_client', text: 'select v from named_for' }
  for (let n = 0; n < 3; n++) {
    expect((await one.query(named)).rows).toEqual([{ v: 'temporary' }])
    expect((await other.query(named)).rows).toEqual([{ v: 'permanent' }])
  }
})

test('a function reads the table that its caller sees', async () => {
  await query(`create table seen_by as select 'permanent' as v;
    create function see() returns text language plpgsql as $$
      begin return (select v from seen_by); end $$`)
  const [one, other] = await pair()
  expect(await rows(other, 'select see()')).toEqual([{ see: 'permanent' }])
  await one.query("create temp table seen_by as select 'temporary' as v")
  for (let n = 0; n < 3; n++) {
    expect(await rows(one, 'select see()')).toEqual([{ see: 'temporary' }])
    expect(await rows(other, 'select see()')).toEqual([{ see: 'permanent' }])
  }
})

test('views, sequences, types and functions of pg_temp belong to their client', async () => {
  const [one, other] = await pair()
  await one.query(`create temp table based as select 1 as n; create temp view viewed as select n + 1 as m from based;
    create temp sequence counted; create type pg_temp.mood as enum ('ok', 'bad');
    create domain pg_temp.small as int check (value < 10); create type pg_temp.pair as (a int, b text);
    create function pg_temp.five() returns int language sql return 5;
    create type pg_temp.span as range (subtype = int)`)
  await other.query('create temp table something (n int)')
  const uses = [
    'select m from viewed',
    "select nextval('counted')::int as m",
    "select 'ok'::mood as m",
    'select 3::small as m',
    "select (row(1, 'x')::pair).b as m",
    'select pg_temp.five() as m',
    "select upper('[1,3)'::span) as m",
  ]
  const codes = []
  for (const text of uses) codes.push((await refusal(other.query(text)))['code'])
  expect(codes).toEqual(['42P01', '42P01', '42704', '42704', '42704', '42883', '42704'])
  const seen = []
  for (const text of uses) seen.push(...(await rows(one, text)))
  expect(seen).toEqual([2, 1, 'ok', 3, 'x', 5, 3].map((m) => ({ m })))
})

test('statistics, operators and collations of pg_temp come back with the rest', async () => {
  const [one, other] = await pair()
  await one.query(`create temp table measured (a int, b int); create statistics pg_temp.both on a, b from measured;
    create collation pg_temp.plain (provider = builtin, locale = 'C');
    create function pg_temp.plus(int, int) returns int language sql return $1 + $2;
    create operator pg_temp.|+| (leftarg = int, rightarg = int, function = pg_temp.plus)`)
  const text = "select 1 operator(pg_temp.|+|) 2 as n, 'b' collate pg_temp.plain > 'a' as t"
  expect((await refusal(other.query(text)))['code']).toMatch(/42883|42704|3F000/)
  await other.query('create temp table measured (a int)')
  expect(await rows(one, text)).toEqual([{ n: 3, t: true }])
  expect(
    await rows(
      one,
      "select stxname, stxnamespace = pg_my_temp_schema() as own from pg_statistic_ext where stxname = 'both'"
    )
  ).toEqual([{ stxname: 'both', own: true }])
})

test('who names the table of another session by its schema is refused', async () => {
  const [one, other] = await pair()
  await one.query('create temp table elsewhere as select 1 as n')
  await other.query('create temp table something (n int)')
  const [{ schema }] = (await rows(
    other,
    "select relnamespace::regnamespace::text as schema from pg_class where relname = 'elsewhere'"
  )) as [{ schema: string }]
  expect(schema).toMatch(/^pg_temp_/)
  expect(await refusal(other.query(`insert into ${schema}.elsewhere values (2)`))).toEqual({
    name: 'error',
    severity: 'ERROR',
    code: '0A000',
    message: 'cannot access temporary tables of other sessions',
  })
  expect(await rows(one, 'select n from elsewhere')).toEqual([{ n: 1 }])
})

test('large values, indexes and changes of a temporary table are kept', async () => {
  const [one, other] = await pair()
  await one.query(
    'create temp table large (n int primary key, v text); create index on large (n, v)'
  )
  await one.query(
    'insert into large select n, repeat(n::text, 5000) from generate_series(1, 200) n'
  )
  await other.query('create temp table large (n int); insert into large values (1)')
  await one.query("update large set v = v || '!' where n % 2 = 0")
  await other.query('delete from large')
  await one.query('alter table large add column w int default 5')
  await other.query('select 1')
  expect(
    await rows(
      one,
      'select count(*)::int as c, sum(length(v))::int as l, sum(w)::int as w from large'
    )
  ).toEqual([{ c: 200, l: 2460100, w: 1000 }])
  expect((await refusal(one.query('insert into large values (1)')))['message']).toBe(
    'duplicate key value violates unique constraint "large_pkey"'
  )
  expect(await rows(other, 'select * from large')).toEqual([])
})

test('on commit delete rows and on commit drop are those of their client', async () => {
  const [one, other] = await pair()
  await one.query('create temp table emptied (n int) on commit delete rows')
  await other.query('create temp table emptied (n int)')
  await other.query('insert into emptied values (1)')
  await one.query('begin; insert into emptied values (2)')
  expect(await rows(one, 'select n from emptied')).toEqual([{ n: 2 }])
  await one.query('create temp table dropped (n int) on commit drop; commit')
  expect(await rows(other, 'select n from emptied')).toEqual([{ n: 1 }])
  expect(await rows(one, 'select n from emptied')).toEqual([])
  expect((await refusal(one.query('select n from dropped')))['code']).toBe('42P01')
})

test('what a rolled back transaction made or dropped is as it was', async () => {
  const [one, other] = await pair()
  await one.query('create temp table stays as select 1 as n')
  await other.query('select 1')
  await one.query('begin; drop table stays; create temp table undone (n int); rollback')
  await other.query('create temp table undone as select 2 as n')
  expect(await rows(one, 'select n from stays')).toEqual([{ n: 1 }])
  expect((await refusal(one.query('select n from undone')))['code']).toBe('42P01')
  expect(await rows(other, 'select n from undone')).toEqual([{ n: 2 }])
})

test.each(['discard temp', 'discard all'])('%s drops the tables of one client', async (text) => {
  const [one, other] = await pair()
  for (const client of [one, other])
    await client.query('create temp table discarded as select 1 as n')
  await one.query(text)
  expect((await refusal(one.query('select n from discarded')))['code']).toBe('42P01')
  expect(await rows(other, 'select n from discarded')).toEqual([{ n: 1 }])
  await one.query('create temp table discarded as select 2 as n')
  expect(await rows(other, 'select n from discarded')).toEqual([{ n: 1 }])
  expect(await rows(one, 'select n from discarded')).toEqual([{ n: 2 }])
})

test('the tables of a client that is gone leave no trace', async () => {
  const [one, other] = await pair()
  for (const client of [one, other])
    await client.query('create temp table leftover (id serial primary key, v text)')
  await one.end()
  const left = "select count(*)::int as n from pg_class where relname like 'leftover%'"
  // The server's process may take a moment to end.
  await expect.poll(() => rows(other, left)).toEqual([{ n: 3 }])
  await other.end()
  await expect.poll(async () => (await query(left)).rows as unknown[]).toEqual([{ n: 0 }])
})

test('functions and do blocks make tables for their caller', async () => {
  await query(`create function prepare_work(n int) returns void language plpgsql as $$
    begin execute format('create temp table work as select %s as n', n); end $$`)
  const [one, other] = await pair()
  await one.query('select prepare_work(1)')
  await other.query('select prepare_work(2)')
  await one.query('do $$ begin create temporary table more as select 3 as n; end $$')
  expect(await rows(one, 'select * from work, more as more (m)')).toEqual([{ n: 1, m: 3 }])
  expect(await rows(other, 'select * from work')).toEqual([{ n: 2 }])
  expect((await refusal(other.query('select * from more')))['code']).toBe('42P01')
})

test('a role that may do little, and a read-only session, keep their tables', async () => {
  await query('create role little; create table guarded as select 1 as n')
  const [one, other] = await pair()
  await one.query('set role little; create temp table mine as select 1 as n')
  await other.query('create temp table mine as select 2 as n')
  await other.query('set default_transaction_read_only = on')
  for (let n = 0; n < 2; n++) {
    expect(await rows(one, 'select n, current_user::text as who from mine')).toEqual([
      { n: 1, who: 'little' },
    ])
    expect((await refusal(one.query('select * from guarded')))['code']).toBe('42501')
    expect(await rows(other, 'select n, current_user::text as who from mine')).toEqual([
      { n: 2, who: 'postgres' },
    ])
    expect((await refusal(other.query('delete from guarded')))['code']).toBe('25006')
  }
})

test('a client whose path begins with pg_temp makes tables there', async () => {
  const [one, other] = await pair()
  await one.query("set search_path = 'pg_temp', public")
  await one.query('create table by_path as select 1 as n')
  expect((await refusal(other.query('select * from by_path')))['code']).toBe('42P01')
  expect(await rows(one, 'select n from pg_temp.by_path')).toEqual([{ n: 1 }])
})

test('partitions, inheritance and foreign keys between temporary tables hold', async () => {
  const [one, other] = await pair()
  for (const client of [one, other])
    await client.query(`create temp table parts (k int) partition by list (k);
      create temp table parts_1 partition of parts for values in (1);
      create temp table referred (id int primary key);
      create temp table referring (id int references referred deferrable initially deferred)`)
  await one.query('insert into parts values (1)')
  await other.query('insert into referred values (5); insert into referring values (5)')
  expect(await rows(one, 'select * from parts_1')).toEqual([{ k: 1 }])
  expect((await refusal(one.query('insert into referring values (5)')))['message']).toBe(
    'insert or update on table "referring" violates foreign key constraint "referring_id_fkey"'
  )
  expect(await rows(other, 'select * from referring')).toEqual([{ id: 5 }])
  expect(await rows(other, 'select * from parts')).toEqual([])
})

test('a client of a pool that is released keeps its temporary tables', async () => {
  const pool = createPool({ max: 1 })
  const first = await pool.connect()
  await first.query('create temp table pooled as select 1 as n')
  first.release()
  const other = await connect()
  expect((await refusal(other.query('select n from pooled')))['code']).toBe('42P01')
  expect((await pool.query('select n from pooled')).rows).toEqual([{ n: 1 }])
})

test('a client of a pool that is destroyed takes its temporary tables with it', async () => {
  const pool = createPool({ max: 1 })
  const first = await pool.connect()
  await first.query('create temp table pooled as select 1 as n')
  first.release(true)
  expect((await refusal(pool.query('select n from pooled')))['code']).toBe('42P01')
})

import { expect, test } from 'vitest'
import type pg from 'pg'
import { connect, query } from '../support/provider'

const value = async (text: string, client?: pg.Client) => {
  const { rows } = client ? await client.query(text) : await query(text)
  return Object.values(rows[0] as object)[0] as unknown
}

test('the server is PostgreSQL 18', async () => {
  expect(await value('select version()')).toMatch(/^PostgreSQL 18\./)
  expect(await value('show server_version')).toMatch(/^18\./)
  expect(Number(await value('show server_version_num'))).toBeGreaterThanOrEqual(180000)
})

test('the encoding is UTF8, the time zone UTC', async () => {
  expect(await value('show server_encoding')).toBe('UTF8')
  expect(await value('show client_encoding')).toBe('UTF8')
  expect(await value('show timezone')).toBe('UTC')
})

test('the usual settings have their usual values', async () => {
  const names = [
    'standard_conforming_strings',
    'bytea_output',
    'intervalstyle',
    'datestyle',
    'integer_datetimes',
    'default_transaction_isolation',
    'max_identifier_length',
    'block_size',
    'search_path',
  ]
  const values = []
  for (const name of names) values.push(await value(`show ${name}`))
  expect(values).toEqual([
    'on',
    'hex',
    'postgres',
    'ISO, MDY',
    'on',
    'read committed',
    '63',
    '8192',
    '"$user", public',
  ])
})

test('the client is the superuser postgres in the schema public', async () => {
  expect((await query('select current_user, session_user, current_schema')).rows).toEqual([
    { current_user: 'postgres', session_user: 'postgres', current_schema: 'public' },
  ])
})

test('the database is no standby', async () => {
  expect(await value('select pg_is_in_recovery()')).toBe(false)
})

test('an empty database has no table of its own', async () => {
  expect(
    (await query("select table_name from information_schema.tables where table_schema = 'public'"))
      .rows
  ).toEqual([])
})

test('the server tells the pid that the client was told', async () => {
  const client = await connect()
  expect(await value('select pg_backend_pid()', client)).toBe(
    (client as unknown as { processID: number }).processID
  )
})

test('text is cased as Unicode says', async () => {
  expect(
    (await query("select upper('straüe') as u, lower('ÄÖ') as l, initcap('élan vital') as i")).rows
  ).toEqual([{ u: 'STRAÜE', l: 'äö', i: 'Élan Vital' }])
})

test('text is ordered by bytes', async () => {
  expect(
    (await query("select v from unnest(array['b', 'A', 'a', 'B', 'ä']) v order by v")).rows
  ).toEqual(['A', 'B', 'a', 'b', 'ä'].map((v) => ({ v })))
})

test('full text search knows its languages', async () => {
  expect(await value("select to_tsvector('english', 'The cats are running')::text")).toBe(
    "'cat':2 'run':4"
  )
  expect(await value("select to_tsvector('simple', 'The cats')::text")).toBe("'cats':2 'the':1")
})

test('catalogs describe what was created', async () => {
  const client = await connect()
  await client.query('create table cataloged (id int primary key, v text not null default $$x$$)')
  const { rows } = await client.query(`
    select column_name, data_type, is_nullable, column_default
    from information_schema.columns where table_name = 'cataloged' order by ordinal_position`)
  expect(rows).toEqual([
    { column_name: 'id', data_type: 'integer', is_nullable: 'NO', column_default: null },
    { column_name: 'v', data_type: 'text', is_nullable: 'NO', column_default: "'x'::text" },
  ])
})

test('regular expressions, json paths and window functions are there', async () => {
  expect(
    (
      await query(`select 'Ünïcode' ~* '^ü' as ci, jsonb_path_query('{"a":[1,2]}', '$.a[*] ? (@ > 1)') as p,
    sum(n) over (order by n)::int as s from generate_series(1, 2) n`)
    ).rows
  ).toEqual([
    { ci: true, p: 2, s: 1 },
    { ci: true, p: 2, s: 3 },
  ])
})

test('a recursive query, lateral joins and grouping sets work', async () => {
  expect(
    (
      await query(
        'with recursive f (a, b) as (values (0, 1) union all select b, a + b from f where b < 20) select array_agg(a) as v from f'
      )
    ).rows
  ).toEqual([{ v: [0, 1, 1, 2, 3, 5, 8, 13] }])
  expect(
    (
      await query(
        'select g, count(*)::int as c from generate_series(1, 4) n cross join lateral (select n % 2 as g) s group by rollup (g) order by g'
      )
    ).rows
  ).toEqual([
    { g: 0, c: 2 },
    { g: 1, c: 2 },
    { g: null, c: 4 },
  ])
})

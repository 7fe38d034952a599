import { join } from 'node:path'
import { expect, test } from 'vitest'
import { refusal } from '../support/answers'
import {
  connect,
  Database,
  open,
  privateDatabase,
  temporaryDirectory,
  value,
} from '../support/embedded'

test.each([
  [
    'pgcrypto',
    "select encode(digest('abc', 'sha256'), 'hex')",
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  ],
  [
    'uuid-ossp',
    "select uuid_generate_v5(uuid_ns_dns(), 'example.org')::text",
    'aad03681-8b63-5304-89e0-8ca8f49461b5',
  ],
  ['vector', "select ('[1,2,3]'::vector <-> '[1,2,5]'::vector)::int", 2],
  ['pg_trgm', "select similarity('word', 'word')::int", 1],
  ['citext', "select 'ABC'::citext = 'abc'::citext", true],
  ['hstore', "select ('a=>1'::hstore -> 'a')", '1'],
  ['unaccent', "select unaccent('Hôtel')", 'Hotel'],
  ['ltree', "select 'a.b.c'::ltree <@ 'a.b'::ltree", true],
  ['fuzzystrmatch', "select levenshtein('kitten', 'sitting')", 3],
  ['btree_gin', 'select 1', 1],
  ['btree_gist', 'select 1', 1],
  ['intarray', "select (sort('{3,1,2}'::int[]))::text", '{1,2,3}'],
  ['tablefunc', 'select count(*)::int from normal_rand(3, 0, 1)', 3],
  ['cube', "select cube_dim('(1,2,3)'::cube)", 3],
])('%s is there with create extension', async (name, text, expected) => {
  const database = await open()
  await database.exec(`create extension "${name}"`)
  expect(await value(database, text)).toEqual(expected)
})

test('an index of an extension is used for search', async () => {
  const database = await open()
  await database.exec(`
    create extension vector;
    create table items (id int primary key, at vector(3));
    insert into items select n, array[n, n, n]::float4[]::vector from generate_series(1, 100) n;
    create index on items using hnsw (at vector_l2_ops)`)
  expect(await value(database, "select id from items order by at <-> '[42,42,42]' limit 1")).toBe(
    42
  )
})

test('an extension stays with its directory', async () => {
  const dataDir = join(temporaryDirectory(), 'data')
  const first = await Database.open({ dataDir })
  await first.exec(
    "create extension citext; create table words (w citext primary key); insert into words values ('Word')"
  )
  await first.close()
  const second = await open({ dataDir })
  expect((await second.query('select w from words where w = $1', ['WORD'])).rows).toEqual([
    { w: 'Word' },
  ])
})

test('create extension works for clients, beside others, and in a transaction', async () => {
  const options = privateDatabase()
  const [one, two] = [await connect(options), await connect(options)]
  await one.query("set application_name = 'kept'")
  await two.query('begin; create extension hstore; commit')
  expect(
    (await one.query("select 'a=>2'::hstore -> 'a' as v, current_setting('application_name') as n"))
      .rows
  ).toEqual([{ v: '2', n: 'kept' }])
})

test('extensions may be named when the database is opened', async () => {
  const database = await open({ extensions: ['pg_trgm'] })
  await database.exec('create extension pg_trgm')
  expect(await value(database, 'select show_limit()::text')).toBe('0.3')
})

test('an extension that is not there is refused by name', async () => {
  const database = await open()
  expect(await refusal(database.exec('create extension no_such_extension'))).toMatchObject({
    severity: 'ERROR',
    message: expect.stringContaining('no_such_extension') as string,
  })
  expect(await value(database, 'select 1')).toBe(1)
})

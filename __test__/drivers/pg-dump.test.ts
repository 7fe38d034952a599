// pg_dump, pg_restore and pg_dumpall: what is dumped in each format is what comes back.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { local, programs, reason18, run, type Programs } from '../support/programs'
import { address, connect } from '../support/server'

/** Something of each kind that a dump has to put back in the right order. */
const SCHEMA = `
create schema shop;
create type shop.mood as enum ('fine', 'low');
create domain shop.positive as int check (value > 0);
create function shop.twice(n int) returns int language sql immutable as 'select n * 2';
create table shop.owner (id int generated always as identity primary key, name text not null unique, mood shop.mood);
create table shop.thing (
  id bigserial primary key,
  owner int references shop.owner on delete cascade,
  amount shop.positive,
  doubled int generated always as (amount * 2) stored,
  extra jsonb default '{}',
  picture bytea
);
create index thing_extra on shop.thing using gin (extra);
create view shop.names as select o.name, shop.twice(t.amount) as t from shop.owner o join shop.thing t on t.owner = o.id;
create materialized view shop.counts as select count(*) as n from shop.thing;
create function shop.stamp() returns trigger language plpgsql as $$ begin new.extra := '{"by": 1}'; return new; end $$;
create trigger stamped before insert on shop.thing for each row execute function shop.stamp();
create table shop.parts (n int, t text) partition by range (n);
create table shop.parts_1 partition of shop.parts for values from (0) to (10);
comment on table shop.thing is 'it''s';
insert into shop.owner (name, mood) values ('ada', 'fine'), ('bób', null);
insert into shop.thing (owner, amount, picture) values (1, 21, '\\x00ff'), (2, 3, null);
insert into shop.parts values (1, E'a\\tb\\n\\\\.');
refresh materialized view shop.counts;
`
/** All that is in the schema. */
const CONTENTS = `select
  (select json_agg(o order by id) from shop.owner o) as owners,
  (select json_agg(t order by id) from shop.thing t) as things,
  (select json_agg(n order by name) from shop.names n) as names,
  (select json_agg(c) from shop.counts c) as counts,
  (select json_agg(p) from shop.parts p) as parts,
  nextval('shop.thing_id_seq')::int as next,
  obj_description('shop.thing'::regclass) as comment,
  (select json_agg(indexdef order by indexname) from pg_indexes where schemaname = 'shop') as indexes,
  (select json_agg(pg_get_constraintdef(oid) order by conname) from pg_constraint
    where connamespace = 'shop'::regnamespace) as constraints,
  (select json_agg(tgname) from pg_trigger where not tgisinternal) as triggers`

beforeEach(({ skip }) => {
  if (programs?.version !== 18) skip(`there is no pg_dump of version 18: ${reason18}`)
})

const call = async (program: string, args: string[], input = '') => {
  const answer = await run(programs as Programs, program, args, { input })
  expect(answer, answer.stderr).toMatchObject({ code: 0, stderr: '' })
  return answer.stdout
}

/** Makes the schema, and answers what is in it and how to see it again. */
async function withSchema() {
  const client = await connect()
  await client.query('drop schema if exists shop cascade')
  await client.query(SCHEMA)
  const contents = async () => (await client.query<Record<string, unknown>>(CONTENTS)).rows
  const clear = () => client.query('drop schema shop cascade')
  return { before: await contents(), contents, clear }
}

function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), 'oxdump-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return join(directory, 'dump')
}

/** The one number that a dump does not freeze: the sequence goes on from where it was. */
const advanced = (contents: Record<string, unknown>[]) =>
  contents.map((row) => ({ ...row, next: (row['next'] as number) + 1 }))

test.each([
  ['COPY', []],
  ['INSERT', ['--inserts']],
  ['INSERT of many rows', ['--rows-per-insert=10', '--column-inserts']],
])('a plain dump with %s brings everything back through psql', async (_, flags) => {
  const { before, contents, clear } = await withSchema()
  const script = await call('pg_dump', ['-n', 'shop', ...flags])
  await clear()
  await call('psql', ['-X', '-q', '-o', '/dev/null', '-v', 'ON_ERROR_STOP=1', '-f', '-'], script)
  expect(await contents()).toEqual(advanced(before))
})

test.each([
  ['custom', ['-Fc'], []],
  ['tar', ['-Ft'], []],
  ['directory', ['-Fd'], ['-j', '2']],
])('an archive of format %s brings everything back through pg_restore', async (_, out, back) => {
  const { before, contents, clear } = await withSchema()
  const file = scratch()
  await call('pg_dump', ['-n', 'shop', ...out, '-f', file])
  expect(existsSync(file)).toBe(true)
  await clear()
  await call('pg_restore', ['-d', address.database, '-e', ...back, file])
  expect(await contents()).toEqual(advanced(before))
})

test('two jobs dump the same snapshot', async () => {
  const { before, contents, clear } = await withSchema()
  const file = scratch()
  await call('pg_dump', ['-n', 'shop', '-Fd', '-j', '2', '-f', file])
  await clear()
  await call('pg_restore', ['-d', address.database, '-e', file])
  expect(await contents()).toEqual(advanced(before))
})

test('a restore may clean what is there, in a single transaction', async () => {
  const { before, contents } = await withSchema()
  const file = scratch()
  await call('pg_dump', ['-n', 'shop', '-Fc', '-f', file])
  await call('pg_restore', ['-d', address.database, '--clean', '--if-exists', '-1', file])
  expect(await contents()).toEqual(advanced(before))
})

test('a dump of the schema alone has no rows, and one of the rows alone no tables', async () => {
  await withSchema()
  const schema = await call('pg_dump', ['-n', 'shop', '--schema-only'])
  expect(schema).toContain('CREATE TABLE shop.thing')
  expect(schema).not.toMatch(/^COPY/m)
  const rows = await call('pg_dump', ['-n', 'shop', '--data-only', '-t', 'shop.owner'])
  expect(rows).toContain(
    'COPY shop.owner (id, name, mood) FROM stdin;\n1\tada\tfine\n2\tbób\t\\N\n\\.\n'
  )
  expect(rows).not.toContain('CREATE TABLE')
})

test('the whole database is dumped without a warning', async () => {
  await withSchema()
  expect(await call('pg_dump', ['--create'])).toContain('CREATE DATABASE')
})

test('the roles are dumped', async () => {
  expect(await call('pg_dumpall', ['--roles-only'])).toMatch(/^ALTER ROLE postgres WITH SUPERUSER/m)
})

test('a pg_dump that is older than the server refuses it', async ({ skip }) => {
  const old = local()
  if (!old || old.version >= 18) skip('this machine has no older pg_dump')
  const { code, stderr } = await run(old as Programs, 'pg_dump', [])
  expect(code).toBe(1)
  expect(stderr).toContain('aborting because of server version mismatch')
})

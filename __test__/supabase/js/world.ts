// The tables that the supabase-js tests are about, and clients of them.
import { afterAll } from 'vitest'
import { load } from '../../support/oxbase'

const { createLocalSupabaseClient } = load()

export const ADA = '11111111-1111-4111-8111-111111111111'
export const BOB = '22222222-2222-4222-8222-222222222222'

const SCHEMA = `
  create table countries (id int primary key, name text not null, code text unique, tags text[] not null default '{}');
  create table cities (
    id int primary key, name text not null, country_id int references countries, population int, data jsonb,
    seasons int4range, founded date
  );
  create view big_cities as select * from cities where population > 1000000;
  create table notes (
    id bigint generated always as identity primary key, owner uuid not null default auth.uid(), body text not null
  );
  alter table notes enable row level security;
  create policy own on notes using (owner = auth.uid()) with check (owner = auth.uid());
  create table articles (id int primary key, text text, words tsvector generated always as (to_tsvector('english', text)) stored);
  create function add(a int, b int) returns int language sql immutable return a + b;
  create function named(prefix text) returns setof cities language sql stable as $$
    select * from cities where name like prefix || '%' order by id $$;
  create function nothing() returns void language sql as 'select';
  create function whoami() returns json language sql stable as $$
    select json_build_object('role', current_user, 'uid', auth.uid(), 'email', auth.email()) $$;
  create schema other;
  grant usage on schema other to anon, authenticated, service_role;
  create table other.things (id int primary key);
  grant all on other.things to anon, authenticated, service_role;
  insert into other.things values (7);`

const SEED = `
  insert into countries values (1, 'France', 'FR', '{eu,nato}'), (2, 'Japan', 'JP', '{asia}'), (3, 'Chile', null, '{}');
  insert into cities values
    (1, 'Paris', 1, 2100000, '{"river": "Seine", "lines": 16}', '[1,5)', '0250-01-01'),
    (2, 'Lyon', 1, 520000, '{"river": "Rhône"}', '[5,10)', '0043-01-01'),
    (3, 'Tokyo', 2, 14000000, null, '[10,20)', '1457-01-01'),
    (4, 'Atlantis', null, null, null, null, null);
  insert into articles values (1, 'The quick brown fox'), (2, 'Lazy dogs sleep'), (3, 'Foxes jump over dogs');`

/** A client of a private database with these tables; closed after the tests of the file. */
export function createWorld(options: Parameters<typeof createLocalSupabaseClient>[0] = {}) {
  const { db, ...rest } = options
  const supabase = createLocalSupabaseClient({
    dataDir: 'memory://',
    schema: SCHEMA,
    seed: SEED,
    db: {
      schemas: ['public', 'other', 'graphql_public'],
      planEnabled: true,
      aggregatesEnabled: true,
      ...db,
    },
    ...rest,
  })
  afterAll(() => supabase.close())
  return supabase
}

interface Result {
  data: unknown
  error: unknown
  count: number | null
  status: number
  statusText: string
}

/** All that a query answers, as a plain object that every version of supabase-js gives. */
export async function whole(query: PromiseLike<unknown>) {
  const { data, error, count, status, statusText } = (await query) as Result
  const told = error === null || error === undefined ? null : { ...(error as object) }
  return { data, error: told, count: count ?? null, status, statusText }
}

/** What a query answers that has worked, with these data. */
export function fine(data: unknown, status = 200, count: number | null = null) {
  const texts: Record<number, string> = {
    200: 'OK',
    201: 'Created',
    204: 'No Content',
    206: 'Partial Content',
  }
  return { data, error: null, count, status, statusText: texts[status] }
}

// The tables that the workloads read: 100,000 rows of 3 columns, and 10,000 rows of 20 types.

export const ITEMS = 100_000
export const MIXED = 10_000

const MIXED_TYPES = `
  create table mixed as select
    (n % 30000)::int2 as small, n::int4 as medium, (n::int8 * 1000003) as large,
    (n / 7.0)::float4 as single, (n / 3.0)::float8 as double, (n / 100.0)::numeric(12, 2) as amount,
    n % 2 = 0 as flag, 'row number ' || n as words, ('code-' || n)::varchar(20) as code,
    'fixed'::char(8) as fixed, date '2020-01-01' + n % 2000 as day,
    time '00:00' + n % 86400 * interval '1 second' as clock,
    timestamp '2020-01-01' + n * interval '1 minute' as local,
    timestamptz '2020-01-01 00:00+00' + n * interval '1 minute' as instant,
    n % 500 * interval '1 hour' as span,
    ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid as key,
    jsonb_build_object('n', n, 'tags', jsonb_build_array('a', 'b')) as document,
    decode(lpad(to_hex(n), 16, '0'), 'hex') as bytes,
    array[n, n + 1, n + 2] as numbers, array['x' || n, 'y'] as labels
  from generate_series(1, ${MIXED}) as n`

/** Fills a database that was just opened. */
export async function seed(db) {
  await db.exec(
    `create table items (id int primary key, name text not null, score float8 not null)`
  )
  await db.exec(`
    insert into items select n, 'item number ' || n, n / 8.0
    from generate_series(1, ${ITEMS}) as n`)
  await db.exec(MIXED_TYPES)
  await db.exec('create table events (id bigint generated always as identity, body text not null)')
  await db.exec('create table copied (id int, name text, score float8)')
  await db.exec('analyze')
}

/** Ids in an order that no cache line or branch predictor knows, the same for every peer. */
export function* ids(count, seedNumber = 1) {
  let state = seedNumber
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    yield (state % ITEMS) + 1
  }
}

/** Throws unless a lookup brought the row that was asked for. */
export function expectRow({ rows }, id) {
  if (rows.length !== 1 || rows[0].id !== id) {
    throw new Error(`asked for item ${id}, got ${JSON.stringify(rows)}`)
  }
}

/** Throws unless the result has `count` rows. */
export function expectRows({ rows }, count) {
  if (rows.length !== count) throw new Error(`expected ${count} rows, got ${rows.length}`)
}

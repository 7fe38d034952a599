// What a function does to its session ends with its request: nobody who comes later sees any of it.
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openWorld, refused, remote, returned, send, type LocalFetch, type World } from './support'

const ADA = { sub: '11111111-1111-4111-8111-111111111111' }
const BOB = { sub: '22222222-2222-4222-8222-222222222222' }

const SCHEMA = `
  create table notes (id int primary key, owner uuid not null);
  alter table notes enable row level security;
  create policy own on notes using (owner = auth.uid());
  insert into notes values (1, '${ADA.sub}'), (2, '${BOB.sub}');
  create sequence numbers;
  grant usage on sequence numbers to authenticated;
  create function run(commands text[]) returns void language plpgsql as $$
    declare command text;
    begin foreach command in array commands loop execute command; end loop; end $$;
  create function fail(commands text[]) returns void language plpgsql as $$
    begin perform run(commands); raise exception 'in the middle'; end $$;
  create function last_number() returns bigint language sql volatile as $$ select currval('public.numbers') $$;
  create function slow() returns void language plpgsql set statement_timeout = '100ms' as $$
    begin perform set_config('app.kept', 'slow', false); perform pg_sleep(60); end $$;
  create function visible() returns int[] language plpgsql as $$
    begin return array(select id from notes order by id); end $$;
  create function traces() returns json language sql volatile as $$
    select json_build_object(
      'user', current_user, 'session', session_user, 'uid', auth.uid(),
      'sub', current_setting('request.jwt.claims', true)::json->>'sub',
      'left', nullif(current_setting('app.kept', true), ''),
      'header', current_setting('request.headers', true)::json->>'x-left',
      'path', current_setting('search_path'), 'zone', current_setting('timezone'),
      'work_mem', current_setting('work_mem'), 'isolation', current_setting('transaction_isolation'),
      'reads', current_setting('default_transaction_read_only'),
      'locks', (select count(*) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())),
      'temporary', (select count(*) from pg_class where relpersistence = 't'),
      'channels', (select count(*) from pg_listening_channels()),
      'prepared', (select count(*) from pg_prepared_statements where name like 'left%'),
      'cursors', (select count(*) from pg_cursors where name like 'left%')) $$;`

/** What a function does, in the words of a case, and its commands. */
const DEEDS: [deed: string, ...commands: string[]][] = [
  ['takes another role', `select set_config('role', 'service_role', false)`],
  ['takes another role by SET', 'set role service_role'],
  ['takes the role of the session', 'reset role'],
  ['takes another role by SET LOCAL', 'set local role service_role'],
  [
    'takes the claims of another',
    `select set_config('request.jwt.claims', '{"sub": "${ADA.sub}", "role": "service_role"}', false)`,
  ],
  ['keeps a header', `select set_config('request.headers', '{"x-left": "1"}', false)`],
  ['keeps a setting', `select set_config('app.kept', 'yes', false)`],
  ['keeps a setting by SET', `set app.kept = 'yes'`],
  ['keeps a setting by SET SESSION', `set session app.kept = 'yes'`],
  ['keeps a setting by SET LOCAL', `set local app.kept = 'yes'`],
  ['moves the search path', `select set_config('search_path', 'pg_temp, auth', false)`],
  ['moves the search path by SET', 'set search_path to auth'],
  ['moves the time zone', `set timezone to 'Asia/Tokyo'`],
  ['takes memory', `set work_mem to '77MB'`],
  ['makes the session read only', 'set default_transaction_read_only to on'],
  ['makes the session serializable', `set default_transaction_isolation to 'serializable'`],
  ['shortens the time of statements', `select set_config('statement_timeout', '1', false)`],
  ['holds a lock', 'select pg_advisory_lock(4711)'],
  ['holds a shared lock', 'select pg_advisory_lock_shared(4712)'],
  ['leaves a table', 'create temporary table mine (id int)', 'insert into mine values (1)'],
  [
    'leaves a table before one of the schema',
    'create temporary table notes (id int, owner uuid)',
    'insert into pg_temp.notes values (99)',
    'grant all on pg_temp.notes to public',
  ],
  ['leaves a view', 'create temporary view mine as select 1 as one'],
  ['listens', 'listen left_over'],
  ['leaves a prepared statement', 'prepare left_over as select 1'],
  ['leaves a cursor', 'declare left_over cursor with hold for select 1'],
]

let world: World
let single: LocalFetch
beforeAll(async () => void (world = await openWorld(SCHEMA)))
beforeEach(() => {
  // One connection serves all of a test: what is left in it is met by the next request.
  const fetch = world.open({ db: { pool: 1 } })
  single = fetch
  return () => fetch.close()
})

const traces = () => send(single, 'POST', '/rpc/traces', { as: BOB, body: {} })
const visible = () => send(single, 'POST', '/rpc/visible', { as: BOB, body: {} })
const done = { status: 204, headers: { 'content-range': '0-0/*' }, body: '' }

const CLEAN = {
  user: 'authenticated',
  session: 'authenticator',
  uid: BOB.sub,
  sub: BOB.sub,
  left: null,
  header: null,
  path: 'public, public, extensions',
  zone: 'UTC',
  work_mem: '4MB',
  isolation: 'read committed',
  reads: 'off',
  locks: 0,
  temporary: 0,
  channels: 0,
  prepared: 0,
  cursors: 0,
}

async function expectClean(): Promise<void> {
  const [first, second, seen] = [await traces(), await visible(), await traces()]
  expect(second).toEqual(returned([2]))
  for (const answer of [first, seen]) {
    expect(answer).toEqual(
      returned({
        ...CLEAN,
        path: expect.any(String) as string,
        work_mem: expect.any(String) as string,
      })
    )
  }
}

describe('of a function that', () => {
  test.each(DEEDS)('%s, nothing is left', async (_deed, ...commands) => {
    const before = await traces()
    const { status } = await send(single, 'POST', '/rpc/run', { as: ADA, body: { commands } })
    expect(status).toBe(204)
    await expectClean()
    expect(await traces()).toEqual(before)
  })

  test.each(DEEDS)('%s and fails, nothing is left', async (_deed, ...commands) => {
    const before = await traces()
    const { status } = await send(single, 'POST', '/rpc/fail', { as: ADA, body: { commands } })
    expect(status).toBe(400)
    await expectClean()
    expect(await traces()).toEqual(before)
  })
})

test('most of these deeds are allowed', async () => {
  for (const [, ...commands] of DEEDS.filter(([deed]) => /setting|lock|listens|role/.test(deed))) {
    const answer = await send(single, 'POST', '/rpc/run', { as: ADA, body: { commands } })
    expect([commands, answer]).toEqual([commands, done])
  }
  await expectClean()
})

test('a role that authenticator may not take cannot be taken in a function', async () => {
  for (const name of ['postgres', 'supabase_auth_admin']) {
    const body = { commands: ['reset role', `set role ${name}`] }
    expect(await send(single, 'POST', '/rpc/run', { as: ADA, body })).toEqual(
      refused(403, '42501', `permission denied to set role "${name}"`)
    )
  }
  await expectClean()
})

// The user whom the embedded backend was started as is its superuser, so there it is obeyed.
test('the authorization of the session does not outlast a function that sets it', async () => {
  const body = { commands: ['reset role', 'set session authorization postgres'] }
  const answer = await send(single, 'POST', '/rpc/run', { as: ADA, body })
  const forbidden = 'permission denied to set session authorization "postgres"'
  expect(answer).toEqual(remote ? refused(403, '42501', forbidden) : done)
  await expectClean()
})

test('a lock that a function left is free for others', async () => {
  const body = { commands: ['select pg_advisory_lock(4713)'] }
  expect(await send(single, 'POST', '/rpc/run', { as: ADA, body })).toEqual(done)
  await expectClean()
  expect(await world.rows('select pg_try_advisory_lock(4713) as free')).toEqual([{ free: true }])
  await world.rows('select pg_advisory_unlock(4713)')
})

// The one backend of the embedded database remembers the last number for all that ask inside of functions.
test.runIf(remote)('the number that another drew from a sequence is not known', async () => {
  const body = { commands: [`select nextval('public.numbers')`] }
  expect(await send(single, 'POST', '/rpc/run', { as: ADA, body })).toEqual(done)
  expect(await send(single, 'POST', '/rpc/last_number', { as: BOB, body: {} })).toEqual(
    refused(500, '55000', 'currval of sequence "numbers" is not yet defined in this session')
  )
})

test('a function that takes too long is stopped, and nothing of it is left', async () => {
  expect(await send(single, 'POST', '/rpc/slow', { as: ADA, body: {} })).toEqual(
    refused(500, '57014', 'canceling statement due to statement timeout')
  )
  await expectClean()
})

test('a time limit that a function keeps ends nobody else', async () => {
  const body = { commands: [`select set_config('statement_timeout', '1', false)`] }
  expect(await send(single, 'POST', '/rpc/run', { as: ADA, body })).toEqual(done)
  const commands = ['select pg_sleep(0.05)']
  expect(await send(single, 'POST', '/rpc/run', { as: BOB, body: { commands } })).toEqual(done)
})

test.runIf(remote)('a request that is refused does not cost its connection', async () => {
  const pid = async () =>
    await world.rows(`select pid from pg_stat_activity where usename = 'authenticator'
      and datname = current_database() and query not like 'LISTEN%' order by pid`)
  await traces()
  const before = await pid()
  for (const commands of [['select 1/0'], ['nonsense']]) {
    const { status } = await send(single, 'POST', '/rpc/run', { as: ADA, body: { commands } })
    expect(status).toBe(400)
  }
  await traces()
  expect(await pid()).toEqual(before)
})

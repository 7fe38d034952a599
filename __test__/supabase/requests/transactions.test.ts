// How the transaction of a request ends, and how it is isolated.
import { beforeAll, beforeEach, expect, test } from 'vitest'
import {
  JSON_TYPE,
  openWorld,
  refused,
  returned,
  send,
  SERVICE,
  type LocalFetch,
  type World,
} from './support'

const SCHEMA = `
  create table parents (id int primary key);
  create table children (
    id int primary key,
    parent int constraint of_parent references parents deferrable initially deferred
  );
  create table counters (id int primary key, value int not null);
  create function child(id int, parent int) returns int language sql as
    'insert into children values (id, parent) returning id';
  create function isolation() returns text language sql stable as
    $$ select current_setting('transaction_isolation') $$;
  create function writes_repeatable() returns text language sql
    set default_transaction_isolation = 'repeatable read'
    as $$ select current_setting('transaction_isolation') $$;
  create function reads_serializable() returns text language sql stable
    set default_transaction_isolation = 'serializable'
    as $$ select current_setting('transaction_isolation') $$;
  create function increment(amount int) returns int language sql
    set default_transaction_isolation = 'serializable'
    as $$ update counters set value = value + amount where id = 1 returning value $$;
  create function read_only() returns text language sql volatile as
    $$ select current_setting('transaction_read_only') $$;
  create function read_only_stable() returns text language sql stable as
    $$ select current_setting('transaction_read_only') $$;
  create function writes_stable() returns int language sql stable as
    'insert into parents values (99) returning id';`

let world: World
let override: LocalFetch
beforeAll(async () => {
  world = await openWorld(SCHEMA)
  override = world.open({ db: { txEnd: 'commit-allow-override' } })
})
beforeEach(async () => {
  await world.rows('truncate parents, children, counters')
  await world.rows('insert into parents values (1), (2)')
  await world.rows('insert into counters values (1, 0)')
})

const children = () => world.rows('select id, parent from children order by id')
const details = 'Key (parent)=(7) is not present in table "parents".'
const violation = (status = 409) =>
  refused(
    status,
    '23503',
    'insert or update on table "children" violates foreign key constraint "of_parent"',
    { details }
  )
const REPRESENTATION = 'return=representation'

test('a deferred constraint that is violated at the end refuses the request', async () => {
  for (const Prefer of ['return=minimal', REPRESENTATION, 'count=exact']) {
    const call = {
      as: SERVICE,
      body: [
        { id: 1, parent: 1 },
        { id: 2, parent: 7 },
      ],
      headers: { Prefer },
    }
    expect(await world.send('POST', '/children', call)).toEqual(violation())
    expect(await children()).toEqual([])
  }
})

test('a deferred constraint refuses a function, too', async () => {
  const call = { as: SERVICE, body: { id: 1, parent: 7 } }
  expect(await world.send('POST', '/rpc/child', call)).toEqual(violation())
  expect(await children()).toEqual([])
})

test('a deferred constraint refuses a request that asks for one object', async () => {
  const headers = { Prefer: REPRESENTATION, Accept: 'application/vnd.pgrst.object+json' }
  const call = { as: SERVICE, body: { id: 1, parent: 7 }, headers }
  expect(await world.send('POST', '/children', call)).toEqual(violation())
  expect(await children()).toEqual([])
})

test('a deferred constraint is checked before tx=rollback undoes the request', async () => {
  const headers = { Prefer: 'tx=rollback' }
  const call = { as: SERVICE, body: { id: 1, parent: 7 }, headers }
  expect(await send(override, 'POST', '/children', call)).toEqual(violation())
  expect(await children()).toEqual([])
})

test('after a deferred violation the next request is answered', async () => {
  const call = { as: SERVICE, body: { id: 1, parent: 7 } }
  expect(await world.send('POST', '/children', call)).toEqual(violation())
  const good = { as: SERVICE, body: { id: 1, parent: 2 } }
  expect((await world.send('POST', '/children', good)).status).toBe(201)
  expect(await children()).toEqual([{ id: 1, parent: 2 }])
})

test('tx=rollback answers what was done and does nothing', async () => {
  const headers = { Prefer: `tx=rollback, ${REPRESENTATION}` }
  const applied = { 'preference-applied': `${REPRESENTATION}, tx=rollback` }
  const call = { as: SERVICE, body: { id: 1, parent: 1 }, headers }
  expect(await send(override, 'POST', '/children', call)).toEqual({
    status: 201,
    headers: { ...JSON_TYPE, ...applied, 'content-range': '*/*' },
    body: [{ id: 1, parent: 1 }],
  })
  expect(await children()).toEqual([])
  const call2 = { as: SERVICE, headers }
  expect((await send(override, 'DELETE', '/parents?id=eq.1', call2)).body).toEqual([{ id: 1 }])
  expect(await world.rows('select id from parents order by id')).toEqual([{ id: 1 }, { id: 2 }])
})

const singular = { Accept: 'application/vnd.pgrst.object+json' }
const notSingular = refused(406, 'PGRST116', 'Cannot coerce the result to a single JSON object', {
  details: 'The result contains 2 rows',
})

test.each([
  ['without it', REPRESENTATION],
  ['with tx=rollback', `tx=rollback, ${REPRESENTATION}`],
  ['with tx=commit', `tx=commit, ${REPRESENTATION}`],
])('a write that was to be of one row and is of two is undone, %s', async (_how, Prefer) => {
  const headers = { Prefer, ...singular }
  const body = [
    { id: 1, parent: 1 },
    { id: 2, parent: 2 },
  ]
  const call = { as: SERVICE, headers, body }
  expect(await send(override, 'POST', '/children', call)).toEqual(notSingular)
  expect(await children()).toEqual([])
  const change = { as: SERVICE, headers, body: { value: 5 } }
  await world.rows('insert into counters values (2, 0)')
  expect(await send(override, 'PATCH', '/counters?id=gt.0', change)).toEqual(notSingular)
  expect(await world.rows('select distinct value from counters')).toEqual([{ value: 0 }])
})

test('max-affected undoes what was too much', async () => {
  const headers = { Prefer: 'handling=strict, max-affected=1' }
  expect(await world.send('DELETE', '/parents?id=gt.0', { as: SERVICE, headers })).toEqual(
    refused(400, 'PGRST124', 'Query result exceeds max-affected preference constraint', {
      details: 'The query affects 2 rows',
    })
  )
  expect(await world.rows('select id from parents order by id')).toEqual([{ id: 1 }, { id: 2 }])
})

test('a transaction is read committed unless a function says otherwise', async () => {
  const call = { as: SERVICE }
  expect(await world.send('GET', '/rpc/isolation', call)).toEqual(returned('read committed'))
  const posted = await world.send('POST', '/rpc/writes_repeatable', { ...call, body: {} })
  expect(posted).toEqual(returned('repeatable read'))
  expect(await world.send('GET', '/rpc/reads_serializable', call)).toEqual(returned('serializable'))
  expect(await world.send('GET', '/rpc/isolation', call)).toEqual(returned('read committed'))
})

test('a role brings the isolation of its transactions, once the schema is read again', async () => {
  await world.rows(`alter role service_role set default_transaction_isolation to 'repeatable read'`)
  try {
    const own = world.open()
    expect(await send(own, 'GET', '/rpc/isolation', { as: SERVICE })).toEqual(
      returned('repeatable read')
    )
    expect(await send(own, 'GET', '/rpc/isolation')).toEqual(returned('read committed'))
  } finally {
    await world.rows('alter role service_role reset default_transaction_isolation')
    await world.rows(`notify pgrst, 'reload schema'`)
  }
})

test('what only reads runs in a transaction that cannot write', async () => {
  const as = SERVICE
  expect(await world.send('POST', '/rpc/read_only', { as, body: {} })).toEqual(returned('off'))
  expect(await world.send('GET', '/rpc/read_only_stable', { as })).toEqual(returned('on'))
  expect(await world.send('GET', '/rpc/read_only', { as })).toEqual(returned('on'))
  for (const call of [{ as }, { as, body: {} }]) {
    const { status, body } = await world.send(
      'body' in call ? 'POST' : 'GET',
      '/rpc/writes_stable',
      call
    )
    expect([status, body]).toMatchObject([400, {}])
    expect(await world.rows('select from parents where id = 99')).toEqual([])
  }
})

test('concurrent increments in serializable functions are all there or refused', async () => {
  const calls = Array.from({ length: 30 }, () =>
    world.send('POST', '/rpc/increment', { as: SERVICE, body: { amount: 1 } })
  )
  const answers = await Promise.all(calls)
  const done = answers.filter(({ status }) => status === 200).length
  for (const { status, body } of answers.filter(({ status }) => status !== 200)) {
    expect([status, body]).toMatchObject([500, { code: '40001' }])
  }
  expect(done).toBeGreaterThan(0)
  expect(await world.rows('select value from counters')).toEqual([{ value: done }])
})

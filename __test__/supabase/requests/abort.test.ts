// An aborted request: its SQL stops and is undone, wherever it was, and others go on.
import { beforeAll, expect, test } from 'vitest'
import { failure } from '../../support/answers'
import { openWorld, returned, send, SERVICE, until, type World } from './support'

const SCHEMA = `
  create table notes (id int primary key, body text);
  create function slow(note int) returns void language plpgsql as $$
    begin
      insert into notes values (note, 'slow');
      perform pg_sleep(60);
    end $$;
  create function loop_for_ever(note int) returns void language plpgsql as $$
    begin
      insert into notes values (note, 'loop');
      loop perform 1; end loop;
    end $$;
  create function one() returns int language sql immutable as 'select 1';`

let world: World
beforeAll(async () => void (world = await openWorld(SCHEMA)))

const reason = new Error('no longer wanted')
const notes = (filter: string) => world.rows(`select id, body from notes where ${filter}`)
/** Whether a request is being run: the wait ends when it is. */
const RUNS = `select from pg_stat_activity where state = 'active' and query like '%"slow"%'
  and pid <> pg_backend_pid()`

test('a request whose signal is aborted already is not sent', async () => {
  const call = { as: SERVICE, body: { id: 1, body: 'x' }, signal: AbortSignal.abort(reason) }
  expect(await failure(world.send('POST', '/notes', call))).toBe(reason)
  expect(await notes('id = 1')).toEqual([])
})

test('a request that is aborted in the same turn writes nothing', async () => {
  const controller = new AbortController()
  const call = { as: SERVICE, body: { note: 2 }, signal: controller.signal }
  const running = world.send('POST', '/rpc/slow', call)
  controller.abort(reason)
  expect(await failure(running)).toBe(reason)
  expect(await world.send('GET', '/rpc/one', { as: SERVICE })).toEqual(returned(1))
  expect(await notes('id = 2')).toEqual([])
})

test.each(['slow', 'loop_for_ever'])(
  'an aborted call of %s is stopped and undone',
  async (name) => {
    const controller = new AbortController()
    const call = { as: SERVICE, body: { note: 3 }, signal: controller.signal }
    const running = world.send('POST', `/rpc/${name}`, call)
    setTimeout(() => controller.abort(reason), 100)
    expect(await failure(running)).toBe(reason)
    const began = performance.now()
    expect(await world.send('GET', '/rpc/one', { as: SERVICE })).toEqual(returned(1))
    expect(performance.now() - began).toBeLessThan(5000)
    // The key is free: whoever held it is gone.
    const insert = { as: SERVICE, body: { id: 3, body: 'next' } }
    expect((await world.send('POST', '/notes', insert)).status).toBe(201)
    expect(await world.send('DELETE', '/notes?id=eq.3', { as: SERVICE })).toMatchObject({
      status: 204,
    })
  }
)

test('aborted requests among others leave the others alone', async () => {
  const calls = Array.from({ length: 40 }, async (_, index) => {
    const aborted = index % 4 === 0
    const call = { as: SERVICE, body: { id: 100 + index, body: 'many' } }
    if (!aborted) return (await world.send('POST', '/notes', call)).status
    const signal = AbortSignal.abort(reason)
    return await failure(world.send('POST', '/notes', { ...call, signal }))
  })
  const outcomes = await Promise.all(calls)
  outcomes.forEach((outcome, index) => expect(outcome).toBe(index % 4 === 0 ? reason : 201))
  expect((await notes('id >= 100')).length).toBe(30)
})

test('a request that waits behind a transaction of another can be aborted', async () => {
  const client = await world.connect()
  await client.query('begin; lock table notes in access exclusive mode')
  const controller = new AbortController()
  const call = { as: SERVICE, body: { id: 4, body: 'waits' }, signal: controller.signal }
  const waiting = world.send('POST', '/notes', call)
  setTimeout(() => controller.abort(reason), 100)
  expect(await failure(waiting)).toBe(reason)
  await client.query('commit')
  expect((await world.send('GET', '/notes?id=eq.4', { as: SERVICE })).body).toEqual([])
  expect(await notes('id = 4')).toEqual([])
  await client.end()
})

test('a request that waits behind a transaction of another is answered after it', async () => {
  const client = await world.connect()
  await client.query(`begin; insert into notes values (5, 'first')`)
  const waiting = world.send('POST', '/notes', { as: SERVICE, body: { id: 5, body: 'second' } })
  await client.query('commit')
  expect([(await waiting).status, (await waiting).body]).toMatchObject([409, { code: '23505' }])
  expect(await notes('id = 5')).toEqual([{ id: 5, body: 'first' }])
  await client.end()
})

test('a signal that is aborted after the answer changes nothing', async () => {
  const controller = new AbortController()
  const call = { as: SERVICE, body: { id: 6, body: 'kept' }, signal: controller.signal }
  expect((await world.send('POST', '/notes', call)).status).toBe(201)
  controller.abort(reason)
  expect(await world.send('GET', '/rpc/one', { as: SERVICE })).toEqual(returned(1))
  expect(await notes('id = 6')).toEqual([{ id: 6, body: 'kept' }])
})

test('one signal ends all requests that it was given to', async () => {
  const controller = new AbortController()
  const { signal } = controller
  const running = [7, 8, 9].map((note) =>
    failure(world.send('POST', '/rpc/slow', { as: SERVICE, body: { note }, signal }))
  )
  setTimeout(() => controller.abort(reason), 100)
  expect(await Promise.all(running)).toEqual([reason, reason, reason])
  expect(await world.send('GET', '/rpc/one', { as: SERVICE })).toEqual(returned(1))
  expect(await notes('id in (7, 8, 9)')).toEqual([])
})

test('a timeout of the caller ends a request with its own error', async () => {
  const call = { as: SERVICE, body: { note: 10 }, signal: AbortSignal.timeout(100) }
  expect(await failure(world.send('POST', '/rpc/slow', call))).toMatchObject({
    name: 'TimeoutError',
  })
  expect(await world.send('GET', '/rpc/one', { as: SERVICE })).toEqual(returned(1))
  expect(await notes('id = 10')).toEqual([])
})

test('a fetch that is closed while a request runs answers it first', async () => {
  const own = world.open()
  const asked = send(own, 'GET', '/rpc/one', { as: SERVICE })
  await own.close()
  expect(await asked).toEqual(returned(1))
  expect((await failure(send(own, 'GET', '/rpc/one'))).message).toBe('oxbase: this fetch is closed')
  expect(await world.send('GET', '/rpc/one', { as: SERVICE })).toEqual(returned(1))
})

test.runIf(process.env['PROVIDER'] === 'remote')(
  'the server no longer runs what was aborted',
  async () => {
    const client = await world.connect()
    const controller = new AbortController()
    const call = { as: SERVICE, body: { note: 11 }, signal: controller.signal }
    const running = failure(world.send('POST', '/rpc/slow', call))
    await until(client, RUNS)
    controller.abort(reason)
    expect(await running).toBe(reason)
    await until(client, `select where not exists (${RUNS})`)
    expect(await notes('id = 11')).toEqual([])
    await client.end()
  }
)

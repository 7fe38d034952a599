// The pool of connections to a server: how many there are, and what is answered when all are taken.
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { openWorld, refused, returned, send, SERVICE, until, type World } from '../requests/support'

const SCHEMA = `
  create table notes (id int primary key);
  create function add_one() returns int language sql
    set statement_timeout = '60s' set lock_timeout = '60s'
    as 'insert into notes select coalesce(max(id), 0) + 1 from notes returning id';
  create function pid() returns int language sql volatile as 'select pg_backend_pid()';`

let world: World
beforeAll(async () => void (world = await openWorld(SCHEMA)))

const OWN = `usename = 'authenticator' and datname = current_database()`
const WAITS = `select from pg_stat_activity where ${OWN} and wait_event_type = 'Lock'`
const pidOf = (answer: { body: unknown }) => answer.body as number

/** A client that holds the table, until it commits or the test ends. */
async function locking() {
  const client = await world.connect()
  onTestFinished(() => client.end())
  await client.query('begin; lock table notes in access exclusive mode')
  return client
}

test('a pool of one serves all requests by one connection', async () => {
  const fetch = world.open({ db: { pool: 1 } })
  const asked = Array.from({ length: 20 }, () =>
    send(fetch, 'POST', '/rpc/pid', { as: SERVICE, body: {} })
  )
  expect(new Set((await Promise.all(asked)).map(pidOf)).size).toBe(1)
  await fetch.close()
})

test('db.pool is the most connections that requests are served by', async () => {
  const fetch = world.open({ db: { pool: 3 } })
  const asked = Array.from({ length: 60 }, () =>
    send(fetch, 'POST', '/rpc/pid', { as: SERVICE, body: {} })
  )
  const pids = new Set((await Promise.all(asked)).map(pidOf))
  expect(pids.size).toBeGreaterThan(0)
  expect(pids.size).toBeLessThanOrEqual(3)
  await fetch.close()
})

test('close ends the connections', async () => {
  const fetch = world.open({ db: { pool: 2 } })
  const pid = pidOf(await send(fetch, 'POST', '/rpc/pid', { as: SERVICE, body: {} }))
  await fetch.close()
  const client = await world.connect()
  await until(client, `select where not exists (select from pg_stat_activity where pid = ${pid})`)
  await client.end()
})

test('a request that gets no connection in ten seconds is answered with 504', async () => {
  const fetch = world.open({ db: { pool: 1 } })
  await send(fetch, 'POST', '/rpc/pid', { as: SERVICE, body: {} })
  const client = await locking()
  const taking = send(fetch, 'POST', '/rpc/add_one', { as: SERVICE, body: {} })
  await until(client, WAITS)
  expect(await send(fetch, 'POST', '/rpc/pid', { as: SERVICE, body: {} })).toEqual(
    refused(504, 'PGRST003', 'Timed out acquiring connection from connection pool.')
  )
  await client.query('commit')
  expect(await taking).toEqual(returned(1))
  expect((await send(fetch, 'GET', '/notes', { as: SERVICE })).body).toEqual([{ id: 1 }])
}, 30_000)

test('a request that waits for a connection can be aborted', async () => {
  const fetch = world.open({ db: { pool: 1 } })
  await send(fetch, 'POST', '/rpc/pid', { as: SERVICE, body: {} })
  const client = await locking()
  const taking = send(fetch, 'POST', '/rpc/add_one', { as: SERVICE, body: {} })
  await until(client, WAITS)
  const controller = new AbortController()
  const { signal } = controller
  const waiting = send(fetch, 'POST', '/rpc/add_one', { as: SERVICE, body: {}, signal })
  controller.abort(new Error('no longer wanted'))
  await expect(waiting).rejects.toThrow('no longer wanted')
  await client.query('commit')
  expect((await taking).status).toBe(200)
  const count = await world.rows('select count(*)::int from notes')
  expect((await send(fetch, 'GET', '/notes?select=id', { as: SERVICE })).body).toHaveLength(
    (count[0] as { count: number }).count
  )
})

test('a connection that was aborted is replaced', async () => {
  const fetch = world.open({ db: { pool: 1 } })
  const first = pidOf(await send(fetch, 'POST', '/rpc/pid', { as: SERVICE, body: {} }))
  const client = await locking()
  const controller = new AbortController()
  const { signal } = controller
  const taking = send(fetch, 'POST', '/rpc/add_one', { as: SERVICE, body: {}, signal })
  await until(client, WAITS)
  controller.abort(new Error('no longer wanted'))
  await expect(taking).rejects.toThrow('no longer wanted')
  const next = await send(fetch, 'POST', '/rpc/pid', { as: SERVICE, body: {} })
  expect(next.status).toBe(200)
  expect(pidOf(next)).not.toBe(first)
  await client.query('commit')
})

// A server that is not there, goes away or comes back: what requests are answered, and that they are
// answered again as soon as it is there.
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { expect, inject, onTestFinished, test } from 'vitest'
import { load } from '../../support/oxbase'
import { openWorld, returned, send, SERVICE, urlOf, type FetchOptions } from '../requests/support'

const { createFetch } = load()

function open(options: FetchOptions) {
  const fetch = createFetch({ db: { schemas: ['public'] }, ...options })
  onTestFinished(() => fetch.close())
  return fetch
}

/** A port on which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await once(server.close(), 'close')
  return port
}

/** The answer of a service that has no server, whatever its words for why. */
const unavailable = (code: string, message: string) => ({
  status: 503,
  headers: {
    'content-type': 'application/json; charset=utf-8',
    'proxy-status': `PostgREST; error=${code}`,
    'retry-after': '0',
  },
  body: { code, message, details: expect.stringMatching(/./) as string, hint: null },
})
const unreachable = unavailable('PGRST000', 'Database connection error. Retrying the connection.')
const lost = unavailable('PGRST001', 'Database client error. Retrying the connection.')

test('a server that refuses connections is answered with 503 and PGRST000', async () => {
  const fetch = open({ url: `postgres://authenticator@127.0.0.1:${await closedPort()}/postgres` })
  for (const path of ['/', '/notes', '/rpc/f']) {
    expect(await send(fetch, 'GET', path)).toEqual(unreachable)
  }
})

test('a database and a user that are not there are answered with 503 and PGRST000', async () => {
  const server = inject('reference')
  const noDatabase = open({ url: urlOf(server, 'postgres', 'nowhere') })
  expect(await send(noDatabase, 'GET', '/notes')).toEqual(unreachable)
  const noUser = open({ url: urlOf(server, 'nobody_at_all', 'postgres') })
  expect(await send(noUser, 'GET', '/notes')).toEqual(unreachable)
})

test('a schema that cannot be applied is told as the error of the request', async () => {
  const url = `postgres://postgres@127.0.0.1:${await closedPort()}/postgres`
  const fetch = open({ url, schema: 'create table t (id int)' })
  await expect(send(fetch, 'GET', '/t')).rejects.toThrow('ECONNREFUSED')
})

test('a URL that cannot be read is told as the error of the request', async () => {
  const fetch = open({ url: 'postgres://x@localhost:notaport/postgres' })
  await expect(send(fetch, 'GET', '/t')).rejects.toThrow('oxbase: ')
})

/** A way to the server's socket that can be cut: what is behind it is gone, and comes back. */
async function gate(server: { host: string; port: number }) {
  const { connect } = await import('node:net')
  const open = new Set<Socket>()
  let cut = false
  const front = createServer((socket) => {
    if (cut) return void socket.destroy()
    const back = connect(`${server.host}/.s.PGSQL.${server.port}`)
    for (const [one, other] of [
      [socket, back],
      [back, socket],
    ] as const) {
      open.add(one)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        open.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
  }).listen(0, '127.0.0.1')
  await once(front, 'listening')
  const { port } = front.address() as AddressInfo
  const close = () => {
    cut = true
    for (const socket of open) socket.destroy()
  }
  onTestFinished(() => {
    close()
    front.close()
  })
  return { port, close, open: () => void (cut = false) }
}

const SCHEMA = `
  create table notes (id int primary key);
  create function slow() returns void language plpgsql as $$
    begin insert into notes values (99); perform pg_sleep(60); end $$;
  create function one() returns int language sql immutable as 'select 1';`

test('a server that goes is answered with 503, and one that comes back with 200', async () => {
  const world = await openWorld(SCHEMA)
  const server = inject('reference')
  const way = await gate(server)
  const database = new URL((world.url ?? '').replace('%2F', '')).pathname
  const fetch = open({ url: `postgres://authenticator@127.0.0.1:${way.port}${database}` })
  const one = () => send(fetch, 'GET', '/rpc/one', { as: SERVICE })
  expect(await one()).toEqual(returned(1))

  way.close()
  expect([unreachable.body.code, lost.body.code]).toContain(
    ((await one()).body as { code: string }).code
  )
  expect(await one()).toEqual(unreachable)
  way.open()
  expect(await one()).toEqual(returned(1))

  const running = send(fetch, 'POST', '/rpc/slow', { as: SERVICE, body: {} })
  const client = await world.connect()
  for (;;) {
    const { rowCount } = await client.query(
      `select from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()`
    )
    if (rowCount === 1) break
  }
  way.close()
  expect(await running).toEqual(lost)
  way.open()
  expect(await one()).toEqual(returned(1))
  expect(await world.rows('select from notes')).toEqual([])
})

test('connections that the server ends are replaced', async () => {
  const world = await openWorld(SCHEMA)
  const one = () => world.send('GET', '/rpc/one', { as: SERVICE })
  expect(await one()).toEqual(returned(1))
  const running = world.send('POST', '/rpc/slow', { as: SERVICE, body: {} })
  const client = await world.connect()
  const end = `select pg_terminate_backend(pid) from pg_stat_activity
    where usename = 'authenticator' and datname = current_database()`
  for (;;) {
    const { rowCount } = await client.query(`${end} and wait_event = 'PgSleep'`)
    if (rowCount === 1) break
  }
  expect(await running).toEqual({
    status: 503,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'proxy-status': 'PostgREST; error=57P01',
      'retry-after': '0',
    },
    body: {
      code: '57P01',
      message: 'terminating connection due to administrator command',
      details: null,
      hint: null,
    },
  })
  await client.query(end)
  // The listener is ended, too: it listens again, and takes what it missed for a change.
  await client.query('create table later (id int)')
  let answer = await world.send('GET', '/later', { as: SERVICE })
  while (answer.status !== 200) answer = await world.send('GET', '/later', { as: SERVICE })
  expect(answer.body).toEqual([])
  expect(await world.rows('select from notes')).toEqual([])
})

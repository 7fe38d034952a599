// A server whose database another process has open: its clients are carried there.
import { once } from 'node:events'
import { join } from 'node:path'
import { Client } from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { failure } from '../support/answers'
import { temporaryDirectory } from '../support/embedded'
import { startup } from '../support/frontend'
import { place, serve, type Server, type ServerOptions } from '../support/wire-server'
import { greeting } from '../support/wire'
import { isJoined, openPeer, UNTIL_ACTIVE, type Peer } from './peer'

/** A process that has a new directory open, and a server of this process that has joined it. */
async function served(options: ServerOptions = {}) {
  const dataDir = join(temporaryDirectory(), 'data')
  const owner = await openPeer(dataDir)
  const server = await serve({ dataDir, ...options })
  return { dataDir, owner, server }
}

/** A connected client, with what it is told when it ends. */
async function connect(server: Server, options: object = {}) {
  const client = new Client({ connectionString: server.connectionString, ...options })
  const told = new Promise<Error & { code?: string }>((resolve) => client.once('error', resolve))
  client.on('error', () => undefined)
  onTestFinished(() => client.end())
  await client.connect()
  return Object.assign(client, { told })
}

/** Runs SQL in the process that has the directory open. */
const inOwner = (owner: Peer, sql: string) =>
  owner.run(`return (await kept.db.query(${JSON.stringify(sql)})).rows`)

test('its clients work on the database of the other process', async () => {
  const { owner, server } = await served()
  const client = await connect(server)
  await client.query('create table t as select 1 as n')
  expect(await inOwner(owner, 'select n from t')).toEqual([{ n: 1 }])
  await owner.run(`await kept.db.query('insert into t values (2)')`)
  expect((await client.query('select n from t order by n')).rows).toEqual([{ n: 1 }, { n: 2 }])
  await client.query('listen heard')
  const heard = once(client, 'notification')
  await owner.run(`await kept.db.query("select pg_notify('heard', 'from there')")`)
  expect(await heard).toMatchObject([{ channel: 'heard', payload: 'from there' }])
})

test('it lists its clients, counts them and tells of them', async () => {
  const { server } = await served()
  const seen: string[] = []
  server.on('connection', ({ user, database }) => seen.push(`connection ${user} ${database}`))
  const gone = once(server, 'disconnection')
  server.on('disconnection', () => seen.push('disconnection'))
  const client = await connect(server)
  expect(server.getClients()).toEqual([expect.stringMatching(/^127\.0\.0\.1:\d+$/)])
  expect(server.getStats()).toMatchObject({ connections: 1, accepted: 1, refused: 0 })
  await client.end()
  await gone
  expect(seen).toEqual(['connection postgres postgres', 'disconnection'])
  expect(server.getClients()).toEqual([])
})

test('it takes so many connections and no more', async () => {
  const { server } = await served({ maxConnections: 1 })
  await connect(server)
  const { code, message } = await failure(connect(server))
  expect([code, message]).toEqual(['53300', 'sorry, too many clients already'])
})

test('it asks for the password that the database of the other process knows', async () => {
  const { owner, server } = await served({ password: 'secret' })
  await owner.run(`await kept.db.exec("create role eve login password 'hers'")`)
  const as = (user: string, password: string) =>
    connect(server, {
      connectionString: undefined,
      host: server.host,
      port: server.port,
      user,
      password,
    })
  const who = async (client: Client) =>
    (await client.query<{ current_user: string }>('select current_user')).rows[0]?.current_user
  expect(await who(await as('postgres', 'secret'))).toBe('postgres')
  expect(await who(await as('eve', 'hers'))).toBe('eve')
  for (const [user, password] of [
    ['eve', 'wrong'],
    ['nobody', 'hers'],
  ] as const) {
    const { code, message } = await failure(as(user, password))
    expect([code, message]).toEqual(['28P01', `password authentication failed for user "${user}"`])
  }
})

test('encryption goes as far as the server', async () => {
  const { server } = await served({ tls: true })
  const client = await connect(server, { ssl: { ca: server.certificate } })
  const { rows } = await client.query(
    "select length(repeat('x', 3000000)) as n, repeat('y', 1000000) as t"
  )
  expect([rows[0].n, rows[0].t.length]).toEqual([3000000, 1000000])
})

test('idleTimeout ends a client that is silent', async () => {
  const { server } = await served({ idleTimeout: 100 })
  const client = await connect(server)
  expect(await client.told).toMatchObject({
    code: '57P05',
    message: 'terminating connection due to idle-session timeout',
  })
})

test('a client that vanishes leaves no transaction open', async () => {
  const { owner, server } = await served()
  const client = await connect(server)
  await client.query('create table t (n int)')
  await client.query('begin')
  await client.query('insert into t values (1)')
  ;(
    client as unknown as { connection: { stream: { destroy(): void } } }
  ).connection.stream.destroy()
  expect(await inOwner(owner, 'select n from t')).toEqual([])
})

test('a server that stops ends its clients and what they run, and nobody else', async () => {
  const { owner, server } = await served()
  const [busy, idle] = [await connect(server), await connect(server)]
  const running = failure(busy.query('select pg_sleep(60)'))
  await owner.run(UNTIL_ACTIVE)
  await server.stop()
  const words = {
    code: '57P01',
    message: 'terminating connection due to administrator command',
  }
  expect(await idle.told).toMatchObject(words)
  expect(await running).toMatchObject({ code: expect.stringMatching(/^57(P01|014)$/) as string })
  expect(await inOwner(owner, 'select 1 as one')).toEqual([{ one: 1 }])
})

const ENDS: Record<string, (owner: Peer) => Promise<unknown>> = {
  'closes it': (owner) => owner.run('await kept.db.close()'),
  'is killed': (owner) => owner.kill(),
}

test.each(Object.entries(ENDS))(
  'when the other process %s its clients get 57P01, and those that come next are served here',
  async (_, end) => {
    const { dataDir, owner, server } = await served()
    const client = await connect(server)
    await client.query('create table t as select 1 as n')
    await end(owner)
    expect(await client.told).toMatchObject({ code: '57P01' })
    const next = await connect(server)
    expect((await next.query('select n from t')).rows).toEqual([{ n: 1 }])
    const third = await openPeer(dataDir)
    expect([await isJoined(third), await inOwner(third, 'select n from t')]).toEqual([
      true,
      [{ n: 1 }],
    ])
  }
)

test('what only processes that join may ask is not answered', async () => {
  const { server } = await served()
  const parameters = { user: 'postgres', 'oxbase.report': 'on' }
  expect((await greeting(place(server), startup(parameters)))[0]).toBe('Authentication 0')
})

// Clients of the router get the database they name, over TCP, with the driver that everybody uses.
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type * as Oxbase from 'oxbase'
import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryDirectory } from '../support/embedded'
import { load } from '../support/oxbase'

const { startMultiTenantServer, MultiTenantRouter } = load()
type Options = Oxbase.MultiTenantServerOptions
type Router = Oxbase.MultiTenantRouter

async function start(options: Options = {}): Promise<Router> {
  const router = await startMultiTenantServer({ port: 0, baseDir: null, ...options })
  onTestFinished(() => router.stop())
  return router
}

/** A connected client of one database, which may be ended by the server. */
async function connect(router: Router, database: string, user = 'postgres'): Promise<pg.Client> {
  const client = new pg.Client({ host: '127.0.0.1', port: router.port, user, database })
  client.on('error', () => undefined)
  onTestFinished(() => client.end())
  await client.connect()
  return client
}

test('a client gets the database it names, which is made', async () => {
  const router = await start()
  const created = once(router, 'database-created')
  const connected = once(router, 'connection')
  const client = await connect(router, 'Acme & Sons')
  const { rows } = await client.query(
    'select current_database() as name, count(*)::int as n from pg_tables where schemaname = $1',
    ['public']
  )
  expect(rows).toEqual([{ name: 'Acme & Sons', n: 0 }])
  expect(await created).toEqual(['Acme & Sons'])
  expect(await connected).toEqual([
    {
      dbName: 'Acme & Sons',
      connId: expect.stringMatching(/^127\.0\.0\.1:\d+$/) as string,
      user: 'postgres',
    },
  ])
})

test('tenants see nothing of each other', async () => {
  const router = await start()
  const [one, two] = [await connect(router, 'one'), await connect(router, 'two')]
  await one.query(`create table notes as select 'of one' as body`)
  await expect(two.query('select * from notes')).rejects.toMatchObject({ code: '42P01' })
  await two.query(`create table notes as select 'of two' as body`)
  expect((await one.query('select body from notes')).rows).toEqual([{ body: 'of one' }])
})

test('without a database the one of the user is meant', async () => {
  const router = await start()
  const client = new pg.Client({ host: '127.0.0.1', port: router.port, user: 'postgres' })
  await client.connect()
  const { rows } = await client.query('select current_database() as name')
  await client.end()
  expect(rows).toEqual([{ name: 'postgres' }])
})

test('a path is no name of a database, and leads nowhere', async () => {
  const parent = temporaryDirectory()
  const router = await start({ baseDir: join(parent, 'tenants') })
  for (const name of ['../../etc', '/etc/passwd', '..\\out', '..']) {
    await expect(connect(router, name)).rejects.toMatchObject({
      severity: 'FATAL',
      code: '42602',
      message: `invalid database name: "${name.replace('\\', '\\\\')}"`,
    })
  }
  await (await connect(router, 'app')).end()
  expect(await router.listDatabases()).toMatchObject([{ dbName: 'app' }])
  expect(readdirSync(parent)).toEqual(['tenants'])
})

test('a database that is not there is refused as PostgreSQL does it', async () => {
  const router = await start({ autoProvision: false })
  const refused = once(router, 'connection-error')
  await expect(connect(router, 'nowhere')).rejects.toMatchObject({
    severity: 'FATAL',
    code: '3D000',
    message: 'database "nowhere" does not exist',
  })
  expect(await refused).toMatchObject([{ error: { message: 'database "nowhere" does not exist' } }])
  await expect(connect(router, 'template1')).rejects.toMatchObject({ code: '55000' })
})

test('a shadow database is made, used and dropped', async () => {
  const router = await start()
  const client = await connect(router, 'app')
  await client.query('CREATE DATABASE "app_shadow" TEMPLATE template0')
  const shadow = await connect(router, 'app_shadow')
  await shadow.query('create table users (id serial primary key)')
  await expect(client.query('DROP DATABASE "app_shadow"')).rejects.toMatchObject({
    code: '55006',
    detail: 'There is 1 other session using the database.',
  })
  const left = once(shadow, 'end')
  await shadow.end()
  await left
  await expect
    .poll(() =>
      client.query('DROP DATABASE IF EXISTS "app_shadow"').then(
        () => true,
        () => false
      )
    )
    .toBe(true)
  expect(await router.pool.listDatabases()).toEqual(['app'])
})

test('DROP DATABASE … WITH (FORCE) ends the sessions of others', async () => {
  const router = await start()
  const client = await connect(router, 'app')
  const victim = await connect(router, 'shop')
  const told = once(victim, 'error')
  await client.query('drop database shop with (force)')
  expect(await told).toMatchObject([
    { code: '57P01', message: 'terminating connection due to administrator command' },
  ])
})

test('a tenant has as many connections as it may have', async () => {
  const router = await start({ limits: { maxConnections: 2 } })
  const [first] = [await connect(router, 'app'), await connect(router, 'app')]
  await expect(connect(router, 'app')).rejects.toMatchObject({
    code: '53300',
    message: 'too many connections for database "app"',
  })
  await connect(router, 'other')
  await first.end()
  await expect
    .poll(() =>
      connect(router, 'app').then(
        () => true,
        () => false
      )
    )
    .toBe(true)
})

test('a connection in a transaction keeps its database awake, and others wait their turn', async () => {
  const router = await start({ maxInstances: 1 })
  const client = await connect(router, 'app')
  await client.query('begin')
  await client.query('create table notes ()')
  const other = connect(router, 'other').then((late) => late.query('select 1 as n'))
  await client.query('select pg_sleep(0.3)')
  await client.query('commit')
  expect((await other).rows).toEqual([{ n: 1 }])
  expect((await client.query('select count(*)::int as n from notes')).rows).toEqual([{ n: 0 }])
})

test('the statistics have the shape of pglite-embedded-server', async () => {
  const router = await start({ maxInstances: 5 })
  await connect(router, 'app')
  const stats = router.getStats()
  expect(stats).toMatchObject({
    port: router.port,
    host: '127.0.0.1',
    activeConnections: 1,
    pool: { totalInstances: 1, maxInstances: 5, instances: [{ dbName: 'app', connections: 1 }] },
  })
  expect(router.listDatabases()).toMatchObject([
    { dbName: 'app', locked: false, queueLength: 0, connections: 1 },
  ])
})

test('a database that another router has open is refused, and nothing happens to it', async () => {
  const baseDir = temporaryDirectory()
  const first = await start({ baseDir })
  const client = await connect(first, 'app')
  await client.query(`create table notes as select 'mine' as body`)
  const second = await start({ baseDir })
  // In one process both have the same engine; another process is refused by the lock (see locked-directory.test.ts).
  const other = await connect(second, 'app')
  expect((await other.query('select body from notes')).rows).toEqual([{ body: 'mine' }])
  await second.stop()
  expect((await client.query('select body from notes')).rows).toEqual([{ body: 'mine' }])
})

test('stop ends the connections, and the databases are there the next time', async () => {
  const baseDir = temporaryDirectory()
  const router = await start({ baseDir })
  const client = await connect(router, 'app')
  await client.query(`create table notes as select 'kept' as body`)
  const ended = new Promise((resolve) => client.once('end', resolve))
  const stopped = once(router, 'stopped')
  await router.stop()
  await Promise.all([ended, stopped])
  const again = await start({ baseDir })
  const later = await connect(again, 'app')
  expect((await later.query('select body from notes')).rows).toEqual([{ body: 'kept' }])
})

test.each([
  [{ port: 'x' }, 'oxbase: option "port" must be a whole number up to 65535, got x'],
  [
    { basedir: 'x' },
    'oxbase: unknown multi-tenant server option "basedir"; did you mean "baseDir"?',
  ],
  [
    { logLevel: 'loud' },
    'oxbase: option "logLevel" must be one of silent, error, warn, info, debug, trace, got loud',
  ],
])('%j is told what is wrong with it', (options, message) => {
  expect(() => new MultiTenantRouter(options as Options)).toThrow(new TypeError(message))
})

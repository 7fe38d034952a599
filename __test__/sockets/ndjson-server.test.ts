// `startNdjsonServer`: where it listens, whom it lets in, what it tells, and how it stops.
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { run } from '../support/child'
import { open, PGlitePooler, temporaryDirectory } from '../support/embedded'
import { LineClient, PGliteServer, serve, startNdjsonServer, startPGliteServer } from './server'

const one = { status: 'success', rows: [{ one: 1 }] }
const shutDown = {
  status: 'error',
  severity: 'FATAL',
  code: '57P01',
  message: 'terminating connection due to administrator command',
}

test('a server tells where it listens, and who is connected', async () => {
  const server = await serve()
  const { host, port, path, connectionString } = server
  expect({ host, path, connectionString }).toEqual({
    host: '127.0.0.1',
    path: undefined,
    connectionString: `tcp://127.0.0.1:${port}`,
  })
  expect(port).toBeGreaterThan(0)
  const connected = once(server, 'connection')
  const client = await LineClient.connect(server)
  const { port: own } = client.socket.address() as AddressInfo
  const names = [`127.0.0.1:${own}`]
  expect([await connected, server.getClients()]).toEqual([names, names])
  const left = once(server, 'disconnection')
  client.end()
  expect([await left, server.getClients()]).toEqual([names, []])
})

test('a Unix socket is listened on alone, unless a port is given, too', async () => {
  const path = join(temporaryDirectory(), 'lines')
  const server = await serve({ path })
  expect([server.host, server.port, server.path, server.connectionString]).toEqual([
    undefined,
    undefined,
    path,
    `unix:${path}`,
  ])
  const client = await LineClient.connect({ path })
  expect(await client.ask('select 1 as one')).toMatchObject(one)
  expect(server.getClients()).toEqual(['unix:1'])
  await server.stop()
  expect(existsSync(path)).toBe(false)
})

test('in a directory the Unix socket has the name that PostgreSQL gives it', async () => {
  const folder = temporaryDirectory()
  const server = await serve({ path: folder, port: 0 })
  expect(server.path).toBe(join(folder, '.s.PGSQL.0'))
  for (const place of [{ port: server.port }, { path: server.path }]) {
    const client = await LineClient.connect(place)
    expect(await client.ask('select 1 as one')).toMatchObject(one)
  }
})

test('a database that was open stays open, and one of the server is closed with it', async () => {
  const database = await open()
  const server = await serve({ database })
  const client = await LineClient.connect(server)
  await client.ask('create table t as select 1 as one')
  await server.stop()
  expect((await database.query('select one from t')).rows).toEqual([{ one: 1 }])

  const dataDir = join(temporaryDirectory(), 'data')
  const own = await serve({ dataDir })
  await (await LineClient.connect(own)).ask('create table t as select 1 as one')
  await own.stop()
  const again = await open({ dataDir })
  expect((await again.query('select one from t')).rows).toEqual([{ one: 1 }])
})

test('without passwords, other machines are let in only when that is asked for', async () => {
  const message = (host: string) =>
    `oxbase: the newline protocol has no passwords, so it listens on this machine only; "${host}" is ` +
    'reached by others. Use 127.0.0.1, or trustRemote: true if everybody there may do everything ' +
    'with the database'
  for (const host of ['0.0.0.0', '::', '192.0.2.1', 'example.org']) {
    await expect(startNdjsonServer({ host, port: 0 })).rejects.toThrow(new Error(message(host)))
  }
  const pooler = new PGlitePooler(await open())
  expect(() => new PGliteServer({ hostname: '0.0.0.0', pooler })).toThrow(
    new Error(message('0.0.0.0'))
  )
  for (const host of ['localhost', '127.0.0.2']) {
    expect((await serve({ host })).host).toBe(host)
  }
  const server = await serve({ host: '0.0.0.0', trustRemote: true })
  expect(await (await LineClient.connect(server)).ask('select 1 as one')).toMatchObject(one)
})

test('stopping tells every client, lets what runs come to its end, and may be asked twice', async () => {
  const server = await serve()
  const [idle, busy] = [await LineClient.connect(server), await LineClient.connect(server)]
  await idle.ask('select 1 as one')
  await busy.ask('create table t (n int)')
  const begun = busy.ask('select 1 as one from pg_sleep(0.5)')
  await idle.ask('select 1 as one')
  const closed = once(server, 'close')
  await Promise.all([server.stop(), server.stop(), closed])
  expect(await begun).toMatchObject(one)
  expect([await busy.rest(), await idle.rest()]).toEqual([[shutDown], [shutDown]])
  await expect(LineClient.connect(server)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
})

test('a statement has five seconds, or as long as statementTimeout says', async () => {
  const server = await serve({ statementTimeout: 200 })
  const client = await LineClient.connect(server)
  expect(await client.ask('select pg_sleep(60)')).toMatchObject({ status: 'error', code: '57014' })
})

test('what goes in and out may be looked at', async () => {
  const lines: string[] = []
  const server = await serve({ inspect: (line) => lines.push(line) })
  const client = await LineClient.connect(server)
  await client.ask('select 1 as one')
  const [name] = server.getClients()
  expect(lines).toEqual([
    `> ${name} select 1 as one`,
    `< ${name} {"status":"success","rows":[{"one":1}],"rowCount":1,"fields":[{"name":"one","dataTypeID":23}]}`,
  ])
})

test('a port that is taken is an error, and what was opened is closed again', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const dataDir = join(temporaryDirectory(), 'data')
  await expect(startNdjsonServer({ dataDir, port })).rejects.toMatchObject({
    name: 'SocketError',
    code: 'EADDRINUSE',
  })
  const pooler = new PGlitePooler(await open({ dataDir }))
  const server = new PGliteServer({ port, pooler })
  await expect(server.start()).rejects.toMatchObject({ code: 'EADDRINUSE' })
  await expect(pooler.query('select 1')).rejects.toThrow('the pooler has been stopped')
  other.close()
  await once(other, 'close')
  await server.start()
  expect(await (await LineClient.connect({ port })).ask('select 1 as one')).toMatchObject(one)
  await server.stop()
})

test('PGliteServer starts and stops its pooler, and may be started again', async () => {
  const database = await open()
  const pooler = new PGlitePooler(database)
  const server = await startPGliteServer(pooler)
  for (let round = 0; round < 2; round += 1) {
    const client = await LineClient.connect(server)
    expect(await client.ask('select 1 as one')).toMatchObject(one)
    expect(server.getClients()).toEqual([expect.stringMatching(/^127\.0\.0\.1:\d+$/)])
    await server.stop()
    expect(server.getClients()).toEqual([])
    await expect(pooler.query('select 1')).rejects.toThrow('the pooler has been stopped')
    await server.start()
  }
  expect((await database.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('PGliteServer listens on 127.0.0.1:5433 unless it is told otherwise', async () => {
  const server = new PGliteServer({ pooler: new PGlitePooler(await open()) })
  expect([server.hostname, server.port, server.getClients()]).toEqual(['127.0.0.1', 5433, []])
})

test('wrong options are refused by name', async () => {
  const pooler = new PGlitePooler(await open())
  const wrong: [object, string][] = [
    [{}, 'oxbase: option "pooler" must be a PGlitePooler, got undefined'],
    [{ pooler: {} }, 'oxbase: option "pooler" must be a PGlitePooler, got [object Object]'],
    [{ pooler, port: '1' }, 'oxbase: option "port" must be a number, got string'],
    [{ pooler, port: 65536 }, 'oxbase: option "port" must be a port from 0 to 65535, got 65536'],
    [{ pooler, hostname: 1 }, 'oxbase: option "hostname" must be a string, got number'],
    [{ pooler, host: 'x' }, 'oxbase: unknown server option "host"; did you mean "port"?'],
  ]
  for (const [options, message] of wrong) {
    const create = () => new PGliteServer(options as { pooler: typeof pooler })
    expect(create).toThrow(new TypeError(message))
  }
  const refused: [object, string][] = [
    [{ maxConnections: 0 }, 'oxbase: option "maxConnections" must be more than 0, got 0'],
    [{ path: '' }, 'oxbase: option "path" must be a string that is not empty, got string'],
    [
      { password: 'secret' },
      'oxbase: option "password" is not for the newline protocol, which has neither passwords nor TLS',
    ],
    [
      { auth: 'scram-sha-256' },
      'oxbase: option "auth" must be "trust", as there are no passwords, got scram-sha-256',
    ],
    [
      { database: await open(), dataDir: 'memory://' },
      'oxbase: option "dataDir" has no meaning for a database that is open',
    ],
  ]
  for (const [options, message] of refused) {
    await expect(startNdjsonServer(options)).rejects.toThrow(new TypeError(message))
  }
})

test('a server that is left running keeps the process alive, unless it is unref-ed', async () => {
  const script = (rest: string) => `
    const { startNdjsonServer } = require('oxbase')
    startNdjsonServer({ port: 0 }).then((server) => { ${rest} })`
  const unref = "server.unref(); console.log('free')"
  expect(await run(script(unref))).toEqual({ code: 0, signal: null, stdout: 'free\n', stderr: '' })
  const stop = "setTimeout(() => server.stop().then(() => console.log('stopped')), 300).unref()"
  expect(await run(script(stop))).toMatchObject({ code: 0, stdout: 'stopped\n' })
})

// Where a server listens, and where it refuses to.
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, statSync, writeFileSync, chmodSync, existsSync, mkdirSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { refusal } from '../support/answers'
import { run } from '../support/child'
import { temporaryDirectory } from '../support/embedded'
import { startup } from '../support/frontend'
import { connectWire, dial, greeting } from '../support/wire'
import { place, serve, type Server } from '../support/wire-server'

const isRoot = process.getuid?.() === 0

/** Whether a session begins there. */
async function answers(at: { host: string; port: number } | { path: string }): Promise<boolean> {
  return greeting(at, startup()).then(
    (lines) => lines.at(-1) === 'ReadyForQuery I',
    () => false
  )
}

test('port 0 is a free port, and the connection string names it', async () => {
  const server = await serve()
  expect(server.host).toBe('127.0.0.1')
  expect(server.port).toBeGreaterThan(0)
  expect(server.path).toBeUndefined()
  expect(server.connectionString).toBe(`postgres://postgres@127.0.0.1:${server.port}/postgres`)
  expect(await answers(place(server))).toBe(true)
})

test('a port that is taken is an error that says so', async () => {
  const server = await serve()
  const { port } = server
  expect(await refusal(serve({ port: port ?? 0 }))).toMatchObject({
    code: 'EADDRINUSE',
    message: expect.stringMatching(
      new RegExp(`^oxbase: cannot listen on 127.0.0.1:${port}: Address already in use`)
    ) as string,
  })
  expect(await answers(place(server))).toBe(true)
})

test('a port that is taken on one of the addresses of a name is taken', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  onTestFinished(() => void other.close())
  const { port } = other.address() as AddressInfo
  await expect(serve({ host: '*', port, trustRemote: true })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  })
})

test('an address of another machine is an error that says so', async () => {
  await expect(serve({ host: '192.0.2.1', trustRemote: true })).rejects.toMatchObject({
    code: 'EADDRNOTAVAIL',
    message: expect.stringMatching(/^oxbase: cannot listen on 192.0.2.1:0: /) as string,
  })
  await expect(serve({ host: 'no.such.host.invalid' })).rejects.toThrow(
    'oxbase: cannot listen on no.such.host.invalid: the name has no address'
  )
})

for (const host of ['0.0.0.0', '::', '*']) {
  test(`without a password nothing listens on ${host}`, async () => {
    const named = host === '*' ? '0.0.0.0' : host
    await expect(serve({ host })).rejects.toThrow(
      `oxbase: refusing to listen on ${named} without authentication; give a password, or say trustRemote: true`
    )
    await expect(serve({ host, auth: 'trust' })).rejects.toThrow(/refusing to listen/)
  })
}

test('an IPv4 address in the clothes of IPv6 is no loopback', async () => {
  await expect(serve({ host: '::ffff:0.0.0.0' })).rejects.toThrow(/refusing to listen/)
})

test('with a password, or when told to trust, a server listens on all addresses', async () => {
  const asking = await serve({ host: '0.0.0.0', password: 'secret' })
  const asked = await dial({ host: '127.0.0.1', port: asking.port ?? 0 })
  await asked.send(startup())
  expect(await asked.line()).toBe('Authentication 10')
  const trusting = await serve({ host: '0.0.0.0', trustRemote: true })
  expect(await answers({ host: '127.0.0.1', port: trusting.port ?? 0 })).toBe(true)
})

test('* is every address of both kinds', async () => {
  const server = await serve({ host: '*', trustRemote: true })
  const port = server.port ?? 0
  const own = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .filter(({ scopeid }) => scopeid === 0 || scopeid === undefined)
    .map(({ address }) => address)
  const reached = await Promise.all(own.map((host) => answers({ host, port })))
  expect(Object.fromEntries(own.map((host, index) => [host, reached[index]]))).toEqual(
    Object.fromEntries(own.map((host) => [host, true]))
  )
})

test('a server of IPv6 has an address in brackets', async () => {
  const server = await serve({ host: '::1' })
  expect(server.connectionString).toBe(`postgres://postgres@[::1]:${server.port}/postgres`)
  const client = new pg.Client(server.connectionString)
  onTestFinished(() => client.end())
  await client.connect()
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('localhost is this machine by all its addresses', async () => {
  const server = await serve({ host: 'localhost' })
  expect(server.host).toBe('localhost')
  expect(await answers({ host: '127.0.0.1', port: server.port ?? 0 })).toBe(true)
})

test('a path alone is the only place that is listened on', async () => {
  const path = join(temporaryDirectory(), 'socket')
  const server = await serve({ path })
  expect({ host: server.host, port: server.port, path: server.path }).toEqual({
    host: undefined,
    port: undefined,
    path,
  })
  expect(await answers({ path })).toBe(true)
})

test('a directory gets the socket that libpq looks for', async () => {
  const directory = temporaryDirectory()
  const server = await serve({ path: directory })
  expect(server.path).toBe(join(directory, '.s.PGSQL.5432'))
  for (const config of [
    { host: directory, user: 'postgres', database: 'postgres' },
    server.connectionString,
  ]) {
    const client = new pg.Client(config)
    onTestFinished(() => client.end())
    await client.connect()
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  }
})

test('with a port the directory’s socket is named after it, and both are listened on', async () => {
  const directory = temporaryDirectory()
  const server = await serve({ path: directory, port: 0 })
  expect(server.path).toBe(join(directory, `.s.PGSQL.${server.port}`))
  expect(await answers({ host: '127.0.0.1', port: server.port ?? 0 })).toBe(true)
  expect(await answers({ path: server.path ?? '' })).toBe(true)
})

test('a socket is its owner’s alone under trust, and everybody’s with a password', async () => {
  const mode = (server: Server) => (statSync(server.path ?? '').mode & 0o777).toString(8)
  expect(mode(await serve({ path: temporaryDirectory() }))).toBe('600')
  expect(mode(await serve({ path: temporaryDirectory(), password: 'secret' }))).toBe('777')
})

test.runIf(isRoot)(
  'under trust another user is refused, though the file would let it in',
  async () => {
    const directory = temporaryDirectory()
    const server = await serve({ path: directory })
    chmodSync(directory, 0o755)
    chmodSync(server.path ?? '', 0o777)
    const script = `
    const socket = require('node:net').connect(process.argv[1])
    socket.on('data', (chunk) => process.stdout.write(chunk.toString('latin1').replace(/\\0/g, ' ')))
    socket.on('close', () => process.exit())
    socket.write(Buffer.from(process.argv[2], 'hex'))`
    const { stdout } = spawnSync(
      process.execPath,
      ['-e', script, server.path ?? '', startup().toString('hex')],
      { uid: 65_534, gid: 65_534, cwd: '/', encoding: 'utf8', timeout: 20_000, env: {} }
    )
    expect(stdout).toContain('C28000 MPeer authentication failed for user "postgres"')
    expect(await answers(place(server))).toBe(true)
  }
)

test('a socket goes with its server, and that of a process that is gone is replaced', async () => {
  const path = join(temporaryDirectory(), 'socket')
  const server = await serve({ path })
  await server.stop()
  expect(existsSync(path)).toBe(false)
  const killed = await run(
    `require('oxbase').startServer({ path: ${JSON.stringify(path)} }).then(() => process.kill(process.pid, 'SIGKILL'))`
  )
  expect(killed.signal).toBe('SIGKILL')
  expect(existsSync(path)).toBe(true)
  const next = await serve({ path })
  expect(await answers(place(next))).toBe(true)
})

test('a socket on which somebody listens is taken', async () => {
  const path = join(temporaryDirectory(), 'socket')
  const server = await serve({ path })
  await expect(serve({ path })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  expect(await answers(place(server))).toBe(true)
})

test('a file that is no socket is left alone', async () => {
  const path = join(temporaryDirectory(), 'file')
  writeFileSync(path, 'kept')
  await expect(serve({ path })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  expect(readFileSync(path, 'utf8')).toBe('kept')
})

test('a path that cannot be is an error that says so', async () => {
  const directory = temporaryDirectory()
  await expect(serve({ path: join(directory, 'nowhere', 'socket') })).rejects.toThrow(
    /^oxbase: cannot listen on .*nowhere\/socket: No such file or directory/
  )
  await expect(serve({ path: join(directory, 'x'.repeat(120)) })).rejects.toThrow(
    /^oxbase: the path of the Unix socket is too long \(\d+ bytes, at most 107\): /
  )
})

test('a server that does not start leaves no database behind, and no directory locked', async () => {
  const directory = join(temporaryDirectory(), 'data')
  mkdirSync(directory)
  const taken = await serve()
  await expect(serve({ dataDir: directory, port: taken.port ?? 0 })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  })
  const server = await serve({ dataDir: directory, port: 0 })
  expect(await (await connectWire(place(server))).run('select 1')).toContain('DataRow 1')
})

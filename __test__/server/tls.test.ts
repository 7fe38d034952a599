// Encryption: certificates, requests, direct TLS, and what is no TLS at all.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect as connectTls, type ConnectionOptions } from 'node:tls'
import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryDirectory } from '../support/embedded'
import { PROTOCOL_3_2, query, sslRequest, startup, terminate } from '../support/frontend'
import { begin, finish } from '../support/scram'
import type { Wire } from '../support/wire'
import { bounded, cancelUntil, dial } from '../support/wire'
import { Bystander, COMMITTED, place, serve, UNTOUCHED, type Server } from '../support/wire-server'

/** A connection that is encrypted after a request for it. */
async function encrypted(server: Server, options: ConnectionOptions = {}): Promise<Wire> {
  const wire = await dial(place(server))
  await wire.send(sslRequest)
  expect(await wire.byte()).toBe('S')
  await wire.encrypt(options)
  return wire
}

/** A connection that is encrypted from its first byte on. */
async function direct(server: Server, options: ConnectionOptions): Promise<Wire> {
  const wire = await dial(place(server))
  await wire.encrypt(options)
  return wire
}

async function client(server: Server, ssl: pg.ClientConfig['ssl']): Promise<pg.Client> {
  const made = new pg.Client({ connectionString: server.connectionString, ssl })
  // Once it is ended it stays so.
  onTestFinished(() => made.end().catch(() => undefined))
  await made.connect()
  return made
}

test('a client that asks for encryption gets it, and its session', async () => {
  const server = await serve({ tls: true })
  const wire = await encrypted(server)
  expect((await wire.ask(startup())).at(-1)).toBe('ReadyForQuery I')
  expect(await wire.run('select 1 as v')).toEqual([
    'RowDescription v',
    'DataRow 1',
    'CommandComplete SELECT 1',
    'ReadyForQuery I',
  ])
  await wire.send(terminate)
  expect(await wire.untilEnd()).toEqual(['end'])
})

test('a client that does not ask is served in the clear', async () => {
  const server = await serve({ tls: true })
  const plain = await client(server, false)
  expect((await plain.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('a certificate that was made for the occasion can be checked by itself', async () => {
  const server = await serve({ tls: true })
  expect(server.certificate).toMatch(/^-----BEGIN CERTIFICATE-----\n/)
  for (const servername of ['localhost', '']) {
    const ca = server.certificate ?? ''
    const checked = await client(server, { ca, rejectUnauthorized: true, servername })
    expect((await checked.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  }
})

test('a certificate of another server does not pass', async () => {
  const [server, other] = [await serve({ tls: true }), await serve({ tls: true })]
  const ca = other.certificate ?? ''
  await expect(client(server, { ca, rejectUnauthorized: true })).rejects.toThrow(
    /self-signed certificate|signature failure/
  )
})

test('a certificate and a key are taken as texts and as files', async () => {
  const { cert, key } = certificate()
  const directory = temporaryDirectory()
  const files = { cert: join(directory, 'cert.pem'), key: join(directory, 'key.pem') }
  writeFileSync(files.cert, cert)
  writeFileSync(files.key, key)
  for (const tls of [{ cert, key }, files, { cert, key: files.key }]) {
    const server = await serve({ tls })
    expect(server.certificate).toBe(cert)
    const checked = await client(server, { ca: cert, rejectUnauthorized: true })
    expect((await checked.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    await checked.end()
    await server.stop()
  }
})

test('a certificate or a key that cannot be used is an error of startServer', async () => {
  const { cert, key } = certificate()
  const unusable = /^oxbase: the TLS certificate or key cannot be used: /
  await expect(serve({ tls: { cert, key: cert } })).rejects.toThrow(unusable)
  await expect(serve({ tls: { cert: key, key } })).rejects.toThrow(unusable)
  const broken = cert.replace(/\n.{64}\n/, '\nxxxx\n')
  await expect(serve({ tls: { cert: broken, key } })).rejects.toThrow(unusable)
  await expect(serve({ tls: { cert: '/nowhere/cert.pem', key } })).rejects.toThrow(
    /ENOENT.*\/nowhere\/cert.pem/
  )
})

test('a server without encryption says so, and a client that insists on it goes away', async () => {
  const server = await serve()
  expect(server.certificate).toBeUndefined()
  await expect(client(server, { rejectUnauthorized: false })).rejects.toThrow(
    'The server does not support SSL connections'
  )
})

test('direct TLS with ALPN needs no request', async () => {
  const server = await serve({ tls: true })
  const wire = await direct(server, { ALPNProtocols: ['postgresql'] })
  expect((await wire.ask(startup())).at(-1)).toBe('ReadyForQuery I')
})

test('direct TLS without ALPN is refused, as another protocol is', async () => {
  const server = await serve({ tls: true })
  const wire = await direct(server, {})
  void wire.send(startup())
  expect(await wire.untilEnd()).toEqual([
    'Error FATAL 08P01 received direct SSL connection request without ALPN protocol negotiation extension',
    'end',
  ])
  const { port } = server
  const web = connectTls({
    host: '127.0.0.1',
    port: port ?? 0,
    ALPNProtocols: ['http/1.1'],
    rejectUnauthorized: false,
  })
  onTestFinished(() => void web.destroy())
  const error = await bounded(
    new Promise<Error>((resolve) => web.once('error', resolve)),
    'an alert'
  )
  expect(error.message).toMatch(/no application protocol|before secure TLS connection/i)
})

test('a password is asked for inside of encryption, too', async () => {
  const server = await serve({ tls: true, password: 'secret' })
  const made = await client(server, { ca: server.certificate ?? '' })
  expect((await made.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  const plain = await begin(place(server), { user: 'postgres' })
  expect(plain.mechanisms).toEqual(['SCRAM-SHA-256'])
  expect((await finish(plain, 'secret')).at(-1)).toBe('ReadyForQuery I')
})

test('a second request for encryption inside of encryption is refused', async () => {
  const wire = await encrypted(await serve({ tls: true }))
  void wire.send(sslRequest)
  expect(await wire.untilEnd()).toEqual([
    'Error FATAL 0A000 unsupported frontend protocol 1234.5679: server supports 3.0 to 3.2',
    'end',
  ])
})

test('what was sent in the clear before the handshake is not taken for the client’s word', async () => {
  const server = await serve({ tls: true })
  const bystander = await Bystander.on(place(server))
  const wire = await dial(place(server))
  await wire.send(sslRequest, startup(), query('create table smuggled (n int)'))
  expect(await wire.byte()).toBe('S')
  const lines = await wire.untilEnd().catch(() => ['no protocol'])
  expect(lines.join(' ')).not.toMatch(/ReadyForQuery|CommandComplete/)
  expect(await bystander.works()).toEqual(UNTOUCHED)
  expect(await bystander.ends()).toEqual(COMMITTED)
})

for (const [name, sent] of Object.entries({
  zeros: Buffer.alloc(4096),
  'a handshake that goes wrong': Buffer.concat([
    Buffer.from([0x16, 3, 1, 2, 0]),
    Buffer.alloc(512, 0xff),
  ]),
  'a handshake that is cut': Buffer.from([0x16, 3, 1, 2, 0, 1]),
})) {
  test(`a client that sends ${name} in place of its handshake hurts nobody`, async () => {
    const server = await serve({ tls: true, authenticationTimeout: 2000 })
    const bystander = await Bystander.on(place(server))
    for (const first of [[sslRequest], []]) {
      const wire = await dial(place(server))
      if (first.length > 0) {
        await wire.send(...first)
        expect(await wire.byte()).toBe('S')
      }
      await wire.send(sent)
      await bounded(ended(wire), 'the end')
    }
    expect(await bystander.works()).toEqual(UNTOUCHED)
    expect(await bystander.ends()).toEqual(COMMITTED)
  })
}

test('a cancel request may be encrypted', async () => {
  const server = await serve({ tls: true })
  const wire = await encrypted(server)
  expect((await wire.ask(startup({ user: 'postgres' }, PROTOCOL_3_2))).at(-1)).toBe(
    'ReadyForQuery I'
  )
  await wire.send(query('select pg_sleep(600)'))
  const lines = await cancelUntil(place(server), wire, wire.untilReady())
  expect(lines.at(-2)).toBe('Error ERROR 57014 canceling statement due to user request')
})

test('20 MB in one row, and as a value, go through encryption', async () => {
  const server = await serve({ tls: true })
  const made = await client(server, { rejectUnauthorized: false })
  const { rows } = await made.query<{ v: string }>("select repeat('x', 20000000) as v")
  expect(rows[0]?.v.length).toBe(20_000_000)
  const sent = await made.query('select length($1) as v', [rows[0]?.v])
  expect(sent.rows).toEqual([{ v: 20_000_000 }])
})

test('a client that vanishes from encryption without its last words is gone', async () => {
  const server = await serve({ tls: true })
  const wire = await encrypted(server)
  await wire.ask(startup())
  await wire.run('begin')
  wire.vanish()
  await expect.poll(() => server.getStats().connections, { timeout: 10_000 }).toBe(0)
})

/** Resolves when the server has closed the connection, whatever it said before. */
async function ended(wire: Wire): Promise<void> {
  while (!wire.ended) await new Promise((resolve) => setTimeout(resolve, 5))
}

/** The certificate and the key of a server that is none of ours, made for localhost. */
function certificate(): { cert: string; key: string } {
  const read = (name: string) =>
    readFileSync(new URL(`certificates/${name}.pem`, import.meta.url), 'utf8')
  return { cert: read('cert'), key: read('key') }
}

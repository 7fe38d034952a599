// Exchanges of SCRAM-SHA-256 that go wrong: each ends its own connection and touches nobody else.
import { beforeAll, afterAll, expect, test } from 'vitest'
import { bytes, int32, message, password, query, sasl, startup, sync } from '../support/frontend'
import { begin, logIn } from '../support/scram'
import { dial, type Wire } from '../support/wire'
import { load, privateDatabase } from '../support/oxbase'
import { place, type Server } from '../support/wire-server'

const GOOD = 'n,,n=,r=abcdefghijklmnopqrstuvwx'
let server: Server

beforeAll(async () => {
  server = await load().startServer({ ...privateDatabase(), port: 0, password: 'secret' })
})

afterAll(() => server.stop())

/** A connection that was asked for its password. */
async function asked(): Promise<Wire> {
  const wire = await dial(place(server))
  void wire.send(startup())
  expect(await wire.line()).toBe('Authentication 10')
  return wire
}

/** The end of it, which nobody else notices. */
async function refused(wire: Wire): Promise<string[]> {
  const lines = await wire.untilEnd()
  expect((await logIn(place(server), 'postgres', 'secret')).at(-1)).toBe('ReadyForQuery I')
  return lines
}

const error = (text: string) => [`Error FATAL 08P01 ${text}`, 'end']

for (const [name, sent, expected] of [
  [
    'a mechanism that was not offered',
    sasl('SCRAM-SHA-256-PLUS', GOOD),
    'client selected an invalid SASL authentication mechanism',
  ],
  [
    'a mechanism of nonsense',
    sasl('x'.repeat(1000), GOOD),
    'client selected an invalid SASL authentication mechanism',
  ],
  [
    'channel binding',
    sasl('SCRAM-SHA-256', 'p=tls-server-end-point,,n=,r=abc'),
    'channel binding is not supported',
  ],
  ['no nonce', sasl('SCRAM-SHA-256', 'n,,n=,r='), 'malformed SCRAM message'],
  ['an extension', sasl('SCRAM-SHA-256', 'n,,m=x,n=,r=abc'), 'malformed SCRAM message'],
  ['no first message', password('SCRAM-SHA-256', int32(-1)), 'malformed SCRAM message'],
  [
    'bytes that are not UTF-8',
    password('SCRAM-SHA-256', int32(2), Buffer.from([0xff, 0xfe])),
    'malformed SCRAM message',
  ],
  ['a password in clear text', password('secret'), 'insufficient data left in message'],
  [
    'a length beyond its message',
    password('SCRAM-SHA-256', int32(1000), Buffer.from('n,,')),
    'insufficient data left in message',
  ],
  ['an empty message', password(), 'invalid string in message'],
  ['a message of another type', query('select 1'), 'expected SASL response, got message type 81'],
  ['Sync', sync, 'expected SASL response, got message type 83'],
  ['another start-up packet', startup(), 'expected SASL response, got message type 0'],
  [
    'a message of 16 MB',
    Buffer.concat([Buffer.from('p'), int32(16 << 20)]),
    'invalid message length',
  ],
  ['a message that is too short', bytes(Buffer.from('p'), int32(3)), 'invalid message length'],
] as const) {
  test(`an exchange that begins with ${name} is refused`, async () => {
    const wire = await asked()
    await wire.send(sent)
    expect(await refused(wire)).toEqual(error(expected))
  })
}

for (const [name, last, expected] of [
  [
    'another nonce',
    (nonce: string) => `c=biws,r=${nonce}x,p=${'A'.repeat(43)}=`,
    'invalid SCRAM response: nonce does not match',
  ],
  [
    'another channel binding',
    (nonce: string) => `c=eSws,r=${nonce},p=${'A'.repeat(43)}=`,
    'channel binding is not supported',
  ],
  ['no proof', (nonce: string) => `c=biws,r=${nonce}`, 'malformed SCRAM message'],
  [
    'a proof that is too short',
    (nonce: string) => `c=biws,r=${nonce},p=AAAA`,
    'malformed SCRAM message',
  ],
  [
    'a proof that is no base64',
    (nonce: string) => `c=biws,r=${nonce},p=!!!!`,
    'malformed SCRAM message',
  ],
  ['nothing', () => '', 'malformed SCRAM message'],
] as const) {
  test(`an exchange that ends with ${name} is refused`, async () => {
    const { wire, first } = await begin(place(server), { user: 'postgres' })
    await wire.send(password(Buffer.from(last(first.nonce))))
    expect(await refused(wire)).toEqual(error(expected))
  })
}

test('a proof of zeros is a wrong password', async () => {
  const { wire, first } = await begin(place(server), { user: 'postgres' })
  await wire.send(password(Buffer.from(`c=biws,r=${first.nonce},p=${'A'.repeat(43)}=`)))
  expect(await refused(wire)).toEqual([
    'Error FATAL 28P01 password authentication failed for user "postgres"',
    'end',
  ])
})

test('an exchange that was good for one connection is no good for another', async () => {
  const [one, other] = [
    await begin(place(server), { user: 'postgres' }),
    await begin(place(server), { user: 'postgres' }),
  ]
  expect(one.first.nonce).not.toBe(other.first.nonce)
  expect(one.first.salt).toBe(other.first.salt)
})

test('nothing is run for a client that has not shown who it is', async () => {
  const wire = await dial(place(server))
  await wire.send(startup(), query('create table smuggled (n int)'))
  expect(await wire.untilEnd()).toEqual([
    'Authentication 10',
    'Error FATAL 08P01 expected SASL response, got message type 81',
    'end',
  ])
  const { rows } = await server.database.query("select to_regclass('smuggled') as found")
  expect(rows).toEqual([{ found: null }])
})

for (const [name, sent] of Object.entries({
  'before it is asked': Buffer.alloc(0),
  'in the middle of its first message': message('p', 'SCRAM-SHA-256').subarray(0, 9),
  'after its first message': sasl('SCRAM-SHA-256', GOOD),
})) {
  test(`a client that vanishes ${name} leaves nothing behind`, async () => {
    const wire = await asked()
    await wire.send(sent)
    wire.vanish()
    expect((await logIn(place(server), 'postgres', 'secret')).at(-1)).toBe('ReadyForQuery I')
    await expect.poll(() => server.getStats().connections, { timeout: 10_000 }).toBe(0)
  })
}

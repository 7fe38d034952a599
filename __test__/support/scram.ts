// The client's side of SCRAM-SHA-256, step by step, so that a test can take a wrong one.
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import { password, sasl, startup, type Parameters } from './frontend'
import { dial, type Place, type Wire } from './wire'

/** What a server said first: its nonce, salt and iterations. */
export interface ServerFirst {
  nonce: string
  salt: string
  iterations: number
}

/** An exchange that the client has begun. */
export interface Exchange {
  wire: Wire
  /** The line in which the server named its mechanisms. */
  offered: string
  /** What it offered. */
  mechanisms: string[]
  bare: string
  serverFirst: string
  first: ServerFirst
}

const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest()
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest()

/** Connects and says the first message of the exchange. */
export async function begin(place: Place, parameters: Parameters): Promise<Exchange> {
  const wire = await dial(place)
  void wire.send(startup(parameters))
  const asked = await wire.message()
  if (asked?.tag !== 'R') throw new Error(`no question for a password: ${asked?.body.toString()}`)
  const mechanisms = asked.body.subarray(4).toString().split('\0').filter(Boolean)
  const bare = `n=,r=${randomBytes(18).toString('base64')}`
  void wire.send(sasl('SCRAM-SHA-256', `n,,${bare}`))
  const answer = await wire.message()
  const serverFirst = answer?.body.subarray(4).toString() ?? ''
  return {
    wire,
    offered: `Authentication ${asked.body.readInt32BE(0)}`,
    mechanisms,
    bare,
    serverFirst,
    first: readFirst(serverFirst),
  }
}

/** Says the last message of the exchange, with the proof for a password. */
export async function finish(exchange: Exchange, secret: string): Promise<string[]> {
  const { wire, bare, serverFirst, first } = exchange
  const withoutProof = `c=biws,r=${first.nonce}`
  const salted = pbkdf2Sync(
    secret,
    Buffer.from(first.salt, 'base64'),
    first.iterations,
    32,
    'sha256'
  )
  const clientKey = hmac(salted, 'Client Key')
  const signature = hmac(sha256(clientKey), `${bare},${serverFirst},${withoutProof}`)
  const proof = clientKey.map((byte, index) => byte ^ (signature[index] ?? 0))
  void wire.send(
    password(Buffer.from(`${withoutProof},p=${Buffer.from(proof).toString('base64')}`))
  )
  return wire.untilReady()
}

/** Logs in with a password and goes away; all that the server said after it was asked. */
export async function logIn(place: Place, user: string, secret: string): Promise<string[]> {
  const exchange = await begin(place, { user })
  const lines = await finish(exchange, secret)
  exchange.wire.socket.destroy()
  return lines
}

function readFirst(text: string): ServerFirst {
  const attributes = Object.fromEntries(
    text.split(',').map((each) => [each.slice(0, 1), each.slice(2)])
  )
  return {
    nonce: attributes['r'] ?? '',
    salt: attributes['s'] ?? '',
    iterations: Number(attributes['i'] ?? 0),
  }
}

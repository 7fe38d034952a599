// Bytes of chance, and messages that chance has changed, on a server that is in use. SERVER_SEED sets
// where the chance begins; a failure prints it.
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  bind,
  copyData,
  copyDone,
  describe,
  execute,
  flush,
  gssRequest,
  parse,
  query,
  sasl,
  sslRequest,
  startup,
  sync,
} from '../support/frontend'
import { load, privateDatabase } from '../support/oxbase'
import { bounded, connectWire, dial, type Place } from '../support/wire'
import { Bystander, COMMITTED, place, UNTOUCHED, type Server } from '../support/wire-server'

const SEED = Number(process.env['SERVER_SEED'] ?? 1)
const CONNECTIONS = Number(process.env['SERVER_ROUNDS'] ?? 150)
/** How long a connection of chance is listened to: it may well wait for more of a message. */
const PATIENCE = 150

let server: Server
let at: Place

beforeAll(async () => {
  server = await load().startServer({ ...privateDatabase(), port: 0, tls: true })
  at = place(server)
})

afterAll(() => server.stop())

/** Numbers that look like chance and are the same in each run. */
class Chance {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  below(end: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((this.#state / 2 ** 32) * end)
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)))
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T
  }
}

const MESSAGES = [
  query('select 1'),
  query('copy (select 1) to stdout'),
  query('create temp table if not exists c (n int); copy c from stdin'),
  parse('s', 'select $1::int'),
  bind('p', 's', ['1']),
  describe('S', 's'),
  execute('p', 1),
  sync,
  flush,
  copyData('1\n'),
  copyDone,
  sasl('SCRAM-SHA-256', 'n,,n=,r=abc'),
  startup(),
  sslRequest,
  gssRequest,
]

/** Some messages in a row, a few bytes of them changed, left out or put in. */
function changed(chance: Chance): Buffer {
  const whole = Buffer.concat(
    Array.from({ length: 1 + chance.below(8) }, () => chance.of(MESSAGES))
  )
  const bytes = [...whole]
  for (let changes = chance.below(4); changes > 0; changes -= 1) {
    const position = chance.below(bytes.length)
    const kind = chance.below(3)
    if (kind === 0) bytes[position] = chance.below(256)
    else if (kind === 1) bytes.splice(position, 1 + chance.below(4))
    else bytes.splice(position, 0, ...chance.bytes(1 + chance.below(4)))
  }
  return Buffer.from(bytes)
}

/** Sends bytes in pieces, listens for a moment, and goes away in one way or another. */
async function trouble(chance: Chance, begun: boolean, bytes: Buffer): Promise<void> {
  const wire = begun ? await connectWire(at) : await dial(at)
  for (let position = 0; position < bytes.length;) {
    const end = position + 1 + chance.below(bytes.length)
    void wire.send(bytes.subarray(position, end))
    position = end
  }
  const heard = new Promise((resolve) => wire.socket.once('close', resolve).once('end', resolve))
  await bounded(heard, 'an end', PATIENCE).catch(() => undefined)
  if (chance.below(2) === 0) wire.vanish()
  else wire.socket.destroy()
}

for (const [name, begun, make] of [
  ['bytes of chance in place of a first packet', false, (c: Chance) => c.bytes(1 + c.below(200))],
  ['a first packet that chance has changed', false, changed],
  ['bytes of chance in a session', true, (c: Chance) => c.bytes(1 + c.below(200))],
  ['messages that chance has changed', true, changed],
] as const) {
  test(`${name} hurt nobody else (seed ${SEED})`, async () => {
    const chance = new Chance(SEED)
    const batches = CONNECTIONS / 25
    for (let batch = 0; batch < batches; batch += 1) {
      // By turns, the trouble has the database to itself, and waits for a transaction.
      const before = batch % 2 === 0 ? await Bystander.on(at) : undefined
      const all = Array.from({ length: 25 }, () => trouble(chance, begun, make(chance)))
      await bounded(Promise.all(all), 'the end of the trouble')
      const bystander = before ?? (await Bystander.on(at))
      expect(await bystander.works()).toEqual(UNTOUCHED)
      expect(await bystander.ends()).toEqual(COMMITTED)
    }
    const bystanders = 2 * batches
    await expect.poll(() => server.getStats().connections, { timeout: 20_000 }).toBe(bystanders)
  })
}

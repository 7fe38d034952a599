// A client of PostgreSQL's protocol that sends any bytes it is told to, also wrong ones, and tells what
// comes back line by line. Every wait is bounded; sockets are destroyed with the test.
import { once } from 'node:events'
import * as net from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import * as tls from 'node:tls'
import { onTestFinished } from 'vitest'
import { line, split, type Backend } from './backend'
import { cancelRequest, query, startup, PROTOCOL_3_0, type Parameters } from './frontend'

/** Where a server listens. */
export type Place = { host: string; port: number } | { path: string }

/** How long an answer may take. */
const LIMIT = 30_000
/** How much is read ahead of the test. */
const MOST_UNREAD = 4 << 20
/** Stands in a list of lines where the connection has ended. */
export const END = 'end'

/** One connection. */
export class Wire {
  #socket: net.Socket
  readonly #plain: net.Socket
  #bytes: Buffer = Buffer.alloc(0)
  #ended = false
  #asleep = false
  #changed = new Set<() => void>()
  /** What the server said for cancel requests, once it has. */
  processId = 0
  key: Buffer = Buffer.alloc(0)

  constructor(socket: net.Socket) {
    this.#socket = socket
    this.#plain = socket
    this.#hear(socket)
  }

  /** The socket, for what a client may do to it. */
  get socket(): net.Socket {
    return this.#socket
  }

  /** Writes bytes; resolves when the system has taken them. */
  send(...parts: Buffer[]): Promise<void> {
    return new Promise((resolve) => this.#socket.write(Buffer.concat(parts), () => resolve()))
  }

  /** The next single byte, as the answer to a request for encryption. */
  async byte(): Promise<string> {
    await this.#until(() => this.#bytes.length > 0)
    const byte = this.#bytes.toString('latin1', 0, 1)
    this.#bytes = this.#bytes.subarray(1)
    return byte
  }

  /** The next message; undefined when the connection has ended. */
  async message(limit = LIMIT): Promise<Backend | undefined> {
    if (!isWhole(this.#bytes) && !this.#asleep) this.#socket.resume()
    await this.#until(() => isWhole(this.#bytes), limit)
    if (!isWhole(this.#bytes)) return undefined
    const length = this.#bytes.readInt32BE(1) + 1
    const { messages } = split(this.#bytes.subarray(0, length))
    this.#bytes = this.#bytes.subarray(length)
    if (this.#bytes.length < MOST_UNREAD && !this.#asleep) this.#socket.resume()
    const [first] = messages
    if (first?.tag === 'K') {
      this.processId = first.body.readInt32BE(0)
      this.key = first.body.subarray(4)
    }
    return first
  }

  /** The next message as a line. */
  async line(limit = LIMIT): Promise<string> {
    const message = await this.message(limit)
    return message === undefined ? END : line(message)
  }

  /** The lines up to the first one of this kind, or the end. */
  async until(kind: string, limit = LIMIT): Promise<string[]> {
    const lines: string[] = []
    for (;;) {
      const next = await this.line(limit)
      lines.push(next)
      if (next === END || next.startsWith(kind)) return lines
    }
  }

  /** The lines of an answer. */
  untilReady(limit = LIMIT): Promise<string[]> {
    return this.until('ReadyForQuery', limit)
  }

  /** All that comes until the connection ends. */
  untilEnd(limit = LIMIT): Promise<string[]> {
    return this.until(END, limit)
  }

  /** Sends, and tells what came back up to ReadyForQuery. */
  async ask(...parts: Buffer[]): Promise<string[]> {
    void this.send(...parts)
    return this.untilReady()
  }

  /** Runs a simple query. */
  run(text: string): Promise<string[]> {
    return this.ask(query(text))
  }

  /** Bytes that have come and were not read as messages. */
  get unread(): Buffer {
    return this.#bytes
  }

  /** Whether the connection has ended. */
  get ended(): boolean {
    return this.#ended
  }

  /** Reads nothing more until the next `wake`. */
  sleep(): void {
    this.#asleep = true
    this.#socket.pause()
  }

  wake(): void {
    this.#asleep = false
    this.#socket.resume()
  }

  /** Ends the side that writes; the other one is still read. */
  finish(): void {
    this.#socket.end()
  }

  /** Goes away without a word. */
  vanish(): void {
    this.#plain.resetAndDestroy()
  }

  /** Encrypts what follows. */
  async encrypt(options: tls.ConnectionOptions = {}): Promise<tls.TLSSocket> {
    const plain = this.#socket
    plain.removeAllListeners('data')
    const socket = tls.connect({ socket: plain, rejectUnauthorized: false, ...options })
    // What the other side closes with is of no interest here; that it is closed is heard.
    socket.on('error', () => undefined)
    await bounded(once(socket, 'secureConnect'), 'encryption')
    this.#socket = socket
    this.#hear(socket)
    return socket
  }

  #hear(socket: net.Socket): void {
    const change = () => {
      for (const wake of this.#changed) wake()
    }
    socket.on('data', (chunk: Buffer) => {
      this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk])
      if (this.#bytes.length > MOST_UNREAD) socket.pause()
      change()
    })
    const end = () => {
      this.#ended = true
      change()
    }
    socket.on('end', end).on('close', end).on('error', end)
  }

  async #until(reached: () => boolean, limit = LIMIT): Promise<void> {
    if (reached() || this.#ended) return
    let wake = (): void => undefined
    const heard = new Promise<void>((resolve) => {
      wake = () => (reached() || this.#ended ? resolve() : undefined)
      this.#changed.add(wake)
    })
    await bounded(heard, 'an answer', limit).finally(() => this.#changed.delete(wake))
  }
}

function isWhole(bytes: Buffer): boolean {
  return bytes.length >= 5 && bytes.length > bytes.readInt32BE(1)
}

/** Rejects when it takes too long. */
export async function bounded<T>(promise: Promise<T>, what: string, limit = LIMIT): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not come in ${limit} ms`)), limit)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

/** A connection that has said nothing. */
export async function dial(place: Place): Promise<Wire> {
  const socket = net.connect({ ...place, allowHalfOpen: true, noDelay: true } as net.NetConnectOpts)
  onTestFinished(() => void socket.destroy())
  await bounded(once(socket, 'connect'), 'a connection')
  return new Wire(socket)
}

/** A connection whose session has begun. */
export async function connectWire(
  place: Place,
  parameters: Parameters = { user: 'postgres' },
  version = PROTOCOL_3_0
): Promise<Wire> {
  const wire = await dial(place)
  const lines = await wire.ask(startup(parameters, version))
  if (lines.at(-1) !== 'ReadyForQuery I') throw new Error(`no session: ${lines.join('; ')}`)
  return wire
}

/** What the server says to a start-up packet, or to anything else that comes first. */
export async function greeting(place: Place, ...parts: Buffer[]): Promise<string[]> {
  const wire = await dial(place)
  void wire.send(...parts)
  return wire.untilReady()
}

/** Sends a cancel request; resolves when the server has taken it. */
export async function cancel(place: Place, processId: number, key: Buffer): Promise<string[]> {
  const messenger = await dial(place)
  await messenger.send(cancelRequest(processId, key))
  return messenger.untilEnd()
}

/** Sends cancel requests until the statement is answered: the first may come before it runs. */
export async function cancelUntil<T>(place: Place, wire: Wire, answer: Promise<T>): Promise<T> {
  let answered = false
  const settled = answer.finally(() => (answered = true))
  settled.catch(() => undefined)
  while (!answered) {
    // Each request is waited for: one that is late would stop the next statement.
    await cancel(place, wire.processId, wire.key)
    // A thousand requests a second are no help where each has to be carried through two processes.
    await Promise.race([settled.catch(() => undefined), pause(5)])
  }
  return settled
}

// Servers of the newline protocol that are stopped with the test, and a client that speaks it by hand.
import { once } from 'node:events'
import * as net from 'node:net'
import { afterAll, onTestFinished } from 'vitest'
import type * as Oxbase from 'oxbase'
import { load, privateDatabase } from '../support/oxbase'

const { Database } = load()
export const { PGliteServer, startNdjsonServer } = load()

let shared: Promise<Oxbase.Database> | undefined

afterAll(async () => (await shared)?.close())

/** The longest that a test waits for a line, in milliseconds. */
const PATIENCE = 15_000

/** A started server of the first design. */
export async function startPGliteServer(
  pooler: Oxbase.PGlitePooler,
  config: Omit<Oxbase.PGliteServerConfig, 'pooler'> = {}
): Promise<Oxbase.PGliteServer> {
  const server = new PGliteServer({ port: 0, ...config, pooler })
  onTestFinished(() => server.stop())
  await server.start()
  return server
}

/** The database of this file's tests, as if it had just been made. */
async function emptyDatabase(): Promise<Oxbase.Database> {
  shared ??= Database.open(privateDatabase())
  const database = await shared
  await database.exec('drop schema public cascade; create schema public')
  return database
}

/** A started server, on an empty database unless the options say otherwise. */
export async function serve(
  options: Oxbase.NdjsonServerOptions = {}
): Promise<Oxbase.NdjsonServer> {
  const { dataDir, path } = options
  const place = path === undefined ? { port: 0 } : {}
  const database = dataDir === undefined ? { database: await emptyDatabase() } : {}
  const server = await startNdjsonServer({ ...place, ...database, ...options })
  onTestFinished(() => server.stop())
  return server
}

/** What a test takes from an answer. */
export type Answer = Record<string, unknown> & { status: string }

/** A client that sends what it is told and reads line by line. */
export class LineClient {
  readonly socket: net.Socket
  #text = ''
  #lines: string[] = []
  #ended = false
  #changed: (() => void) | undefined

  private constructor(socket: net.Socket) {
    this.socket = socket
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => {
      const lines = (this.#text + text).split('\n')
      this.#text = lines.pop() as string
      this.#lines.push(...lines)
      this.#changed?.()
    })
    const end = () => {
      this.#ended = true
      this.#changed?.()
    }
    socket.on('error', end)
    socket.on('end', end)
    socket.on('close', end)
  }

  /** Connects, and stays connected until the test has ended. */
  static async connect(place: { port?: number | undefined; path?: string | undefined }) {
    const { port, path } = place
    const socket = net.connect({
      allowHalfOpen: true,
      ...(port === undefined ? { path: path as string } : { port, host: '127.0.0.1' }),
    })
    onTestFinished(() => void socket.destroy())
    await once(socket, 'connect')
    return new LineClient(socket)
  }

  /** Sends bytes as they are. */
  send(bytes: string | Uint8Array): void {
    this.socket.write(bytes)
  }

  /** Ends the client's side. */
  end(bytes: string | Uint8Array = ''): void {
    this.socket.end(bytes)
  }

  /** The next line, or `end` when there is none any more. */
  async line(): Promise<string> {
    await this.#until(() => this.#lines.length > 0 || this.#ended)
    return this.#lines.shift() ?? (this.#text === '' ? 'end' : `unfinished: ${this.#text}`)
  }

  /** The next line as JSON. */
  async answer(): Promise<Answer> {
    const line = await this.line()
    if (line === 'end') throw new Error('the server has ended the connection')
    return JSON.parse(line) as Answer
  }

  /** Sends a line and takes its answer. */
  ask(sql: string): Promise<Answer> {
    this.send(`${sql}\n`)
    return this.answer()
  }

  /** All lines to the end. */
  async rest(): Promise<Answer[]> {
    const answers: Answer[] = []
    for (;;) {
      const line = await this.line()
      if (line === 'end') return answers
      answers.push(JSON.parse(line) as Answer)
    }
  }

  async #until(isSo: () => boolean): Promise<void> {
    const deadline = setTimeout(() => this.#changed?.(), PATIENCE)
    const started = Date.now()
    while (!isSo()) {
      if (Date.now() - started >= PATIENCE) throw new Error(`no line came; so far ${this.#text}`)
      await new Promise<void>((resolve) => (this.#changed = resolve))
    }
    clearTimeout(deadline)
  }
}

/**
 * `NdjsonConnection`: one client of the newline protocol. A line of SQL comes in, its answer goes out, and
 * only then the next line is looked at; so what a client does not read stops what is read from it.
 */
import type { PGlitePooler } from '../pooler'
import type { UniversalSocket } from '../socket'
import { guard, type Guard } from '../socket/guard'
import { LineSession } from './line-session'
import { LineSplitter, type Line } from './line-splitter'
import { errorLine, refusal, successLine } from './reply'

/** What bounds a connection. */
export interface ConnectionLimits {
  /** Bytes of the longest line. */
  readonly maxLineLength: number
  /** Milliseconds without anything sent or taken by the client; 0 is no limit. */
  readonly idleTimeout: number
}

/** Called with each line that goes in (`>`) or out (`<`). */
export type Inspect = (line: string) => void

/** What came in, or that nothing more will. */
type Received = { done: false; value: Uint8Array } | { done: true; value: undefined }

/** How long a client may take to close its side once ours was ended, in milliseconds. */
const LINGER = 1000

/** One client. */
export class NdjsonConnection {
  /** The client's address, or a name for it where it has none. */
  readonly name: string
  readonly #socket: UniversalSocket
  readonly #session: LineSession
  readonly #limits: ConnectionLimits
  readonly #inspect: Inspect | undefined
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  readonly #stopping = new AbortController()
  readonly #encoder = new TextEncoder()
  #timer: Guard | undefined
  #linger: Guard | undefined
  /** The line that ends the connection. */
  #lastLine: string | undefined
  #isRunning = false
  /** Whether the client takes no answers any more. */
  #isDeaf = false

  constructor(
    name: string,
    socket: UniversalSocket,
    pooler: PGlitePooler,
    limits: ConnectionLimits,
    inspect?: Inspect
  ) {
    this.name = name
    this.#socket = socket
    this.#session = new LineSession(pooler)
    this.#limits = limits
    this.#inspect = inspect
    this.#writer = socket.writable.getWriter()
    this.#reader = socket.readable.getReader()
    // What is written after the end is nobody's concern.
    this.#writer.closed.catch(() => undefined)
    this.#reader.closed.catch(() => undefined)
  }

  /** Answers the client until it is done, gone, or told to go. */
  async run(): Promise<void> {
    const splitter = new LineSplitter(this.#limits.maxLineLength)
    try {
      for (;;) {
        const { done, value } = await this.#received()
        for (const line of done ? splitter.end() : splitter.push(value)) await this.#answer(line)
        if (done || this.#lastLine !== undefined) break
      }
      await this.#end()
    } catch {
      // The client is gone.
    } finally {
      clearTimeout(this.#timer)
      clearTimeout(this.#linger)
      await this.#session.end()
      await this.#socket.close().catch(() => undefined)
    }
  }

  /** Ends the connection once what runs has run; the client is told why. */
  terminate(error: Error): void {
    if (this.#lastLine !== undefined) return
    this.#lastLine = errorLine(error)
    if (!this.#isRunning) this.#lingerOnly()
    this.#stopping.abort(error)
  }

  /** What comes in next; the end when the connection is to end. */
  async #received(): Promise<Received> {
    const { signal } = this.#stopping
    if (signal.aborted) return { done: true, value: undefined }
    const reading = this.#reader.read() as Promise<Received>
    return this.#guarded(
      () =>
        new Promise((resolve, reject) => {
          const stop = (): void => resolve({ done: true, value: undefined })
          signal.addEventListener('abort', stop, { once: true })
          const settled = (): void => signal.removeEventListener('abort', stop)
          reading.finally(settled).then(resolve, reject)
        })
    )
  }

  async #answer(line: Line): Promise<void> {
    if (this.#lastLine !== undefined || ('text' in line && line.text.trim() === '')) return
    this.#isRunning = true
    const reply = await this.#reply(line)
    this.#isRunning = false
    if (this.#isDeaf) return
    if (this.#lastLine !== undefined) this.#lingerOnly()
    this.#inspect?.(`< ${this.name} ${reply}`)
    // What has come in is run, even if nobody takes the answers.
    await this.#guarded(() => this.#write(reply)).catch(() => (this.#isDeaf = true))
  }

  async #reply(line: Line): Promise<string> {
    if ('problem' in line) {
      const { maxLineLength } = this.#limits
      const error =
        line.problem === 'tooLong'
          ? refusal('54000', `the line is longer than ${maxLineLength} bytes`)
          : refusal('22021', 'the line is not valid UTF-8')
      return errorLine(error)
    }
    this.#inspect?.(`> ${this.name} ${line.text}`)
    try {
      if (line.text.includes('\0')) {
        throw refusal('22021', 'invalid byte sequence for encoding "UTF8": 0x00')
      }
      return successLine(await this.#session.run(line.text))
    } catch (error) {
      return errorLine(error)
    }
  }

  #write(line: string): Promise<void> {
    return this.#writer.write(this.#encoder.encode(`${line}\n`))
  }

  /** Waits for the client, but not for longer than it may be idle. */
  async #guarded<T>(wait: () => Promise<T>): Promise<T> {
    const { idleTimeout } = this.#limits
    if (idleTimeout > 0) {
      this.#timer = guard(() => this.#idle(), idleTimeout)
    }
    try {
      return await wait()
    } finally {
      clearTimeout(this.#timer)
    }
  }

  #idle(): void {
    const error = refusal('57P05', 'terminating connection due to idle-session timeout', 'FATAL')
    // A client that takes nothing is not told anything.
    if ((this.#writer.desiredSize ?? 0) <= 0) void this.#writer.abort(error).catch(() => undefined)
    this.terminate(error)
  }

  /** From here on the client has a moment to take what is left and to close its side. */
  #lingerOnly(): void {
    this.#linger ??= guard(() => {
      this.#writer.abort().catch(() => undefined)
      this.#socket.close().catch(() => undefined)
    }, LINGER)
  }

  /** Says the last word and ends our side; waits a little for the client to end its own. */
  async #end(): Promise<void> {
    if (this.#lastLine !== undefined) {
      this.#inspect?.(`< ${this.name} ${this.#lastLine}`)
      await this.#write(this.#lastLine)
    }
    this.#lingerOnly()
    await this.#writer.close()
    // To close while input is unread would reset the connection, and with it what was just said.
    while (!(await this.#reader.read()).done);
  }
}

/**
 * The connection of a client: bytes of the PostgreSQL protocol into a native session and back.
 * Has what `pg.Connection` expects of a socket, with its backpressure: a write completes when the
 * session takes more, and a streamed chunk is acknowledged when the reader has taken it.
 */
import { Duplex } from 'node:stream'
import { KeepAlive } from '../keep-alive'
import { dispatcher, Flag, Kind, type Recipient } from '../mailbox'
import { createSession, type NativeDatabase, type NativeSession } from '../native'
import type { NativeSessionInfo, NativeSessionOptions } from '../native'
import type { DatabaseSource } from '../source'
import type { Bytes } from './internals'

const HIGH_WATER_MARK = 1 << 20
/** Small chunks (COPY makes many) are gathered up to this size, or until what runs has run. */
const GATHERED_BYTES = 32768
/** From this size on a chunk is written as it is. */
const LARGE_CHUNK = 4096

/** Reads replies ahead of the stream. Returns how many bytes it took; the rest goes down the stream. */
export interface ReplyReader {
  /** Whether the next bytes are the reader's. */
  accepts(flags: number): boolean
  read(bytes: Bytes, length: number, ascii: boolean): number
}

/** A Duplex stream into one session. */
export class SessionStream extends Duplex implements Recipient {
  /** Takes whole replies without the detour through the stream, when set and willing. */
  reader: ReplyReader | undefined
  /** Priority of what is written, -1 for the session's own. */
  priority = -1
  readonly #source: DatabaseSource
  readonly #options: NativeSessionOptions
  #database: NativeDatabase | undefined
  #session: NativeSession | undefined
  #written: (() => void) | undefined
  readonly #gathered: Buffer[] = []
  #gatheredBytes = 0
  readonly #flush = (): void => this.#writeGathered()
  /** The session asked to wait, and says when it goes on. */
  #paused = false
  #unacknowledged = 0
  #awaited = 0
  #referenced = true
  #holding = false
  readonly #keepAlive = new KeepAlive()

  constructor(source: DatabaseSource, options: NativeSessionOptions) {
    super({ highWaterMark: HIGH_WATER_MARK, allowHalfOpen: false, autoDestroy: true })
    this.#source = source
    this.#options = options
  }

  /** Opens the session. Emits `connect`, or `error` and `close`. Address arguments mean nothing here. */
  connect(): this {
    this.#hold(true)
    this.#open().then(
      () => process.nextTick(() => this.destroyed || this.emit('connect')),
      (error: unknown) => this.destroy(error as Error)
    )
    return this
  }

  async #open(): Promise<void> {
    const database = await this.#source.acquire()
    if (this.destroyed) {
      await this.#source.release(database)
      return
    }
    this.#database = database
    const mailbox = dispatcher()
    this.#session = createSession(database, mailbox.native, this.#options)
    mailbox.register(this.#session.id, this)
  }

  /** Whether nothing is under way in either direction, so that bytes may bypass the stream. */
  get idle(): boolean {
    return this.writableLength === 0 && this.#gatheredBytes === 0 && !this.#paused && this.writable
  }

  /** Whether a reader of the stream would get the next bytes at once. */
  get flowing(): boolean {
    return this.readableFlowing === true && this.readableLength === 0
  }

  /** Writes one batch past the stream's buffers. Only while `idle`. */
  send(bytes: Buffer, length: number, priority: number): void {
    if (this.#session === undefined) return
    this.#awaited += 1
    // Whether more input is welcome matters for COPY, which goes through the stream.
    this.#session.write(bytes, length, priority)
    dispatcher().sent()
  }

  /** Names the session in the engine, while it is open. */
  get sessionId(): number | undefined {
    return this.#session?.id
  }

  /** The sessions of the engine. */
  sessions(): NativeSessionInfo[] {
    return this.#database?.sessions() ?? []
  }

  /** Stops what the session runs or waits to run. */
  cancel(): void {
    this.#session?.cancel()
  }

  /** Answers what the session waits for with an error. False when it waits for nothing. */
  refuse(code: string, message: string, detail: string, hint: string): boolean {
    return this.#session?.refuse(code, message, detail, hint) === true
  }

  /** Has the engine show where the session's transaction began. */
  noteCallSite(text: string): void {
    this.#session?.noteCallSite(text)
  }

  deliver(kind: number, bytes: Bytes, length: number, flags: number): void {
    if (kind === Kind.DRAIN) return this.#drained()
    if (kind === Kind.CLOSED) return this.#closed(bytes, length)
    if ((flags & Flag.LAST) !== 0) this.#answered(1)
    let taken = 0
    if (this.reader !== undefined && this.flowing && this.reader.accepts(flags)) {
      taken = this.reader.read(bytes, length, (flags & Flag.ASCII) !== 0)
    }
    const wantsMore = taken === length || this.#pushCopy(bytes, taken, length)
    if ((flags & Flag.STREAMED) === 0) return
    this.#unacknowledged += length
    if (wantsMore) this.#acknowledge()
  }

  /** The shared scratch buffer is used again, so what goes down the stream is copied. */
  #pushCopy(bytes: Buffer, start: number, end: number): boolean {
    return this.push(Buffer.from(bytes.subarray(start, end)))
  }

  override _read(): void {
    this.#acknowledge()
  }

  #acknowledge(): void {
    if (this.#unacknowledged === 0) return
    this.#session?.acknowledge(this.#unacknowledged)
    this.#unacknowledged = 0
  }

  override _write(chunk: Buffer, _encoding: string, callback: (error?: Error) => void): void {
    if (this.#session === undefined) {
      // Before the session is there, `pg` only writes that it wants to go.
      callback()
      this.destroy()
      return
    }
    if (chunk.length >= LARGE_CHUNK) {
      this.#writeGathered()
      this.#writeNow(chunk)
    } else {
      if (this.#gatheredBytes === 0) process.nextTick(this.#flush)
      this.#gathered.push(chunk)
      this.#gatheredBytes += chunk.length
      if (this.#gatheredBytes >= GATHERED_BYTES) this.#writeGathered()
    }
    if (this.#paused) this.#written = callback
    else callback()
  }

  #writeGathered(): void {
    if (this.#gatheredBytes === 0) return
    const chunks = this.#gathered
    const bytes = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)
    chunks.length = 0
    this.#gatheredBytes = 0
    this.#writeNow(bytes)
  }

  #writeNow(bytes: Buffer): void {
    if (this.#session === undefined) return
    if (this.#awaited === 0) {
      this.#awaited = 1
      dispatcher().sent()
    }
    if (!this.#session.write(bytes, bytes.length, this.priority)) this.#paused = true
  }

  override _writev(
    chunks: { chunk: Buffer; encoding: string }[],
    callback: (error?: Error) => void
  ): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), 'buffer', callback)
  }

  override _final(callback: (error?: Error) => void): void {
    this.#writeGathered()
    callback()
    process.nextTick(() => this.destroy())
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#answered(this.#awaited)
    if (this.#session !== undefined) dispatcher().unregister(this.#session.id)
    this.#session?.end()
    this.#session = undefined
    this.#written = undefined
    const database = this.#database
    this.#database = undefined
    const done = (): void => {
      this.#hold(false)
      callback(error)
    }
    if (database === undefined) return done()
    // The connection is over all the same; that the engine had trouble to close is worth a warning.
    const warn = (failure: Error): void => process.emitWarning(failure)
    void this.#source.release(database).catch(warn).then(done)
  }

  #drained(): void {
    this.#paused = false
    const written = this.#written
    this.#written = undefined
    written?.()
  }

  #closed(bytes: Buffer, length: number): void {
    if (length > 0) this.#pushCopy(bytes, 0, length)
    this.push(null)
    process.nextTick(() => this.destroy())
  }

  #answered(count: number): void {
    const answered = Math.min(count, this.#awaited)
    if (answered === 0) return
    this.#awaited -= answered
    dispatcher().answered(answered)
  }

  /** Lets this connection keep the process alive, as a socket does. */
  ref(): this {
    this.#referenced = true
    this.#hold(this.#holding)
    return this
  }

  /** Lets the process end though this connection is open. */
  unref(): this {
    this.#referenced = false
    this.#hold(this.#holding)
    return this
  }

  #hold(open: boolean): void {
    this.#holding = open
    this.#keepAlive.set(open && this.#referenced)
  }

  /** Nothing is delayed here; `pg` sets it on its sockets. */
  setNoDelay(): this {
    return this
  }

  /** There is no peer that could vanish; `pg` sets it on its sockets. */
  setKeepAlive(): this {
    return this
  }
}

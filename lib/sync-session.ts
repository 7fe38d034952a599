/**
 * A session that blocks: the thread waits for each answer without going back to the event loop.
 * It has a mailbox of its own, so that it may be used while a reply for somebody else is being read.
 */
import { EventEmitter } from 'node:events'
import type pg from 'pg'
import { CallSite } from './call-site'
import { DEADLOCK_TIMEOUT_MS, refuse } from './deadlock'
import { dispatcher, Flag, Kind, Polled } from './mailbox'
import {
  createMailbox,
  createSession,
  type NativeDatabase,
  type NativeMailbox,
  type NativeSession,
} from './native'
import type { DatabaseOptions } from './options'
import { noteCallSites } from './transaction-context'
import { batch, encodeBatch, refusalOf } from './pg/encoder'
import {
  Query,
  serialize,
  type Bytes,
  type ConnectionInternals,
  type QueryInternals,
} from './pg/internals'
import { Reply, type ReplyTarget } from './pg/reply'

const SCRATCH_BYTES = 65536
/** How long one look into the mailbox lasts, in milliseconds. */
const WAIT_MS = 1000
/** How long the first one lasts; after it comes the question whether the turn can ever come. */
const FIRST_WAIT_MS = 10
/** Bound on waiting for a turn where the database has none: the turn may depend on this very thread. */
const QUEUE_TIMEOUT_MS = 60_000

const COPY_IN_RESPONSE = 0x47
const NO_PRIORITY = -1

/** The blocking sessions of this thread. */
const blocking = new Set<number>()

/** A blocking session on an open database. */
export class SyncSession implements ReplyTarget {
  readonly connection: ConnectionInternals
  _activeQuery: QueryInternals | null | undefined
  readonly #scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES) as Bytes
  readonly #header = new Int32Array(4)
  readonly #mailbox: NativeMailbox
  readonly #session: NativeSession
  readonly #database: NativeDatabase
  readonly #detects: boolean
  readonly #reply = new Reply(this)
  #ready = false
  #closed = false
  #failure: Error | undefined
  /** Beginning of a message whose rest is still to come; COPY output is cut anywhere. */
  #partial: Buffer = Buffer.alloc(0)

  constructor(database: NativeDatabase, options: DatabaseOptions) {
    this.#mailbox = createMailbox(this.#scratch, this.#header, () => undefined)
    this.#database = database
    this.#detects = (options.deadlockTimeout ?? DEADLOCK_TIMEOUT_MS) > 0
    this.#session = createSession(database, this.#mailbox, {
      queueTimeout: options.queueTimeout || QUEUE_TIMEOUT_MS,
      ...(options.statementTimeout !== undefined && { statementTimeout: options.statementTimeout }),
    })
    blocking.add(this.#session.id)
    this.connection = Object.assign(new EventEmitter(), {
      parsedStatements: {},
      submittedNamedStatements: {},
    }) as unknown as ConnectionInternals
    this.connection.on('errorMessage', (error: Error) => this.#handleError(error))
    const startup = serialize.startup({ user: 'postgres', database: 'postgres' })
    this.#run(startup, startup.length)
  }

  /** Runs one query and returns its result, or an array of results for several statements. */
  query(config: pg.QueryConfig): pg.QueryResult | pg.QueryResult[] {
    let outcome: { error: Error | null; result: unknown } | undefined
    const query = new Query(config, undefined, (error: Error | null, result: unknown) => {
      outcome ??= { error, result }
    })
    const refusal = refusalOf(query)
    if (refusal !== undefined) throw refusal
    const length = encodeBatch(query, this.connection)
    const bytes = length > 0 ? batch : encodeLarge(query)
    this._activeQuery = query
    this.#run(bytes, length > 0 ? length : bytes.length)
    const { error, result } = outcome as unknown as { error?: Error; result: unknown }
    if (error instanceof Error) throw error
    return result as pg.QueryResult | pg.QueryResult[]
  }

  /** Whether the session has ended. */
  get closed(): boolean {
    return this.#closed
  }

  /** Ends the session. */
  end(): void {
    this.#closed = true
    blocking.delete(this.#session.id)
    this.#session.end()
  }

  _handleParseComplete(): void {
    const query = this._activeQuery
    if (query != null) this.connection.parsedStatements[query.name as string] = query.text as string
  }

  _handleReadyForQuery(): void {
    this.#ready = true
    const query = this._activeQuery
    this._activeQuery = null
    query?.handleReadyForQuery(this.connection)
  }

  #handleError(error: Error): void {
    const query = this._activeQuery
    this._activeQuery = null
    if (query == null) this.#failure = error
    else query.handleError(error, this.connection)
  }

  /** Sends a batch and blocks until its reply is complete. */
  #run(bytes: Buffer, length: number): void {
    if (this.#closed) throw new Error('Connection terminated')
    this.#ready = false
    this.#failure = undefined
    this.#session.write(bytes, length, NO_PRIORITY)
    let waited = FIRST_WAIT_MS
    while (!this.#ready && !this.#closed) {
      const code = this.#mailbox.wait(this.#session.id, waited)
      if (code === Polled.NONE) {
        if (this.#detects && waited === FIRST_WAIT_MS) this.#refuseDeadlock()
        waited = WAIT_MS
        continue
      }
      const kind = this.#header[1]
      if (kind === Kind.CLOSED) this.#closed = true
      if (kind === Kind.DRAIN) continue
      const reply = code === Polled.LARGE ? (this.#mailbox.takeLarge() as Bytes) : this.#scratch
      this.#consume(reply, this.#header[2] as number, this.#header[3] as number)
    }
    const failure = this.#failure as Error | undefined
    if (failure !== undefined) throw failure
    if (this.#closed) throw new Error('Connection terminated unexpectedly')
  }

  /** This thread stands still, so a transaction of its own that is idle stays so: nothing else is awaited. */
  #refuseDeadlock(): void {
    noteCallSites()
    const sessions = this.#database.sessions()
    const waitsFor = sessions.find(({ id }) => id === this.#session.id)?.waitsFor
    const holder = sessions.find(({ id }) => id === waitsFor)
    if (holder === undefined || !holder.state.startsWith('idle in transaction')) return
    if (!dispatcher().serves(holder.id) && !blocking.has(holder.id)) return
    const waiting = {
      sessionId: this.#session.id,
      sessions: () => sessions,
      refuse: this.#session.refuse.bind(this.#session),
    }
    refuse(waiting, holder, String(new CallSite()), holder.callSite)
  }

  /** Reads what was delivered. COPY has no data to send here and nowhere to put what it gets. */
  #consume(delivered: Bytes, deliveredLength: number, flags: number): void {
    if ((flags & Flag.STREAMED) !== 0) this.#session.acknowledge(deliveredLength)
    const whole = this.#partial.length === 0
    const received = delivered.subarray(0, deliveredLength)
    const reply = (whole ? received : Buffer.concat([this.#partial, received])) as Bytes
    const { length } = reply
    let at = 0
    while (at + 5 <= length) {
      const rest = reply.subarray(at) as Bytes
      at += this.#reply.read(rest, length - at, (flags & Flag.ASCII) !== 0)
      if (at + 5 > length) break
      const end = at + 1 + reply.readInt32BE(at + 1)
      if (end > length) break
      if (reply[at] === COPY_IN_RESPONSE) {
        const fail = serialize.copyFail('No source stream defined')
        this.#session.write(fail, fail.length, NO_PRIORITY)
      }
      at = end
    }
    this.#partial = Buffer.from(reply.subarray(at))
  }
}

/** Encodes a query that is too large for the batch buffer. */
function encodeLarge(query: QueryInternals): Buffer {
  const parts: Buffer[] = []
  const stream = { cork: () => undefined, uncork: () => undefined }
  const error = query.submit(recorder(parts, stream))
  if (error instanceof Error) throw error
  return Buffer.concat(parts)
}

/** A connection that keeps what `pg`'s query writes to it. */
function recorder(parts: Buffer[], stream: object): ConnectionInternals {
  const keep = (bytes: Buffer): void => void parts.push(bytes)
  return {
    stream,
    parsedStatements: {},
    submittedNamedStatements: {},
    query: (text: string) => keep(serialize.query(text)),
    parse: (message: never) => keep(serialize.parse(message)),
    bind: (message: never) => keep(serialize.bind(message)),
    describe: (message: never) => keep(serialize.describe(message)),
    execute: (message: never) => keep(serialize.execute(message)),
    close: (message: never) => keep(serialize.close(message)),
    sync: () => keep(serialize.sync()),
  } as unknown as ConnectionInternals
}

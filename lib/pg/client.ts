/**
 * `Client`: node-postgres' own client on the embedded engine.
 *
 * It talks to a session through a stream, so everything that `pg` can do works as it does there.
 * Plain queries take a shorter way: one call with the encoded batch, and the reply is read from the
 * delivered bytes. Whatever is not plain (cursors, COPY streams, binary results, listeners on the
 * connection's messages) goes the way of `pg`, query by query.
 */
import type { Duplex } from 'node:stream'
import pg from 'pg'
import { abortable, reasonOf, signalOf, type Done } from '../abort'
import { CallSite } from '../call-site'
import { DEADLOCK_TIMEOUT_MS, watchDeadlock, type Suspect } from '../deadlock'
import { checkPriority } from '../options'
import {
  beginsTransaction,
  bound,
  enclosingTransaction,
  TransactionContext,
} from '../transaction-context'
import { CALL_SITE, isSimple, withStream, type ClientConfig, type QueryOptions } from './config'
import { batch, encodeBatch, refusalOf } from './encoder'
import type { Bytes, ClientInternals, ConnectionInternals, QueryInternals } from './internals'
import { isPlain, Reply } from './reply'
import { SessionStream } from './stream'

export type { ClientConfig, QueryOptions }

type Callback<T> = (error: Error, result: T) => void
type ArrayRows = pg.QueryArrayResult['rows'][number]
type AnyRow = pg.QueryResult['rows'][number]

const Base = pg.Client as unknown as new (
  config: object
) => pg.Client & ClientInternals & { readonly connection: ConnectionInternals }

/** Messages of a connection that the short way does not emit. */
const UNEMITTED = new Set([
  'message',
  'authenticationOk',
  'bindComplete',
  'closeComplete',
  'commandComplete',
  'dataRow',
  'emptyQuery',
  'noData',
  'parameterDescription',
  'parseComplete',
  'portalSuspended',
  'readyForQuery',
  'rowDescription',
])

/** What a query has beyond what `pg` is told of it. */
interface Newest {
  name: unknown
  priority: number | undefined
  /** Called when the query stands in the client's queue. */
  queued: ((query: QueryInternals) => void)[] | undefined
}

/**
 * A connection to the embedded database, with the interface of `pg.Client`.
 *
 * @example
 * const client = new Client({ dataDir: './data' })
 * await client.connect()
 * const { rows } = await client.query('select $1::text as greeting', ['hello'])
 * await client.end()
 */
export class Client extends Base {
  readonly #stream: SessionStream | undefined
  readonly #reply: Reply
  /** Listeners on messages that the short way does not emit, beyond the client's own. */
  #watchers = 0
  /** Set while `pg`'s parser is in the middle of a reply. */
  #viaStream = true
  /** What the query that is being made has beyond what `pg` is told of it. */
  #newest: Newest | undefined
  /** The transaction that was begun last, until it is over. */
  #transaction: TransactionContext | undefined
  readonly #deadlockTimeout: number

  constructor(config?: string | ClientConfig) {
    super(withStream(config))
    this.#reply = new Reply(this)
    const { deadlockTimeout } = (typeof config === 'object' && config) || {}
    this.#deadlockTimeout = deadlockTimeout ?? DEADLOCK_TIMEOUT_MS
    const { connection } = this
    const stream: Duplex = connection.stream
    if (!(stream instanceof SessionStream)) return
    this.#stream = stream
    stream.reader = {
      accepts: () => this.#accepts(),
      read: (bytes, length, ascii) => this.#read(bytes, length, ascii),
    }
    stream.once('close', () => this.#transaction?.end())
    // The environment may ask for TLS; there is nothing to encrypt between here and here.
    this.ssl = false
    this.connectionParameters.ssl = false
    connection.ssl = false
    connection.on(
      'newListener',
      (event) => (this.#watchers += UNEMITTED.has(event as string) ? 1 : 0)
    )
    connection.on(
      'removeListener',
      (event) => (this.#watchers -= UNEMITTED.has(event as string) ? 1 : 0)
    )
  }

  override query<T extends pg.Submittable>(queryStream: T): T
  override query<R extends ArrayRows = ArrayRows, I = AnyRow[]>(
    queryConfig: pg.QueryArrayConfig<I> & QueryOptions,
    values?: pg.QueryConfigValues<I>
  ): Promise<pg.QueryArrayResult<R>>
  override query<R extends pg.QueryResultRow = AnyRow, I = AnyRow>(
    queryConfig: pg.QueryConfig<I> & QueryOptions
  ): Promise<pg.QueryResult<R>>
  override query<R extends pg.QueryResultRow = AnyRow, I = AnyRow[]>(
    queryTextOrConfig: string | (pg.QueryConfig<I> & QueryOptions),
    values?: pg.QueryConfigValues<I>
  ): Promise<pg.QueryResult<R>>
  override query<R extends ArrayRows = ArrayRows, I = AnyRow[]>(
    queryConfig: pg.QueryArrayConfig<I> & QueryOptions,
    callback: Callback<pg.QueryArrayResult<R>>
  ): void
  override query<R extends pg.QueryResultRow = AnyRow, I = AnyRow[]>(
    queryTextOrConfig: string | (pg.QueryConfig<I> & QueryOptions),
    callback: Callback<pg.QueryResult<R>>
  ): void
  override query<R extends pg.QueryResultRow = AnyRow, I = AnyRow[]>(
    queryText: string,
    values: pg.QueryConfigValues<I>,
    callback: Callback<pg.QueryResult<R>>
  ): void
  override query(config: unknown, values?: unknown, callback?: unknown): unknown {
    const signal = signalOf(config)
    if (signal !== undefined) return this.#abortable(signal, config as object, values, callback)
    return this.#query(config, values, callback)
  }

  #query(config: unknown, values: unknown, callback: unknown, queued?: Newest['queued']): unknown {
    let query = config
    let parameters = values
    let done = callback
    let text = config
    let newest: Newest | undefined
    if (queued !== undefined) newest = { name: undefined, priority: undefined, queued }
    if (typeof config === 'object' && config !== null) {
      const options = config as { name?: unknown; priority?: unknown; text?: unknown }
      const { name, priority } = options
      text = options.text
      checkPriority(priority)
      newest = { name: undefined, priority, queued }
      if (isSimple(config)) {
        // `pg` copies configurations property by property; a text with a name costs it less.
        newest.name = name
        query = text
        if (typeof values === 'function') done ??= values
        if (!values || typeof values === 'function') parameters = config.values
      }
    }
    if (this.#stream !== undefined) newest = this.#follow(this.#stream, config, text, newest)
    const limit = (config as { query_timeout?: unknown } | null)?.query_timeout
    const readTimeout = limit || this.connectionParameters.query_timeout
    this.#newest = readTimeout ? this.#stopAfter(Number(readTimeout), newest) : newest
    try {
      return super.query(query as string, bound(parameters) as unknown[], bound(done) as never)
    } finally {
      this.#newest = undefined
    }
  }

  /**
   * Runs a query that may be aborted. The promise is not `pg`'s, which expects nothing but errors to go
   * wrong: a signal's reason may be anything.
   */
  #abortable(signal: AbortSignal, config: object, values: unknown, callback: unknown): unknown {
    const own = (config as { callback?: unknown }).callback
    const done = [values, callback, own].find((each) => typeof each === 'function')
    if (done !== undefined) return void this.#queryUntil(signal, config, values, done as Done)
    let aborted = false
    const result = new this._Promise((resolve, reject) => {
      const fail = reject as (reason: unknown) => void
      this.#queryUntil(signal, config, values, (error, answer) => {
        aborted = signal.aborted && error === reasonOf(signal)
        if (error || aborted) fail(error)
        else resolve(answer)
      })
    })
    return result.catch((error: unknown) => {
      // As `pg` does it: the trace leads back to the application.
      if (error instanceof Error && !aborted) Error.captureStackTrace(error)
      throw error
    })
  }

  #queryUntil(signal: AbortSignal, config: object, values: unknown, done: Done): void {
    if (signal.aborted) return process.nextTick(bound(done), reasonOf(signal))
    let submitted: QueryInternals | undefined
    const stop = (): void => {
      if (submitted !== undefined) this.#stop(submitted)
    }
    const callback = abortable(signal, stop, bound(done))
    const parameters = typeof values === 'function' ? undefined : values
    const queued = (query: QueryInternals): void => {
      query.stoppable = true
      submitted = query
    }
    // `pg` writes the callback into the configuration, which is the caller's.
    this.#query(Object.assign(Object.create(config), { callback }), parameters, undefined, [queued])
  }

  /** Takes a query out of the queue, or has the engine stop it. */
  #stop(query: QueryInternals): void {
    const at = this._queryQueue.indexOf(query)
    if (at >= 0) this._queryQueue.splice(at, 1)
    else if (this._activeQuery === query) this.#stream?.cancel()
  }

  /**
   * `pg` gives up a query after `query_timeout`; what it runs is stopped just before. What it answers to
   * that is not told: `pg`'s own error is about to be.
   */
  #stopAfter(limit: number, newest: Newest | undefined): Newest {
    let submitted: QueryInternals | undefined
    let stopped = false
    const timer = setTimeout(() => {
      if (submitted === undefined || this._activeQuery !== submitted) return
      stopped = true
      this.#stream?.cancel()
    }, limit).unref()
    const queued = (query: QueryInternals): void => {
      const { callback } = query
      submitted = query
      query.callback = (error, result) => {
        clearTimeout(timer)
        if (!stopped) callback?.(error, result)
      }
    }
    return withQueued(newest, queued)
  }

  /** Notes that a query begins a transaction, or that it was made inside of one of another session. */
  #follow(
    stream: SessionStream,
    config: unknown,
    text: unknown,
    newest: Newest | undefined
  ): Newest | undefined {
    let followed = newest
    const around = enclosingTransaction(this.#transaction)
    const known = (config as { [CALL_SITE]?: CallSite } | null)?.[CALL_SITE]
    if (around !== undefined && this.#deadlockTimeout > 0) {
      const callSite = known ?? new CallSite()
      followed = withQueued(followed, (query) => {
        const suspect: Suspect = {
          session: stream,
          callSite,
          isWaiting: () => this.#isUnanswered(query),
          isFirst: () => this._activeQuery === query,
        }
        watchDeadlock(suspect, around, this.#deadlockTimeout)
      })
    }
    if (typeof text !== 'string' || !beginsTransaction(text)) return followed
    const holder = {
      isBusy: () => this._activeQuery != null || this._queryQueue.length > 0,
      get sessionId() {
        return stream.sessionId
      },
      noteCallSite: (site: string) => stream.noteCallSite(site),
    }
    const transaction = new TransactionContext(holder, known ?? new CallSite())
    this.#transaction?.end()
    this.#transaction = transaction
    transaction.enter()
    return withQueued(followed, (query) => (transaction.query = query))
  }

  #isUnanswered(query: QueryInternals): boolean {
    return (
      this._activeQuery === query ||
      this._queryQueue.includes(query) ||
      this._sentQueryQueue.includes(query)
    )
  }

  override getStartupConf(): Record<string, string | undefined> {
    const startup = super.getStartupConf()
    const user = startup['user'] || 'postgres'
    return { ...startup, user, database: startup['database'] || user }
  }

  override _attachListeners(connection: ConnectionInternals): void {
    const before = this.#watchers
    super._attachListeners(connection)
    this.#watchers = before
  }

  override _handleReadyForQuery(message: { status: string }): void {
    this.#viaStream = false
    const transaction = this.#transaction
    if (transaction?.answered(this._activeQuery, message.status) === false) {
      this.#transaction = undefined
    }
    super._handleReadyForQuery(message)
  }

  override _pulseQueryQueue(): void {
    const queue = this._queryQueue
    const newest = this.#newest
    if (newest !== undefined) {
      // Whoever pulses the queue while a query is being made has just put it at the end.
      const query = queue[queue.length - 1]
      if (query !== undefined) {
        query.priority = newest.priority
        if (newest.name !== undefined) query.name = newest.name
        if (newest.queued !== undefined) for (const call of newest.queued) call(query)
      }
      this.#newest = undefined
    }
    if (this.#stream === undefined) super._pulseQueryQueue()
    else if (this.pipeline) this.#pulsePipeline(this.#stream)
    else if (this.readyForQuery === true) this.#pulse(this.#stream)
  }

  /** Submits the next query of the queue: the short way, or as `pg` does. */
  #pulse(stream: SessionStream): void {
    const query = this._queryQueue[0]
    if (query === undefined) return super._pulseQueryQueue()
    let length = 0
    const refusal = refusalOf(query)
    if (refusal === undefined) length = this.#encode(query, stream)
    if (refusal === undefined && length === 0) {
      stream.priority = query.priority ?? -1
      return super._pulseQueryQueue()
    }
    this._queryQueue.shift()
    this._activeQuery = query
    this.readyForQuery = false
    this.hasExecuted = true
    if (refusal === undefined) return stream.send(batch, length, query.priority ?? -1)
    process.nextTick(() => {
      query.handleError(refusal, this.connection)
      this.readyForQuery = true
      this._pulseQueryQueue()
    })
  }

  /**
   * In pipeline mode everything that is queued is sent; replies come in the same order. A query that may
   * be stopped is sent alone, because stopping means whatever the session runs.
   */
  #pulsePipeline(stream: SessionStream): void {
    if (!this._connected || !this._queryable) return
    while (this.#sendsNext()) {
      const query = this._queryQueue.shift() as QueryInternals
      const submitted = query
      this.hasExecuted = true
      let refusal = refusalOf(query) ?? null
      const length = refusal === null ? this.#encode(query, stream) : 0
      if (length > 0) stream.send(batch, length, query.priority ?? -1)
      else if (refusal === null) refusal = query.submit(this.connection)
      if (refusal === null) {
        this._sentQueryQueue.push(query)
      } else {
        const error = refusal
        process.nextTick(() => submitted.handleError(error, this.connection))
      }
    }
    if (this.readyForQuery && !this._activeQuery && this._sentQueryQueue.length > 0) {
      this._activeQuery = this._sentQueryQueue.shift()
      this.readyForQuery = false
    }
    const idle = !this._activeQuery && this._sentQueryQueue.length === 0
    if (idle && this._queryQueue.length === 0 && this.hasExecuted) {
      this.emit('drain')
    }
  }

  /** Whether the next query of a pipeline may be sent. */
  #sendsNext(): boolean {
    const next = this._queryQueue[0]
    if (next === undefined) return false
    const last = this._sentQueryQueue[this._sentQueryQueue.length - 1] ?? this._activeQuery
    return last == null || (next.stoppable !== true && last.stoppable !== true)
  }

  /** Encodes a query that may go the short way; 0 says that it may not. */
  #encode(query: QueryInternals, stream: SessionStream): number {
    if (this.#watchers !== 0 || !stream.idle || !isPlain(query)) return 0
    try {
      return encodeBatch(query, this.connection)
    } catch {
      // A value that cannot be prepared: `pg` meets the same error and reports it.
      return 0
    }
  }

  #accepts(): boolean {
    const query = this._activeQuery
    if (this.#viaStream || this.#watchers !== 0) return false
    return query == null ? !this.readyForQuery : isPlain(query)
  }

  #read(bytes: Bytes, length: number, ascii: boolean): number {
    const taken = this.#reply.read(bytes, length, ascii)
    if (taken < length) this.#viaStream = true
    return taken
  }
}

function withQueued(newest: Newest | undefined, call: (query: QueryInternals) => void): Newest {
  const extended = newest ?? { name: undefined, priority: undefined, queued: undefined }
  return Object.assign(extended, { queued: [...(extended.queued ?? []), call] })
}

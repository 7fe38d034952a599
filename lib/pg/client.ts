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
import { checkPriority } from '../options'
import { isSimple, withStream, type ClientConfig, type QueryOptions } from './config'
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
  #newest: { name: unknown; priority: number | undefined } | undefined

  constructor(config?: string | ClientConfig) {
    super(withStream(config))
    this.#reply = new Reply(this)
    const { connection } = this
    const stream: Duplex = connection.stream
    if (!(stream instanceof SessionStream)) return
    this.#stream = stream
    stream.reader = {
      accepts: () => this.#accepts(),
      read: (bytes, length, ascii) => this.#read(bytes, length, ascii),
    }
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
    let query = config
    let parameters = values
    let done = callback
    if (typeof config === 'object' && config !== null) {
      const { name, priority, text } = config as {
        name?: unknown
        priority?: unknown
        text?: unknown
      }
      checkPriority(priority)
      this.#newest = { name: undefined, priority }
      if (isSimple(config)) {
        // `pg` copies configurations property by property; a text with a name costs it less.
        this.#newest.name = name
        query = text
        if (typeof values === 'function') done ??= values
        if (!values || typeof values === 'function') parameters = config.values
      }
    }
    try {
      return super.query(query as string, parameters as unknown[], done as never)
    } finally {
      this.#newest = undefined
    }
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

  /** In pipeline mode everything that is queued is sent; replies come in the same order. */
  #pulsePipeline(stream: SessionStream): void {
    if (!this._connected || !this._queryable) return
    for (let query = this._queryQueue.shift(); query; query = this._queryQueue.shift()) {
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
    if (!this._activeQuery && this._sentQueryQueue.length === 0 && this.hasExecuted) {
      this.emit('drain')
    }
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

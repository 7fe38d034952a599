/** `Pool`: node-postgres' own pool, whose clients are sessions on the embedded engine. */
import pg from 'pg'
import { abortable, reasonOf, signalOf, type Done } from '../abort'
import { CallSite } from '../call-site'
import { bound, enclosingTransaction, outside } from '../transaction-context'
import { checkPoolOptions, checkSessionOptions, type SessionOptions } from '../options'
import { SharedSource, SOURCE } from '../source'
import { Client, type QueryOptions } from './client'
import { CALL_SITE } from './config'

/** What `pg.Pool` takes, and where the database is. */
export interface PoolConfig extends pg.PoolConfig, SessionOptions {}

/** SQLSTATE `admin_shutdown`. */
const ADMIN_SHUTDOWN = '57P01'

type PooledClient = Client & { _poolUseCount?: number }
type IdleListener = (error: Error) => void
type Row = pg.QueryResult['rows'][number]
type ArrayRow = pg.QueryArrayResult['rows'][number]
type Callback<T> = (error: Error, result: T) => void

/** A client of a pool, which goes back there when it is released. */
export type PoolClient = pg.PoolClient & Pick<Client, 'query'>

type ConnectCallback = (
  error: Error | undefined,
  client: PoolClient | undefined,
  done: (release?: unknown) => void
) => void

/** The members of `pg.Pool` that handing over a client needs. */
interface PoolInternals {
  Client: unknown
  Promise: PromiseConstructor
  readonly _pendingQueue: object[]
  readonly _expired: WeakSet<object>
  _acquireClient(client: PooledClient, pending: object, idle: IdleListener, isNew: boolean): void
  _release(client: PooledClient, idle: IdleListener, error?: unknown): void
  _pulseQueue(): void
}

const Base = pg.Pool as unknown as new (config?: PoolConfig) => pg.Pool & PoolInternals

/**
 * A pool of clients on the embedded database, with the interface of `pg.Pool`. From its first client
 * until `end` it keeps the database open, so idle clients may go without taking it along.
 *
 * @example
 * const pool = new Pool({ dataDir: './data', max: 5 })
 * const { rows } = await pool.query('select now()')
 * await pool.end()
 */
export class Pool extends Base {
  readonly #source: SharedSource

  constructor(config?: PoolConfig) {
    if (config !== undefined && config !== null) {
      checkSessionOptions(config)
      checkPoolOptions(config)
    }
    super(config)
    this.#source = new SharedSource(config ?? {})
    Object.defineProperty(this.options, SOURCE, { value: this.#source, enumerable: false })
    this.Client = config?.Client ?? Client
  }

  /**
   * Gives a client that is released to whoever waits, without the stay among the idle ones that `pg`
   * has in between (a timer, and listeners that come and go). Events and their order are the same.
   */
  override _release(client: PooledClient, idle: IdleListener, error?: unknown): void {
    const uses = (client._poolUseCount ?? 0) + 1
    const keeps = !error && !this.ending && client._queryable && !client._ending
    const passes = keeps && uses < this.options.maxUses && !this._expired.has(client)
    const next = passes ? this._pendingQueue.shift() : undefined
    if (next === undefined) return super._release(client, idle, error)
    client._poolUseCount = uses
    client.on('error', idle)
    this.emit('release', error, client)
    outside(() => this._acquireClient(client, next, idle, false))
  }

  /**
   * That a process is gone which had the database open is nothing that has to be listened for: the next
   * client finds who has it then.
   */
  override emit(event: string | symbol, ...values: unknown[]): boolean {
    const expected = event === 'error' && isShutdown(values[0]) && this.listenerCount('error') === 0
    return !expected && super.emit(event, ...values)
  }

  /** Whoever gives a client back does not take along those who waited for it into its transaction. */
  override _pulseQueue(): void {
    outside(() => super._pulseQueue())
  }

  override connect(): Promise<PoolClient>
  override connect(callback: ConnectCallback): void
  override connect(callback?: ConnectCallback): Promise<PoolClient> | void {
    return super.connect(bound(callback) as never)
  }

  override query<T extends pg.Submittable>(queryStream: T): T
  override query<R extends ArrayRow = ArrayRow, I = Row[]>(
    queryConfig: pg.QueryArrayConfig<I> & QueryOptions,
    values?: pg.QueryConfigValues<I>
  ): Promise<pg.QueryArrayResult<R>>
  override query<R extends pg.QueryResultRow = Row, I = Row[]>(
    queryConfig: pg.QueryConfig<I> & QueryOptions
  ): Promise<pg.QueryResult<R>>
  override query<R extends pg.QueryResultRow = Row, I = Row[]>(
    queryTextOrConfig: string | (pg.QueryConfig<I> & QueryOptions),
    values?: pg.QueryConfigValues<I>
  ): Promise<pg.QueryResult<R>>
  override query<R extends ArrayRow = ArrayRow, I = Row[]>(
    queryConfig: pg.QueryArrayConfig<I> & QueryOptions,
    callback: Callback<pg.QueryArrayResult<R>>
  ): void
  override query<R extends pg.QueryResultRow = Row, I = Row[]>(
    queryTextOrConfig: string | (pg.QueryConfig<I> & QueryOptions),
    callback: Callback<pg.QueryResult<R>>
  ): void
  override query<R extends pg.QueryResultRow = Row, I = Row[]>(
    queryText: string,
    values: pg.QueryConfigValues<I>,
    callback: Callback<pg.QueryResult<R>>
  ): void
  override query(config: unknown, values?: unknown, callback?: unknown): unknown {
    const signal = signalOf(config)
    const own = enclosingTransaction() === undefined ? config : withCallSite(config)
    if (signal !== undefined) return this.#abortable(signal, own as object, values, callback)
    return super.query(own as string, values as unknown[], callback as never)
  }

  #abortable(signal: AbortSignal, config: object, values: unknown, callback: unknown): unknown {
    const done = [values, callback].find((each) => typeof each === 'function')
    if (done !== undefined) return this.#queryUntil(signal, config, values, done as Done)
    return new this.Promise((resolve, reject) => {
      const fail = reject as (reason: unknown) => void
      const settle: Done = (error, result) => {
        if (error || (signal.aborted && error === reasonOf(signal))) fail(error)
        else resolve(result)
      }
      this.#queryUntil(signal, config, values, settle)
    })
  }

  /** The client sees to what it was given; whoever still waits for a client is taken out of the line. */
  #queryUntil(signal: AbortSignal, config: object, values: unknown, done: Done): void {
    if (signal.aborted) return process.nextTick(bound(done), reasonOf(signal))
    const waiting = this._pendingQueue
    const before = waiting.length
    let item: object | undefined
    const stop = (): void => {
      const at = item === undefined ? -1 : waiting.indexOf(item)
      if (at >= 0) waiting.splice(at, 1)
    }
    const parameters = typeof values === 'function' ? undefined : values
    super.query(config as never, parameters as never, abortable(signal, stop, bound(done)) as never)
    if (waiting.length > before) item = waiting[waiting.length - 1]
  }

  /** Ends every client, waits for those that are checked out, and closes the database. */
  override end(): Promise<void>
  override end(callback: (error?: Error) => void): void
  override end(callback?: (error?: Error) => void): Promise<void> | void {
    const ended = this.#end()
    if (callback === undefined) return ended
    ended.then(() => callback(), callback)
  }

  async #end(): Promise<void> {
    await super.end()
    await this.#source.close()
  }
}

/** Whether an idle client was ended because its database closed, not for anything it did. */
function isShutdown(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === ADMIN_SHUTDOWN
}

/** The pool passes a query on when it has a client; where it was made is only known before. */
function withCallSite(config: unknown): unknown {
  const callSite = { [CALL_SITE]: new CallSite() }
  if (typeof config === 'string') return { text: config, ...callSite }
  const isPlain = typeof config === 'object' && config !== null && !('submit' in config)
  return isPlain ? Object.assign(Object.create(config) as object, callSite) : config
}

/** `Pool`: node-postgres' own pool, whose clients are sessions on the embedded engine. */
import pg from 'pg'
import { checkPoolOptions, checkSessionOptions, type SessionOptions } from '../options'
import { SharedSource, SOURCE } from '../source'
import { Client } from './client'

/** What `pg.Pool` takes, and where the database is. */
export interface PoolConfig extends pg.PoolConfig, SessionOptions {}

type PooledClient = Client & { _poolUseCount?: number }
type IdleListener = (error: Error) => void

/** The members of `pg.Pool` that handing over a client needs. */
interface PoolInternals {
  Client: unknown
  readonly _pendingQueue: object[]
  readonly _expired: WeakSet<object>
  _acquireClient(client: PooledClient, pending: object, idle: IdleListener, isNew: boolean): void
  _release(client: PooledClient, idle: IdleListener, error?: unknown): void
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
    this._acquireClient(client, next, idle, false)
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

/** `Pool`: node-postgres' own pool, whose clients are sessions on the embedded engine. */
import pg from 'pg'
import { checkPoolOptions, checkSessionOptions, type SessionOptions } from '../options'
import { SharedSource, SOURCE } from '../source'
import { Client } from './client'

/** What `pg.Pool` takes, and where the database is. */
export interface PoolConfig extends pg.PoolConfig, SessionOptions {}

/** The member of `pg.Pool` that names the class of its clients. */
interface PoolInternals {
  Client: unknown
}

/**
 * A pool of clients on the embedded database, with the interface of `pg.Pool`. From its first client
 * until `end` it keeps the database open, so idle clients may go without taking it along.
 *
 * @example
 * const pool = new Pool({ dataDir: './data', max: 5 })
 * const { rows } = await pool.query('select now()')
 * await pool.end()
 */
export class Pool extends pg.Pool {
  readonly #source: SharedSource

  constructor(config?: PoolConfig) {
    if (config !== undefined && config !== null) {
      checkSessionOptions(config)
      checkPoolOptions(config)
    }
    super(config)
    this.#source = new SharedSource(config ?? {})
    Object.defineProperty(this.options, SOURCE, { value: this.#source, enumerable: false })
    ;(this as unknown as PoolInternals).Client = config?.Client ?? Client
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

/** `Database`: the embedded database as an object of its own, without the ways of `pg`. */
import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { checkSignal } from './abort'
import { CallSite } from './call-site'
import { Lanes, type LaneQuery } from './lanes'
import { dispatcher } from './mailbox'
import {
  closeDatabase,
  databaseStats,
  openDatabase,
  type NativeDatabase,
  type NativeSessionInfo,
  type NativeStats,
} from './native'
import {
  checkDatabaseOptions,
  checkPriority,
  DEFAULT_NAME,
  openOptions,
  type DatabaseOptions,
} from './options'
import type { QueryPriority } from './priority'
import { Subscriptions, type NotificationListener } from './subscriptions'
import { SyncSession } from './sync-session'
import { Transaction } from './transaction'
import { noteCallSites } from './transaction-context'

/** How one query is run. */
export interface DatabaseQueryOptions {
  /** Default `QueryPriority.MEDIUM`. */
  priority?: QueryPriority | undefined
  /** `array` gives rows as arrays. */
  rowMode?: 'array' | undefined
  /** Stops the query: its promise is rejected with the signal's reason. */
  signal?: AbortSignal | undefined
}

type Row = pg.QueryResult['rows'][number]

/**
 * An open database.
 *
 * Queries of one priority share a session and run in the order they were made; `transaction` has a
 * session of its own. An open database does not keep the process alive: queries under way and
 * listeners do.
 *
 * @example
 * await using db = await Database.open({ dataDir: './data' })
 * await db.exec('create table if not exists todos (id serial primary key, title text)')
 * const { rows } = await db.query('insert into todos (title) values ($1) returning *', ['ship'])
 */
export class Database {
  readonly #native: NativeDatabase
  readonly #lanes: Lanes
  readonly #subscriptions: Subscriptions
  readonly #options: DatabaseOptions
  #sync: SyncSession | undefined
  #closing: Promise<void> | undefined

  private constructor(native: NativeDatabase, options: DatabaseOptions) {
    this.#native = native
    this.#options = options
    const { queueTimeout, statementTimeout, deadlockTimeout } = options
    this.#lanes = new Lanes(native, { queueTimeout, statementTimeout, deadlockTimeout })
    this.#subscriptions = new Subscriptions(() => this.#lanes.connect())
  }

  /**
   * Opens a database, or joins it when this process has it open. With neither `dataDir` nor `name` it
   * is the one that `Client` and `Pool` use by default; `memory://` without a name is a private one.
   */
  static async open(options: DatabaseOptions = {}): Promise<Database> {
    checkDatabaseOptions(options)
    const { dataDir, name } = options
    const own = dataDir === undefined ? DEFAULT_NAME : `private-${randomUUID()}`
    return new Database(await openDatabase(openOptions(options, name ?? own)), options)
  }

  /** The directory the data is in. */
  get dataDir(): string {
    return this.#native.dataDir
  }

  /** Whether `close` was called. */
  get closed(): boolean {
    return this.#closing !== undefined
  }

  /** The open native handle, for what is built on a `Database`. */
  get native(): NativeDatabase {
    this.#checkOpen()
    return this.#native
  }

  /** Runs one statement with parameters. */
  async query<R extends pg.QueryResultRow = Row>(
    text: string,
    values?: unknown[],
    options: DatabaseQueryOptions = {}
  ): Promise<pg.QueryResult<R>> {
    this.#checkOpen()
    checkPriority(options.priority)
    checkSignal(options.signal)
    const query: LaneQuery = { text, values: values ?? [] }
    if (options.rowMode !== undefined) query.rowMode = options.rowMode
    if (options.signal !== undefined) query.signal = options.signal
    return this.#lanes.query(query, options.priority)
  }

  /** Runs any number of statements and returns one result for each. */
  async exec(sql: string, priority?: QueryPriority): Promise<pg.QueryResult[]> {
    this.#checkOpen()
    checkPriority(priority)
    const results: unknown = await this.#lanes.query({ text: sql }, priority)
    return (Array.isArray(results) ? results : [results]) as pg.QueryResult[]
  }

  /** Runs `body` in a transaction: committed when it resolves, rolled back when it rejects. */
  async transaction<T>(
    body: (transaction: Transaction) => Promise<T>,
    priority?: QueryPriority
  ): Promise<T> {
    this.#checkOpen()
    checkPriority(priority)
    return Transaction.run(this.#lanes, body, priority, new CallSite())
  }

  /** Calls `listener` for every notification on `channel`. Resolves to a function that stops it. */
  async listen(channel: string, listener: NotificationListener): Promise<() => Promise<void>> {
    this.#checkOpen()
    await this.#subscriptions.add(channel, listener)
    return () => this.unlisten(channel, listener)
  }

  /** Stops one listener of `channel`, or all of them. */
  async unlisten(channel: string, listener?: NotificationListener): Promise<void> {
    if (!this.closed) await this.#subscriptions.remove(channel, listener)
  }

  /**
   * Runs one statement and blocks the thread until it is done. When another session of this thread has
   * a transaction open, its turn cannot come: it fails with `40P01`.
   */
  querySync<R extends pg.QueryResultRow = Row>(
    text: string,
    values?: unknown[],
    options: { rowMode?: 'array' | undefined } = {}
  ): pg.QueryResult<R> {
    const config = { text, values: values ?? [], ...options } as pg.QueryConfig
    return this.#blocking().query(config) as pg.QueryResult<R>
  }

  /** Runs any number of statements and blocks the thread until they are done. */
  execSync(sql: string): pg.QueryResult[] {
    const results = this.#blocking().query({ text: sql })
    return Array.isArray(results) ? results : [results]
  }

  /** Counters and histograms of the engine. */
  stats(): NativeStats {
    this.#checkOpen()
    return databaseStats(this.#native)
  }

  /** The sessions of the engine, of this and every other client of it. */
  sessions(): NativeSessionInfo[] {
    this.#checkOpen()
    noteCallSites()
    return this.#native.sessions()
  }

  /** Ends the sessions of this object and lets the engine go; its last user closes it. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** Closes the database at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    dispatcher().hold()
    try {
      this.#subscriptions.clear()
      this.#sync?.end()
      await this.#lanes.end()
      await closeDatabase(this.#native)
    } finally {
      dispatcher().release()
    }
  }

  #checkOpen(): void {
    if (this.closed) throw new Error('oxbase: the database is closed')
  }

  #blocking(): SyncSession {
    this.#checkOpen()
    if (this.#sync?.closed !== false) this.#sync = new SyncSession(this.#native, this.#options)
    return this.#sync
  }
}

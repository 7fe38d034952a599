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
  supabaseSql,
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
import type { Client } from './pg/client'
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

/** What is run on a session of its own before anybody else gets the database. */
export type Prepare = (session: Client) => Promise<void>

/** Opens a native handle in another way than by its place. */
type Opener = () => Promise<NativeDatabase>

/** What an open database is made of. */
interface Parts {
  native: NativeDatabase
  lanes: Lanes
  subscriptions: Subscriptions
}

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
  readonly #options: DatabaseOptions
  readonly #opening: Promise<Parts>
  #parts: Parts | undefined
  #sync: SyncSession | undefined
  #closing: Promise<void> | undefined

  private constructor(options: DatabaseOptions, prepare: Prepare | undefined, opener?: Opener) {
    this.#options = options
    this.#opening = this.#open(prepare, opener)
    // Whoever uses the database is told.
    this.#opening.catch(() => undefined)
  }

  /**
   * Opens a database, or joins it when this process has it open. With neither `dataDir` nor `name` it
   * is the one that `Client` and `Pool` use by default; `memory://` without a name is a private one.
   */
  static async open(options: DatabaseOptions = {}): Promise<Database> {
    const database = Database.opening(options)
    await database.opened()
    return database
  }

  /**
   * Returns a database that is being opened: what is asked of it waits, and fails as the opening does.
   * `prepare` runs before all of it.
   */
  static opening(options: DatabaseOptions, prepare?: Prepare): Database {
    checkDatabaseOptions(options)
    return new Database(options, prepare)
  }

  /** Returns a database whose handle comes from elsewhere: a tenant's. `options` are those of its sessions. */
  static from(opener: Opener, options: DatabaseOptions): Database {
    return new Database(options, undefined, opener)
  }

  /** Resolves once the database is open, with the native handle; rejects when it cannot be opened. */
  async opened(): Promise<NativeDatabase> {
    return (this.#parts ?? (await this.#opening)).native
  }

  /** The directory the data is in. */
  get dataDir(): string {
    return this.#parts?.native.dataDir ?? openOptions(this.#options, undefined).dataDir
  }

  /** Whether `close` was called. */
  get closed(): boolean {
    return this.#closing !== undefined
  }

  /** The open native handle, for what is built on a `Database`. */
  get native(): NativeDatabase {
    return this.#present().native
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
    const { lanes } = this.#parts ?? (await this.#opening)
    return lanes.query(query, options.priority)
  }

  /** Runs any number of statements and returns one result for each. */
  async exec(sql: string, priority?: QueryPriority): Promise<pg.QueryResult[]> {
    this.#checkOpen()
    checkPriority(priority)
    const { lanes } = this.#parts ?? (await this.#opening)
    const results: unknown = await lanes.query({ text: sql }, priority)
    return (Array.isArray(results) ? results : [results]) as pg.QueryResult[]
  }

  /** Runs `body` in a transaction: committed when it resolves, rolled back when it rejects. */
  async transaction<T>(
    body: (transaction: Transaction) => Promise<T>,
    priority?: QueryPriority
  ): Promise<T> {
    this.#checkOpen()
    checkPriority(priority)
    const callSite = new CallSite()
    const { lanes } = this.#parts ?? (await this.#opening)
    return Transaction.run(lanes, body, priority, callSite)
  }

  /** Calls `listener` for every notification on `channel`. Resolves to a function that stops it. */
  async listen(channel: string, listener: NotificationListener): Promise<() => Promise<void>> {
    this.#checkOpen()
    const { subscriptions } = this.#parts ?? (await this.#opening)
    await subscriptions.add(channel, listener)
    return () => this.unlisten(channel, listener)
  }

  /** Stops one listener of `channel`, or all of them. */
  async unlisten(channel: string, listener?: NotificationListener): Promise<void> {
    if (!this.closed) await this.#parts?.subscriptions.remove(channel, listener)
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
    return databaseStats(this.#present().native)
  }

  /** The sessions of the engine, of this and every other client of it. */
  sessions(): NativeSessionInfo[] {
    const { native } = this.#present()
    noteCallSites()
    return native.sessions()
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

  async #open(prepare: Prepare | undefined, opener?: Opener): Promise<Parts> {
    const { dataDir, name, supabase, ...limits } = this.#options
    const own = dataDir === undefined ? DEFAULT_NAME : `private-${randomUUID()}`
    const open = opener ?? (() => openDatabase(openOptions(this.#options, name ?? own)))
    const native = await open()
    const { queueTimeout, statementTimeout, deadlockTimeout } = limits
    const lanes = new Lanes(native, { queueTimeout, statementTimeout, deadlockTimeout })
    const isPlain = supabase === true && !native.supabase
    if (isPlain || prepare !== undefined) {
      const steps: Prepare = async (session) => {
        if (isPlain) await makeSupabase(native, session)
        await prepare?.(session)
      }
      await runAlone(lanes, steps).catch(async (error: unknown) => {
        await lanes.end()
        await closeDatabase(native)
        throw error
      })
    }
    this.#parts = { native, lanes, subscriptions: new Subscriptions(() => lanes.connect()) }
    return this.#parts
  }

  async #close(): Promise<void> {
    const parts = this.#parts ?? (await this.#opening.catch(() => undefined))
    if (parts === undefined) return
    dispatcher().hold()
    try {
      parts.subscriptions.clear()
      this.#sync?.end()
      await parts.lanes.end()
      await closeDatabase(parts.native)
    } finally {
      dispatcher().release()
    }
  }

  #checkOpen(): void {
    if (this.closed) throw new Error('oxbase: the database is closed')
  }

  /** What is there once the database is open, for what cannot wait. */
  #present(): Parts {
    this.#checkOpen()
    if (this.#parts === undefined) {
      throw new Error('oxbase: the database is still being opened; await a query first')
    }
    return this.#parts
  }

  #blocking(): SyncSession {
    const { native } = this.#present()
    if (this.#sync?.closed !== false) this.#sync = new SyncSession(native, this.#options)
    return this.#sync
  }
}

/** Makes a database a Supabase project that was opened, or made, as a plain one. */
async function makeSupabase(native: NativeDatabase, session: Client): Promise<void> {
  await session.query(supabaseSql())
  native.noteSupabase()
}

/** Runs `steps` on a session of their own, and keeps the process alive for them. */
async function runAlone(lanes: Lanes, steps: Prepare): Promise<void> {
  dispatcher().hold()
  try {
    const session = await lanes.connect()
    try {
      await steps(session)
    } finally {
      await session.end()
    }
  } finally {
    dispatcher().release()
  }
}

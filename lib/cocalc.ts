/**
 * `oxbase/cocalc`: the functions and classes through which CoCalc reaches its embedded database, under
 * the names it gives them. All share one database: the directory that the environment names.
 */
import { EventEmitter } from 'node:events'
import type pg from 'pg'
import { Database } from './database'
import { Client } from './pg/client'
import { types } from './pg'
import { Pool } from './pg/pool'
import { forgetInMemory } from './source'
import { defaultDataDir, isEmbedded } from './swap'
import type { DatabaseOptions } from './options'

type Callback = (error: Error | null, result?: pg.QueryResult) => void
type Parser = (text: string) => unknown

const TIMESTAMP = 1114
const INT8 = 20

/** Timestamps without a time zone are in UTC there; int8 stays text and bytea a Buffer, as in `pg`. */
const PARSERS: Record<number, Parser> = {
  [TIMESTAMP]: (text) => new Date(`${text.replace(' ', 'T')}Z`),
  [INT8]: String,
}

/** Parsers as a client takes them. */
const parserConfig = {
  getTypeParser: ((oid: number, format: 'text' | 'binary'): unknown => {
    const own = format === 'binary' ? undefined : PARSERS[oid]
    return own ?? types.getTypeParser(oid, format)
  }) as typeof types.getTypeParser,
}

let dataDir: string | undefined
let database: Promise<Database> | undefined
let pool: PglitePool | undefined
let client: Promise<PglitePoolClient> | undefined
let pgClient: PglitePgClient | undefined

/** Whether the environment asks for the embedded database. */
export function isPgliteEnabled(): boolean {
  return isEmbedded()
}

/** Where the data of the shared database is. */
export function getPgliteDataDir(): string {
  return dataDir ?? defaultDataDir()
}

function config(): pg.ClientConfig & DatabaseOptions {
  const where = dataDir === undefined ? {} : { dataDir }
  return { ...where, types: parserConfig }
}

/** Opens the shared database, or returns it when it is open. A directory only counts the first time. */
export function getPglite(options: { dataDir?: string } = {}): Promise<Database> {
  if (database === undefined) {
    dataDir = options.dataDir ?? dataDir
    const where = dataDir === undefined ? {} : { dataDir, name: 'default' }
    database = Database.open(where).catch((error: unknown) => {
      database = undefined
      throw error
    })
  }
  return database
}

/** Ends the shared pool and clients and closes the database. */
export async function closePglite(): Promise<void> {
  const open = { database, pool, client, pgClient }
  database = pool = client = pgClient = undefined
  dataDir = undefined
  await giveBack(open.client)
  await open.pgClient?.end()
  if (open.pool?.ended === false) await open.pool.end()
  await (await open.database)?.close()
  await forgetInMemory()
}

/** Returns the shared client to its pool, unless the application has. */
async function giveBack(taken: Promise<PglitePoolClient> | undefined): Promise<void> {
  try {
    ;(await taken)?.release(true)
  } catch {
    // It was released, or never connected: either way the pool does not wait for it.
  }
}

/** A session taken from the pool; `release` gives it back, rolling back what it left open. */
export class PglitePoolClient extends Client {
  /** Gives the session back to the pool it came from; `true` or an error discards it. */
  declare release: (destroy?: Error | boolean) => void

  constructor(options?: string | pg.ClientConfig) {
    super(options)
  }
}

/** The pool of the shared database. */
export class PglitePool extends Pool {
  constructor(options: pg.PoolConfig = {}) {
    super({ ...config(), ...options, database: 'pglite', Client: PglitePoolClient })
  }

  /** The options of the pool, with `database: 'pglite'`. */
  getOptions(): { database: string } {
    return { ...this.options, database: 'pglite' }
  }
}

/** A client that connects by itself with its first query, and may listen. */
export class PglitePgClient extends EventEmitter {
  readonly #client: Client
  #connected: Promise<unknown> | undefined

  constructor(options: pg.ClientConfig = {}) {
    super()
    this.#client = new Client({ ...config(), ...options })
    for (const event of ['notification', 'notice', 'error', 'end', 'drain']) {
      this.#client.on(event as 'notification', (...parts: unknown[]) => {
        if (event !== 'error' || this.listenerCount('error') > 0) this.emit(event, ...parts)
      })
    }
  }

  /** Connects. Further calls do nothing. */
  async connect(): Promise<void> {
    this.#connected ??= this.#client.connect()
    await this.#connected
  }

  /** Runs a query given as text or configuration, for a promise or a callback. */
  query(text: string | pg.QueryConfig, callback: Callback): void
  query(text: string | pg.QueryConfig, values: unknown[] | undefined, callback: Callback): void
  query(text: string | pg.QueryConfig, values?: unknown[]): Promise<pg.QueryResult>
  query(
    text: string | pg.QueryConfig,
    values?: unknown[] | Callback,
    callback?: Callback
  ): Promise<pg.QueryResult> | void {
    const done = typeof values === 'function' ? values : callback
    const parameters = typeof values === 'function' ? undefined : values
    const result = this.connect().then(() => this.#client.query(text, parameters))
    if (done === undefined) return result
    result.then(
      (rows) => done(null, rows),
      (error: unknown) => done(error as Error)
    )
  }

  /** Ends the session. */
  async end(): Promise<void> {
    await this.#client.end()
  }
}

/** The shared pool, made on first use. */
export function getPglitePool(): PglitePool {
  if (pool === undefined || pool.ending) pool = new PglitePool()
  return pool
}

/** A session of the shared pool, connected. */
export function getPgliteClient(): Promise<PglitePoolClient> {
  client ??= getPglitePool().connect() as unknown as Promise<PglitePoolClient>
  return client
}

/** The shared client for LISTEN and for code that wants a client of `pg`, connected on first use. */
export function getPglitePgClient(): PglitePgClient {
  pgClient ??= new PglitePgClient()
  return pgClient
}

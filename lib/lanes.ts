/**
 * The sessions behind a `Database` or a pooler: one lane per priority, over which queries are pipelined,
 * and sessions of their own for transactions.
 */
import type pg from 'pg'
import { raced, reasonOf } from './abort'
import { CallSite } from './call-site'
import { dispatcher } from './mailbox'
import type { NativeDatabase } from './native'
import { Client } from './pg/client'
import { CALL_SITE } from './pg/config'
import { QueryPriority } from './priority'
import { LentSource, SOURCE } from './source'
import { enclosingTransaction } from './transaction-context'

/** How many sessions are kept for the next transactions. */
const KEPT_SESSIONS = 4

/** What the sessions are made with. */
export interface LaneOptions {
  queueTimeout?: number | undefined
  statementTimeout?: number | undefined
  deadlockTimeout?: number | undefined
  /** Whether `statementTimeout` bounds the waiting, too. */
  countsWaiting?: boolean
}

/** A query as the lanes take it. */
export interface LaneQuery {
  text: string
  values?: unknown[] | undefined
  rowMode?: 'array' | undefined
  signal?: AbortSignal | undefined
}

/** The session of one priority; `connecting` is set until it may be used. */
interface Lane {
  client: Client
  connecting: Promise<void> | undefined
}

/** Whether an error is the last word of its session. */
function isFatal(error: unknown): boolean {
  return (error as { severity?: unknown } | null)?.severity === 'FATAL'
}

type AnyRow = pg.QueryResult['rows'][number]

/** Sessions on one open database. */
export class Lanes {
  readonly #database: NativeDatabase
  readonly #options: LaneOptions
  readonly #byPriority = new Map<QueryPriority, Lane>()
  readonly #kept: Client[] = []
  readonly #all = new Set<Client>()

  constructor(database: NativeDatabase, options: LaneOptions = {}) {
    this.#database = database
    this.#options = options
  }

  /**
   * Runs one query behind those of its priority, or on a session of its own when it may be stopped:
   * that must hit no other query. The process stays alive until it is answered.
   */
  async query<R extends pg.QueryResultRow = AnyRow>(
    query: LaneQuery,
    priority = QueryPriority.MEDIUM
  ): Promise<pg.QueryResult<R>> {
    const { signal } = query
    if (signal?.aborted === true) throw reasonOf(signal)
    if (signal !== undefined) return raced(this.#queryAlone<R>(query, priority), signal)
    if (enclosingTransaction() !== undefined) return this.#queryAlone(query, priority)
    dispatcher().hold()
    try {
      const lane = this.#byPriority.get(priority) ?? this.#openLane(priority)
      if (lane.connecting !== undefined) await lane.connecting
      return await lane.client.query<R>(query as pg.QueryConfig).catch((error: unknown) => {
        // Its client says that it has ended only after whoever waits for this has gone on.
        if (isFatal(error)) this.#dropLane(priority, lane)
        throw error
      })
    } finally {
      dispatcher().release()
    }
  }

  #queryAlone<R extends pg.QueryResultRow>(
    query: LaneQuery,
    priority: QueryPriority
  ): Promise<pg.QueryResult<R>> {
    const own = { ...query, priority, [CALL_SITE]: new CallSite() } as unknown as pg.QueryConfig
    return this.withSession((session) => session.query<R>(own))
  }

  /** Lends a session of its own to `use`. It is kept for later when `use` succeeds. */
  async withSession<T>(use: (session: Client) => Promise<T>): Promise<T> {
    dispatcher().hold()
    let session: Client | undefined
    try {
      session = this.#kept.pop() ?? (await this.connect())
      const result = await use(session)
      if (this.#all.has(session) && this.#kept.length < KEPT_SESSIONS) this.#kept.push(session)
      else await this.#end(session)
      return result
    } catch (error) {
      if (session !== undefined) await this.#end(session)
      throw error
    } finally {
      dispatcher().release()
    }
  }

  /** Makes a session that does not keep the process alive by being open. */
  async connect(): Promise<Client> {
    const client = this.#client({ pipeline: false })
    await client.connect()
    return client
  }

  /** Ends every session. */
  async end(): Promise<void> {
    const sessions = [...this.#all]
    this.#kept.length = 0
    this.#byPriority.clear()
    await Promise.all(sessions.map((session) => this.#end(session)))
  }

  async #end(session: Client): Promise<void> {
    this.#all.delete(session)
    await session.end()
  }

  #openLane(priority: QueryPriority): Lane {
    const client = this.#client({ priority, pipeline: true })
    const drop = (): void => this.#dropLane(priority, lane)
    client.once('error', drop)
    client.once('end', drop)
    const connecting = new Promise<void>((resolve, reject) => {
      // A client that ends while it connects never says that it could not.
      client.once('end', () => reject(new Error('Connection terminated')))
      client.connect().then(() => resolve(), reject)
    })
    const lane: Lane = { client, connecting }
    connecting.then(() => {
      lane.connecting = undefined
    }, drop)
    this.#byPriority.set(priority, lane)
    return lane
  }

  #dropLane(priority: QueryPriority, lane: Lane): void {
    if (this.#byPriority.get(priority) === lane) this.#byPriority.delete(priority)
  }

  #client(config: { priority?: number; pipeline: boolean }): Client {
    const client = new Client({
      ...this.#options,
      ...config,
      [SOURCE]: new LentSource(this.#database),
    } as object)
    client.unref()
    client.on('error', () => undefined)
    client.once('end', () => {
      this.#all.delete(client)
      const kept = this.#kept.indexOf(client)
      if (kept >= 0) this.#kept.splice(kept, 1)
    })
    this.#all.add(client)
    return client
  }
}

/**
 * The sessions behind a `Database` or a pooler: one lane per priority, over which queries are pipelined,
 * and sessions of their own for transactions.
 */
import type pg from 'pg'
import { dispatcher } from './mailbox'
import type { NativeDatabase } from './native'
import { Client } from './pg/client'
import { QueryPriority } from './priority'
import { LentSource, SOURCE } from './source'

/** How many sessions are kept for the next transactions. */
const KEPT_SESSIONS = 4

/** What the sessions are made with. */
export interface LaneOptions {
  queueTimeout?: number | undefined
}

/** A query as the lanes take it. */
export interface LaneQuery {
  text: string
  values?: unknown[] | undefined
  rowMode?: 'array' | undefined
}

/** The session of one priority; `connecting` is set until it may be used. */
interface Lane {
  client: Client
  connecting: Promise<void> | undefined
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

  /** Runs one query behind those of its priority. The process stays alive until it is answered. */
  async query<R extends pg.QueryResultRow = AnyRow>(
    query: LaneQuery,
    priority = QueryPriority.MEDIUM
  ): Promise<pg.QueryResult<R>> {
    dispatcher().hold()
    try {
      const lane = this.#byPriority.get(priority) ?? this.#openLane(priority)
      if (lane.connecting !== undefined) await lane.connecting
      return await lane.client.query<R>(query as pg.QueryConfig)
    } finally {
      dispatcher().release()
    }
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

  /** Asks the engine to stop what `session` runs, if it runs anything. */
  cancel(session: Client): void {
    const messenger = this.#client({ pipeline: false })
    messenger.cancel(session, session._activeQuery)
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
    const drop = (): void => {
      if (this.#byPriority.get(priority) === lane) this.#byPriority.delete(priority)
    }
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

  #client(config: { priority?: number; pipeline: boolean }): Client {
    const client = new Client({
      ...config,
      queueTimeout: this.#options.queueTimeout,
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

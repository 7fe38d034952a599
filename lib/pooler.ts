/**
 * `PGlitePooler`: queries by priority over a `Database`, under the names that applications written for
 * nano-supabase use. The engine's own queue does the work; this keeps the bounds and the counts.
 */
import type pg from 'pg'
import { checkSignal } from './abort'
import { CallSite } from './call-site'
import type { Database } from './database'
import { Lanes, type LaneQuery } from './lanes'
import { databaseStats, type NativeDatabase } from './native'
import { checkOptions, checkPriority, wholeNumber } from './options'
import { QueryPriority } from './priority'
import { Transaction } from './transaction'

/** Bounds of a pooler. */
export interface PoolerConfig {
  /** Queries that may be under way or waiting before further ones are refused. Default 1000. */
  maxQueueSize?: number | undefined
  /** How long a query may take, waiting and running, in milliseconds. Default 5000; 0 is no limit. */
  defaultTimeout?: number | undefined
  /** Taken for compatibility: waiting raises a query as the `Database` was opened to do it. */
  agingThresholdMs?: number | undefined
}

/** What a pooler counted since it was started. */
export interface QueueMetrics {
  totalEnqueued: number
  totalDequeued: number
  totalTimedOut: number
  totalErrors: number
  currentSize: number
  avgWaitTimeMs: number
  sizeByPriority: Record<QueryPriority, number>
}

const CHECKS = {
  maxQueueSize: wholeNumber,
  defaultTimeout: wholeNumber,
  agingThresholdMs: wholeNumber,
}

/** Whether a query's turn did not come in time, or it was stopped because its time was up. */
function isTimeout(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown }
  if (code === '55P03') return true
  return code === '57014' && message === 'canceling statement due to statement timeout'
}

/** Time spent waiting in the engine's queue so far, over all priorities. */
function waited(database: NativeDatabase): { count: number; micros: number } {
  const histograms = databaseStats(database).waitHistogram
  const count = histograms.reduce((total, each) => total + each.count, 0)
  return { count, micros: histograms.reduce((total, each) => total + each.sumMicros, 0) }
}

/**
 * Runs queries by priority.
 *
 * @example
 * const pooler = await PGlitePooler.create(await Database.open())
 * await pooler.query('select 1', [], QueryPriority.CRITICAL)
 * await pooler.stop()
 */
export class PGlitePooler {
  readonly #database: Database
  readonly #maxQueueSize: number
  readonly #defaultTimeout: number
  readonly #sizes: [number, number, number, number] = [0, 0, 0, 0]
  #lanes: Lanes | undefined
  #native: NativeDatabase | undefined
  #startedWith = { count: 0, micros: 0 }
  #stopped = false
  #enqueued = 0
  #dequeued = 0
  #timedOut = 0
  #errors = 0

  constructor(database: Database, config: PoolerConfig = {}) {
    if (typeof database !== 'object' || database === null || !('native' in database)) {
      throw new TypeError('oxbase: PGlitePooler takes a Database')
    }
    checkOptions(config, CHECKS, 'pooler')
    this.#database = database
    this.#maxQueueSize = config.maxQueueSize ?? 1000
    this.#defaultTimeout = config.defaultTimeout ?? 5000
  }

  /** Makes a pooler and starts it. */
  static async create(database: Database, config?: PoolerConfig): Promise<PGlitePooler> {
    const pooler = new PGlitePooler(database, config)
    await pooler.start()
    return pooler
  }

  /** Lets queries in. Starting twice does nothing. */
  start(): Promise<void> {
    if (this.#lanes === undefined) {
      this.#native = this.#database.native
      this.#startedWith = waited(this.#native)
      const limit = this.#defaultTimeout
      const limits = { queueTimeout: limit, statementTimeout: limit, countsWaiting: true }
      this.#lanes = new Lanes(this.#native, limits)
      this.#stopped = false
    }
    return Promise.resolve()
  }

  /** Ends the sessions of this pooler; the database stays open. Stopping twice does nothing. */
  async stop(): Promise<void> {
    const lanes = this.#lanes
    this.#lanes = undefined
    this.#stopped = true
    await lanes?.end()
  }

  /** Runs one statement. A `signal` that is aborted stops it. */
  query<R extends pg.QueryResultRow = pg.QueryResult['rows'][number]>(
    sql: string,
    params?: unknown[],
    priority: QueryPriority = QueryPriority.MEDIUM,
    options: { signal?: AbortSignal | undefined } = {}
  ): Promise<pg.QueryResult<R>> {
    const { signal } = options
    return this.#counted(priority, (lanes) => {
      checkSignal(signal)
      const query: LaneQuery = { text: sql, values: params ?? [] }
      if (signal !== undefined) query.signal = signal
      return lanes.query(query, priority)
    })
  }

  /** Runs `body` in a transaction: committed when it resolves, rolled back when it rejects. */
  transaction<T>(
    body: (transaction: Transaction) => Promise<T>,
    priority: QueryPriority = QueryPriority.MEDIUM
  ): Promise<T> {
    const callSite = new CallSite()
    return this.#counted(priority, (lanes) => Transaction.run(lanes, body, priority, callSite))
  }

  /** What was counted since the start. Waiting times are those of the engine's queue. */
  metrics(): QueueMetrics {
    const [critical, high, medium, low] = this.#sizes
    const total = this.#native === undefined ? this.#startedWith : waited(this.#native)
    const count = total.count - this.#startedWith.count
    const micros = total.micros - this.#startedWith.micros
    return {
      totalEnqueued: this.#enqueued,
      totalDequeued: this.#dequeued,
      totalTimedOut: this.#timedOut,
      totalErrors: this.#errors,
      currentSize: critical + high + medium + low,
      avgWaitTimeMs: count === 0 ? 0 : micros / count / 1000,
      sizeByPriority: { 0: critical, 1: high, 2: medium, 3: low },
    }
  }

  async #counted<T>(priority: QueryPriority, run: (lanes: Lanes) => Promise<T>): Promise<T> {
    checkPriority(priority)
    const lanes = this.#running()
    if (this.#sizes.reduce((total, size) => total + size) >= this.#maxQueueSize) {
      this.#errors += 1
      throw new Error(`oxbase: the queue is full (${this.#maxQueueSize} queries)`)
    }
    this.#enqueued += 1
    this.#sizes[priority] += 1
    try {
      return await run(lanes)
    } catch (error) {
      this.#errors += 1
      if (isTimeout(error)) this.#timedOut += 1
      throw error
    } finally {
      this.#dequeued += 1
      this.#sizes[priority] -= 1
    }
  }

  #running(): Lanes {
    if (this.#lanes !== undefined) return this.#lanes
    const why = this.#stopped ? 'has been stopped' : 'has not been started'
    throw new Error(`oxbase: the pooler ${why}; call start() first`)
  }
}

/** A transaction of a `Database`, as its function sees it. */
import type pg from 'pg'
import { checkSignal } from './abort'
import type { CallSite } from './call-site'
import type { Lanes } from './lanes'
import type { Client } from './pg/client'
import { CALL_SITE } from './pg/config'
import type { QueryPriority } from './priority'
import { confined } from './transaction-context'

/** How one query is run. */
export interface TransactionQueryOptions {
  /** `array` gives rows as arrays. */
  rowMode?: 'array' | undefined
  /** Stops the query: its promise is rejected with the signal's reason, and the transaction has failed. */
  signal?: AbortSignal | undefined
}

/** Runs queries inside one transaction. Unusable once the transaction has ended. */
export class Transaction {
  readonly #session: Client
  #open = true

  constructor(session: Client) {
    this.#session = session
  }

  /** Runs `body` in a transaction: committed when it resolves, rolled back when it rejects. */
  static run<T>(
    lanes: Lanes,
    body: (transaction: Transaction) => Promise<T>,
    priority: QueryPriority | undefined,
    callSite: CallSite
  ): Promise<T> {
    if (typeof body !== 'function') {
      throw new TypeError(`oxbase: transaction takes a function, got ${typeof body}`)
    }
    const run = async (session: Client): Promise<T> => {
      const begin = { text: 'BEGIN', priority, [CALL_SITE]: callSite }
      await session.query(begin)
      const transaction = new Transaction(session)
      try {
        const value = await body(transaction)
        await transaction.commit()
        return value
      } catch (error) {
        await transaction.rollback().catch(() => undefined)
        throw error
      }
    }
    return confined(() => lanes.withSession(run))
  }

  /** Whether the transaction has ended. */
  get closed(): boolean {
    return !this.#open
  }

  /** Runs one statement. */
  query<R extends pg.QueryResultRow = pg.QueryResult['rows'][number]>(
    text: string,
    values?: unknown[],
    options: TransactionQueryOptions = {}
  ): Promise<pg.QueryResult<R>> {
    if (!this.#open) return Promise.reject(new Error('oxbase: the transaction has ended'))
    checkSignal(options.signal)
    return this.#session.query({ text, values: values ?? [], ...options } as pg.QueryConfig)
  }

  /** Runs any number of statements and returns one result for each. */
  async exec(sql: string): Promise<pg.QueryResult[]> {
    if (!this.#open) throw new Error('oxbase: the transaction has ended')
    const results: unknown = await this.#session.query(sql)
    return (Array.isArray(results) ? results : [results]) as pg.QueryResult[]
  }

  /** Undoes everything and ends the transaction. What the function returns is returned all the same. */
  async rollback(): Promise<void> {
    if (!this.#open) return
    this.#open = false
    await this.#session.query('ROLLBACK')
  }

  /** Ends the transaction; `Database.transaction` calls it. */
  async commit(): Promise<void> {
    if (!this.#open) return
    this.#open = false
    const { command } = await this.#session.query('COMMIT')
    if (command === 'COMMIT') return
    throw new Error('oxbase: the transaction was rolled back, because a statement in it had failed')
  }
}

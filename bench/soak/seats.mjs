// How an actor reaches the database: a client of its own, a pool, or a `Database`. All three have
// `open`, `query`, `transaction` (true when it committed, false when it rolled back) and `close`.

import { createRequire } from 'node:module'

const { Client } = createRequire(import.meta.url)('oxbase')

/** Thrown in a transaction that is to be rolled back. */
export class RollBack extends Error {}

function uncommitted(error) {
  return Object.assign(error, { uncommitted: true })
}

/** A transaction by hand. An error before the COMMIT is marked: nothing of it can be there. */
async function transact(client, body) {
  try {
    await client.query('begin')
    await body((text, values) => client.query(text, values))
  } catch (error) {
    // A client that is gone, or whose transaction is, has nothing to roll back.
    await client.query('rollback').catch(() => undefined)
    if (error instanceof RollBack) return false
    throw uncommitted(error)
  }
  const { command } = await client.query('commit')
  if (command === 'COMMIT') return true
  throw uncommitted(new Error(`COMMIT was answered with ${command}`))
}

/** A client of one's own; what it takes beyond the usual is in `extra`. */
export class ClientSeat {
  #world
  #extra
  /** The error that ended the client, if one did. */
  lost

  constructor(world, extra = {}) {
    this.#world = world
    this.#extra = extra
  }

  async open() {
    this.lost = undefined
    const client = new Client({ ...this.#world.config, ...this.#extra })
    client.on('error', (error) => (this.lost = error))
    await client.connect()
    this.client = client
  }

  query(text, values, options) {
    return this.client.query({ text, values, ...options })
  }

  transaction(body) {
    return transact(this.client, body)
  }

  async close() {
    await this.client?.end()
    this.client = undefined
  }
}

/** One of the pools, which other actors use too. */
export class PoolSeat {
  #world
  #number

  constructor(world, number) {
    this.#world = world
    this.#number = number
  }

  get #pool() {
    return this.#world.pools[this.#number % this.#world.pools.length]
  }

  open() {}

  query(text, values, options) {
    return this.#pool.query({ text, values, ...options })
  }

  async transaction(body) {
    const client = await this.#pool.connect().catch((error) => Promise.reject(uncommitted(error)))
    try {
      return await transact(client, body)
    } finally {
      client.release()
    }
  }

  close() {}
}

/** One of the `Database` handles, which other actors use too. */
export class DatabaseSeat {
  #world
  #number

  constructor(world, number) {
    this.#world = world
    this.#number = number
  }

  get database() {
    return this.#world.databases[this.#number % this.#world.databases.length]
  }

  open() {}

  query(text, values, options) {
    return this.database.query(text, values, options)
  }

  async transaction(body) {
    let finished = false
    try {
      await this.database.transaction(async (transaction) => {
        await body((text, values) => transaction.query(text, values))
        finished = true
      })
      return true
    } catch (error) {
      if (error instanceof RollBack) return false
      throw finished ? error : uncommitted(error)
    }
  }

  close() {}
}

/** The seats by the names that kinds of actors ask for. */
export const seats = { client: ClientSeat, pool: PoolSeat, database: DatabaseSeat }

// What the actors share: where the database is, the pools and handles on it, and what is known of it.

import { createRequire } from 'node:module'
import { Ledger } from './ledger.mjs'
import { COUNTERS } from './schema.mjs'
import { Tally } from './tally.mjs'

const { Database, Pool } = createRequire(import.meta.url)('oxbase')

const POOLS = 3
const DATABASES = 3
/** Shorter than a step may take, so that the error that names the holder comes first. */
const QUEUE_TIMEOUT_MS = 20_000

export class World {
  #journal
  #keeper
  #restarts = 0
  tally = new Tally()
  counters = Array.from({ length: COUNTERS + 1 }, () => ({ acknowledged: 0, unknown: 0 }))
  /** Ledgers of entries, by actor. */
  ledgers = new Map()
  /** Ledgers of notifications, by actor. */
  notifiers = new Map()
  /** Those ledgers whose actors write entries. */
  writers = []
  deliveries = { count: 0, missing: 0, twice: 0, revived: 0 }
  databases = []
  pools = []
  /** Whether statements are stopped in this soak, which makes the backend open again. */
  stops = false
  /** How often the engine was opened. */
  openings = 0

  constructor({ dataDir, seed, journal }) {
    this.seed = seed
    this.dataDir = dataDir
    this.inMemory = dataDir.startsWith('memory://')
    this.#journal = journal
    const place = this.inMemory ? { dataDir, name: 'soak' } : { dataDir }
    this.config = { ...place, queueTimeout: QUEUE_TIMEOUT_MS }
  }

  /** The ledger of an actor's entries. */
  ledger(number) {
    if (!this.ledgers.has(number)) this.ledgers.set(number, new Ledger(number, this.#journal))
    return this.ledgers.get(number)
  }

  /** Takes the actors in, and what their kinds say about them. */
  admit(actors) {
    this.stops = actors.some(({ kind }) => kind.stops)
    for (const { kind, number, ledger } of actors) {
      if (kind.writes) this.writers.push(ledger)
      if (kind.notifies) this.notifiers.set(number, new Ledger(number))
    }
    const pooled = actors.filter(({ kind }) => kind.seats.includes('pool')).length
    this.poolSize = Math.max(2, Math.ceil(pooled / 3 / POOLS))
  }

  /** Runs `use` on a handle of its own. */
  async with(use) {
    const database = await Database.open(this.config)
    try {
      return await use(database)
    } finally {
      await database.close()
    }
  }

  /** Makes the tables. A database in memory is kept from here on: it is gone with its last handle. */
  async begin(schema) {
    if (this.inMemory) this.#keeper = await Database.open(this.config)
    await this.with((database) => database.exec(schema))
  }

  /** Opens the handles and pools. */
  async open() {
    const opening = Array.from({ length: DATABASES }, () => Database.open(this.config))
    this.databases = await Promise.all(opening)
    const options = { ...this.config, max: this.poolSize }
    this.pools = Array.from({ length: POOLS }, () => new Pool(options))
    for (const pool of this.pools) pool.on('error', (error) => this.#lost(error))
    this.openings += 1
  }

  /** Closes the handles and pools: when the clients have ended, the engine goes with them. */
  async close() {
    this.#restarts = this.restarts
    await Promise.all(this.pools.map((pool) => pool.end()))
    const databases = this.databases
    this.databases = []
    await Promise.all(databases.map((database) => database.close()))
  }

  /** Lets a database in memory go. */
  async end() {
    await this.#keeper?.close()
  }

  /** How often a backend was opened again after it had stopped. */
  get restarts() {
    const [database] = this.databases
    if (database === undefined) return this.#restarts
    const { restarts } = database.stats()
    return this.inMemory ? restarts : this.#restarts + restarts
  }

  /** What one listener was given of one notifier. */
  delivered(count, { missing, twice, revived }) {
    this.deliveries.count += count
    this.deliveries.missing += missing.length
    this.deliveries.twice += twice.length
    this.deliveries.revived += revived.length
  }

  #lost(error) {
    this.tally.surprise('pool', 'an idle client of a pool', error)
  }
}

// A peer that is spoken to through the `pg` API: the same code for node-postgres on a server and for
// oxbase's own Client and Pool.

import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

const quiet = () => {}

export class PgDatabase {
  #setup
  #client
  #opened = []

  /** `setup`: { Client, Pool, config, durable?, relaxed?, maxConnections?, stop?, serverMemory? }. */
  static async open(setup) {
    const database = new PgDatabase()
    database.#setup = setup
    database.#client = await database.client()
    return database
  }

  async client(config = this.#setup.config) {
    const client = new this.#setup.Client(config)
    client.on('error', quiet)
    await client.connect()
    this.#opened.push(client)
    return client
  }

  query(text, values) {
    return this.#client.query(text, values)
  }

  exec(text) {
    return this.#client.query(text)
  }

  prepared(name, text, values) {
    return this.#client.query({ name, text, values })
  }

  /** A database whose commits survive a power cut (as far as the peer can). */
  async durable() {
    const config = await this.#setup.durable?.()
    return this.client(config ?? this.#setup.config)
  }

  /** A database whose commits wait for no disk. */
  async relaxed() {
    const client = await this.client()
    if (this.#setup.relaxed) await client.query(this.#setup.relaxed)
    return client
  }

  async pool(size) {
    const max = Math.min(size, this.#setup.maxConnections ?? size)
    // A server that takes few connections gets the pool's one in place of the client's.
    if (this.#setup.maxConnections === 1)
      return { query: this.query.bind(this), end: quiet, max: 1 }
    const pool = new this.#setup.Pool({ ...this.#setup.config, max })
    pool.on('error', quiet)
    return { query: pool.query.bind(pool), end: () => pool.end(), max }
  }

  async copy(statement, chunks) {
    const { from } = (await import('pg-copy-streams')).default
    await pipeline(Readable.from(chunks), this.#client.query(from(statement)))
  }

  /** Two clients: one listens, the other notifies. */
  async notifier(channel, onPayload) {
    const listener = await this.client()
    const sender = await this.client()
    listener.on('notification', ({ payload }) => onPayload(payload))
    await listener.query(`listen ${channel}`)
    return (payload) => sender.query('select pg_notify($1, $2)', [channel, payload])
  }

  /** MiB that processes other than this one take for the database. */
  serverMemory() {
    return this.#setup.serverMemory?.() ?? 0
  }

  async close() {
    await Promise.all(this.#opened.map((client) => client.end().catch(quiet)))
    await this.#setup.stop?.()
  }
}

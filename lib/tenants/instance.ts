/** `TenantInstance`: one tenant's database as the pool hands it out. */
import type { Database } from '../database'

/** What a pool or router tells about an open database. */
export interface InstanceStats {
  dbName: string
  /** Whether a transaction keeps the database to itself. */
  locked: boolean
  /** Batches that wait for their turn. */
  queueLength: number
  /** Milliseconds since it was opened. */
  uptime: number
  /** Milliseconds since it was used. */
  lastAccess: number
  /** Whether it is awake; one that sleeps is woken by the next query. */
  awake: boolean
  /** Connections of a router's clients. */
  connections: number
  /** Bytes on disk, where there is a limit. */
  disk?: number
}

/** Anything that says when it is closed: a socket. */
export interface Closable {
  once(event: 'close', listener: () => void): unknown
}

/** One tenant's database. */
export class TenantInstance {
  readonly dbName: string
  readonly db: Database
  readonly #unlock: () => void

  /** Made by `InstancePool`. */
  constructor(dbName: string, db: Database, unlock: () => void) {
    this.dbName = dbName
    this.db = db
    this.#unlock = unlock
  }

  /** The directory its data is in. */
  get dataDir(): string {
    return this.db.dataDir
  }

  /** Gives back what `acquire` took without a socket. */
  unlock(): void {
    this.#unlock()
  }
}

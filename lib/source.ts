/** Where a client gets its database from: opened for itself, or held by a pool or a `Database`. */
import { closeDatabase, openDatabase, type NativeDatabase } from './native'
import { DEFAULT_NAME, isMemory, openOptions, type DatabaseOptions } from './options'
import { defaultDataDir } from './swap'

/** Key under which a pool hands its source to the clients it makes. */
export const SOURCE = Symbol('oxbase.source')

/** Lends an open database. Every `acquire` is paired with one `release`. */
export interface DatabaseSource {
  acquire(): Promise<NativeDatabase>
  release(database: NativeDatabase): Promise<void>
}

/**
 * The shared database in memory, held from its first use until the process ends: were it closed with
 * its last client, an application that connects anew would find it empty.
 */
let keptInMemory: Promise<NativeDatabase> | undefined

/** Opens the shared database in memory, when it is meant, and holds it until the process ends. */
export async function keepInMemory(options: DatabaseOptions): Promise<void> {
  const name = options.name ?? DEFAULT_NAME
  if (!isMemory(options.dataDir ?? defaultDataDir()) || name !== DEFAULT_NAME) return
  keptInMemory ??= openDatabase(openOptions(options, name)).catch((error: unknown) => {
    keptInMemory = undefined
    throw error
  })
  await keptInMemory
}

/** Opens the database that a client or pool with these options means. */
async function openForClient(options: DatabaseOptions): Promise<NativeDatabase> {
  await keepInMemory(options)
  return openDatabase(openOptions(options, options.name ?? DEFAULT_NAME))
}

/** Lets the shared database in memory go, once its last client has ended. */
export async function forgetInMemory(): Promise<void> {
  const kept = keptInMemory
  keptInMemory = undefined
  if (kept !== undefined) await closeDatabase(await kept)
}

/** A database of a client's own handle: the last client that ends closes the engine. */
export class OwnSource implements DatabaseSource {
  readonly #options: DatabaseOptions

  constructor(options: DatabaseOptions) {
    this.#options = options
  }

  acquire(): Promise<NativeDatabase> {
    return openForClient(this.#options)
  }

  release(database: NativeDatabase): Promise<void> {
    return closeDatabase(database)
  }
}

/** One handle for many clients, opened with the first and closed by its owner. */
export class SharedSource implements DatabaseSource {
  readonly #options: DatabaseOptions
  #opened: Promise<NativeDatabase> | undefined

  constructor(options: DatabaseOptions) {
    this.#options = options
  }

  async acquire(): Promise<NativeDatabase> {
    const known = await this.#opened
    if (known?.alive === false) {
      // Its engine has ended by a failure; a new one may do better.
      this.#opened = undefined
      await closeDatabase(known)
    }
    this.#opened ??= openForClient(this.#options).catch((error: unknown) => {
      this.#opened = undefined
      throw error
    })
    return this.#opened
  }

  release(): Promise<void> {
    return Promise.resolve()
  }

  /** Closes the handle. Clients that are still connected keep the engine open until they end. */
  async close(): Promise<void> {
    const opened = this.#opened
    this.#opened = undefined
    if (opened !== undefined) await closeDatabase(await opened)
  }
}

/** A database that somebody else opened and closes. */
export class LentSource implements DatabaseSource {
  readonly #database: NativeDatabase

  constructor(database: NativeDatabase) {
    this.#database = database
  }

  acquire(): Promise<NativeDatabase> {
    return Promise.resolve(this.#database)
  }

  release(): Promise<void> {
    return Promise.resolve()
  }
}

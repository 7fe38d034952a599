/**
 * `startServer`: PostgreSQL's wire protocol for every client that is not in this process: psql, ORMs,
 * other languages, a second Node process.
 */
import { EventEmitter } from 'node:events'
import { isIP } from 'node:net'
import { Database } from './database'
import { KeepAlive } from './keep-alive'
import { startNdjsonServer, type NdjsonServer, type NdjsonServerOptions } from './ndjson'
import {
  startNativeServer,
  type NativeServer,
  type NativeServerEvent,
  type NativeServerStats,
} from './native'
import { SERVER_SETTINGS, serverOptions, type ServerOptions } from './server-options'

/** A connection, as the events `connection` and `disconnection` tell of it. */
export interface ServerConnection {
  /** Counts the connections of a server. */
  id: number
  /** The client's address and port, or the path of the Unix socket it came through. */
  address: string
  /** The user it connected as; only in `connection`. */
  user?: string
  /** The database it named; only in `connection`. */
  database?: string
}

/** What a server has done since it was started. */
export interface ServerStats extends NativeServerStats {
  /** How many sessions there may be. */
  maxConnections: number
}

/** How `Server.start` was configured, beyond what the native side is told. */
interface Face {
  host: string | undefined
  password: string | undefined
  maxConnections: number
  inspect: ((line: string) => void) | undefined
}

/**
 * A server that listens. Each connection is a session like any other: the same isolation, the same queue.
 * It keeps the process alive until `stop` or `unref`.
 *
 * Events: `listening`, `connection` and `disconnection` (a `ServerConnection`), `error` (an `Error`, when a
 * connection was refused; only emitted when somebody listens), `close`.
 *
 * @example
 * await using server = await startServer({ port: 0, dataDir: './data' })
 * console.log(server.connectionString) // postgres://postgres@127.0.0.1:49152/postgres
 */
export class Server extends EventEmitter<{
  listening: []
  connection: [ServerConnection]
  disconnection: [ServerConnection]
  error: [Error]
  close: []
}> {
  readonly #face: Face
  readonly #database: Database
  readonly #ownsDatabase: boolean
  #native: NativeServer | undefined
  #stopping: Promise<void> | undefined
  readonly #keepAlive = new KeepAlive()

  private constructor(face: Face, database: Database, ownsDatabase: boolean) {
    super()
    this.#face = face
    this.#database = database
    this.#ownsDatabase = ownsDatabase
  }

  /** Opens the database and listens. See `startServer`. */
  static async start(options: ServerOptions = {}): Promise<Server> {
    const { native, engine, database, inspect, host } = await serverOptions(options)
    const settings = { ...SERVER_SETTINGS, ...engine.settings }
    const open = database ?? (await Database.open({ ...engine, settings }))
    const face = {
      host,
      password: options.password,
      maxConnections: native.maxConnections,
      inspect,
    }
    const server = new Server(face, open, database === undefined)
    try {
      await open.opened()
      server.#native = startNativeServer(open.native, native, (event) => server.#tell(event))
    } catch (error) {
      if (server.#ownsDatabase) await open.close()
      throw error
    }
    server.ref()
    process.nextTick(() => server.emit('listening'))
    return server
  }

  /** The host as it was asked for; undefined when only a Unix socket is listened on. */
  get host(): string | undefined {
    return this.port === undefined ? undefined : this.#face.host
  }

  /** The TCP port. */
  get port(): number | undefined {
    return this.#native?.port ?? undefined
  }

  /** The Unix socket. */
  get path(): string | undefined {
    return this.#native?.path ?? undefined
  }

  /** The certificate that clients can check the server by, as PEM, when it offers encryption. */
  get certificate(): string | undefined {
    return this.#native?.certificate ?? undefined
  }

  /** Whether `stop` was called. */
  get stopped(): boolean {
    return this.#stopping !== undefined
  }

  /** The database that is served. */
  get database(): Database {
    return this.#database
  }

  /** A URL by which clients find the server, with the password if there is one. */
  get connectionString(): string {
    const { password } = this.#face
    const user = password === undefined ? 'postgres' : `postgres:${encodeURIComponent(password)}`
    if (this.port !== undefined) {
      return `postgres://${user}@${urlHost(this.#face.host ?? '127.0.0.1')}:${this.port}/postgres`
    }
    const directory = (this.path ?? '').replace(/\/\.s\.PGSQL\.\d+$/, '')
    const port = /\.s\.PGSQL\.(\d+)$/.exec(this.path ?? '')?.[1]
    const where = `host=${encodeURIComponent(directory)}${port === undefined ? '' : `&port=${port}`}`
    return `postgres://${user}@/postgres?${where}`
  }

  /** The addresses of the open connections, oldest first. */
  getClients(): readonly string[] {
    return this.#native?.clients().map(({ address }) => address) ?? []
  }

  /** Counters. */
  getStats(): ServerStats {
    const stats = this.#native?.stats()
    const none = { connections: 0, accepted: 0, refused: 0, uptimeMs: 0 }
    return { ...(stats ?? none), maxConnections: this.#face.maxConnections }
  }

  /** Lets the server keep the process alive, as it does from its start. */
  ref(): this {
    if (!this.stopped) this.#keepAlive.set(true)
    return this
  }

  /** Lets the process end though the server listens. */
  unref(): this {
    this.#keepAlive.set(false)
    return this
  }

  /**
   * Takes no more connections, ends the open ones with `57P01`, and closes the database if the server
   * opened it. Idempotent.
   */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  /** Stops the server at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  async #stop(): Promise<void> {
    try {
      await this.#native?.stop()
      if (this.#ownsDatabase) await this.#database.close()
    } finally {
      this.#keepAlive.set(false)
    }
    this.emit('close')
  }

  #tell(event: NativeServerEvent): void {
    const { kind, id, address, user, database, text } = event
    if (kind === 'message') this.#face.inspect?.(text ?? '')
    else if (kind === 'disconnection') this.emit('disconnection', { id, address })
    else if (kind === 'connection') {
      const connection: ServerConnection = { id, address }
      if (user !== undefined) connection.user = user
      if (database !== undefined) connection.database = database
      this.emit('connection', connection)
    } else if (this.listenerCount('error') > 0) {
      this.emit('error', new Error(`${address}: ${text ?? 'the connection was refused'}`))
    }
  }
}

/**
 * Opens a database and serves it. Rejects when the address is taken or would let strangers in. With
 * `protocol: 'ndjson'` it is served line by line instead; see `startNdjsonServer`.
 */
export function startServer(
  options: NdjsonServerOptions & { protocol: 'ndjson' }
): Promise<NdjsonServer>
export function startServer(options?: ServerOptions): Promise<Server>
export function startServer(
  options: ServerOptions | (NdjsonServerOptions & { protocol: 'ndjson' }) = {}
): Promise<Server | NdjsonServer> {
  return options?.protocol === 'ndjson' ? startNdjsonServer(options) : Server.start(options)
}

/** A host as it stands in a URL. */
function urlHost(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host
}

/**
 * `startMultiTenantServer`: one port, and behind it a database for each name that clients connect to.
 */
import { EventEmitter } from 'node:events'
import { KeepAlive } from '../keep-alive'
import { startNativeTenantServer, type NativeServer, type NativeServerEvent } from '../native'
import { is, type Check } from '../options'
import {
  LISTEN_CHECKS,
  listenOptions,
  type ServerOptions,
  type ServerSetup,
} from '../server-options'
import type { InstanceStats } from './instance'
import { InstancePool, type InstancePoolStats } from './instance-pool'
import { checkPoolOptions, POOL_CHECKS, type InstancePoolOptions } from './options'

/** Takes what the router has to say, as pino and `console` do. */
export interface RouterLogger {
  info(fields: object, message: string): void
  debug(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** How the router listens, and how the databases behind it are kept. */
export interface MultiTenantServerOptions
  extends
    InstancePoolOptions,
    Omit<ServerOptions, keyof InstancePoolOptions | 'database' | 'dataDir'> {
  /** What the `logger` is told. Default `info`. */
  logLevel?: 'silent' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | undefined
  /** Where it is written to. Without one nothing is. */
  logger?: RouterLogger | undefined
  /** Connections of all tenants together. Default 1000. */
  maxConnections?: number | undefined
  /** How long a connection may be silent, in milliseconds. Default 0, for any time. */
  connectionIdleTimeout?: number | undefined
}

/** What a router tells of itself. */
export interface RouterStats {
  port: number | undefined
  host: string | undefined
  activeConnections: number
  pool: InstancePoolStats
}

/** A connection, as the event `connection` tells of it. */
export interface RouterConnection {
  dbName: string
  /** The client's address and port. */
  connId: string
  user: string
}

const LEVELS = ['silent', 'error', 'warn', 'info', 'debug', 'trace']

const logLevel: Check = (value) =>
  LEVELS.includes(value as string) ? undefined : `one of ${LEVELS.join(', ')}`

const logger: Check = (value) => {
  const methods = (value ?? {}) as Record<string, unknown>
  const complete = ['info', 'debug', 'error'].every((name) => typeof methods[name] === 'function')
  return complete ? undefined : 'an object with the functions info, debug and error'
}

const CHECKS: Record<string, Check> = {
  ...LISTEN_CHECKS,
  ...POOL_CHECKS,
  connectionIdleTimeout: LISTEN_CHECKS['idleTimeout'] ?? is('number'),
  logLevel,
  logger,
}

/**
 * A server whose clients get the database they name, made when it is not there.
 *
 * Events: `listening`, `database-created` (its name), `connection` (a `RouterConnection`),
 * `connection-error` (`{ error, connId }`), `error`, `stopped`.
 *
 * @example
 * await using router = await startMultiTenantServer({ port: 0, baseDir: './tenants' })
 * const client = new pg.Client(`postgres://postgres@127.0.0.1:${router.port}/acme`)
 */
export class MultiTenantRouter extends EventEmitter {
  /** The databases. */
  readonly pool: InstancePool
  readonly #options: MultiTenantServerOptions
  #setup: Pick<ServerSetup, 'native' | 'inspect' | 'host'> | undefined
  #native: NativeServer | undefined
  #stopping: Promise<void> | undefined
  readonly #keepAlive = new KeepAlive()

  /** Takes the options; `start` listens. */
  constructor(options: MultiTenantServerOptions = {}) {
    checkPoolOptions(options, CHECKS, 'multi-tenant server')
    super()
    this.setMaxListeners(0)
    this.#options = { ...options }
    this.pool = new InstancePool(only(options, POOL_CHECKS))
    this.pool.on('database-created', (dbName: string) => {
      this.#log('info', { dbName }, 'Database created')
      this.emit('database-created', dbName)
    })
  }

  /** Listens. Rejects when the address is taken or would let strangers in. */
  async start(): Promise<void> {
    if (this.#native !== undefined) throw new Error('oxbase: the router has been started')
    const { connectionIdleTimeout: idleTimeout } = this.#options
    const own = only(this.#options, LISTEN_CHECKS) as ServerOptions
    const listen = { maxConnections: MOST_CONNECTIONS, ...own }
    delete listen.idleTimeout
    if (idleTimeout !== undefined) listen.idleTimeout = idleTimeout
    const setup = await listenOptions(listen)
    this.#setup = setup
    try {
      const tell = (event: NativeServerEvent): void => this.#hear(event)
      this.#native = startNativeTenantServer(this.pool.native, setup.native, tell)
    } catch (error) {
      await this.pool.closeAll()
      throw error
    }
    this.ref()
    const { host, port } = this
    this.#log('info', { host, port, baseDir: this.#options.baseDir }, 'Multi-tenant router started')
    process.nextTick(() => this.emit('listening'))
  }

  /** The host as it was asked for; undefined when only a Unix socket is listened on. */
  get host(): string | undefined {
    return this.port === undefined ? undefined : this.#setup?.host
  }

  /** The TCP port. */
  get port(): number | undefined {
    return this.#native?.port ?? undefined
  }

  /** The Unix socket. */
  get path(): string | undefined {
    return this.#native?.path ?? undefined
  }

  /** Connections and databases. */
  getStats(): RouterStats {
    return {
      port: this.port,
      host: this.host,
      activeConnections: this.#native?.stats()?.connections ?? 0,
      pool: this.pool.getStats(),
    }
  }

  /** The databases that are open, awake or not. */
  listDatabases(): InstanceStats[] {
    return this.pool.list()
  }

  /** Lets the router keep the process alive, as it does from its start. */
  ref(): this {
    if (this.#stopping === undefined) this.#keepAlive.set(true)
    return this
  }

  /** Lets the process end though the router listens. */
  unref(): this {
    this.#keepAlive.set(false)
    return this
  }

  /** Takes no more connections, ends the open ones with `57P01` and closes the databases. Idempotent. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  /** Stops the router at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  async #stop(): Promise<void> {
    const { activeConnections } = this.getStats()
    try {
      await this.#native?.stop()
      await this.pool.closeAll()
    } finally {
      this.unref()
    }
    this.#log('info', { activeConnections }, 'Router stopped')
    this.emit('stopped')
  }

  #hear({ kind, address, user, database, text }: NativeServerEvent): void {
    if (kind === 'message') return this.#setup?.inspect?.(text ?? '')
    if (kind === 'connection') {
      const connection: RouterConnection = {
        dbName: database ?? '',
        connId: address,
        user: user ?? '',
      }
      this.#log('debug', connection, 'Connection')
      this.emit('connection', connection)
    } else if (kind === 'error') {
      const error = new Error(text ?? 'the connection was refused')
      this.#log('error', { connId: address, err: error }, 'Connection error')
      this.emit('connection-error', { error, connId: address })
    }
  }

  #log(level: 'info' | 'debug' | 'error', fields: object, message: string): void {
    const wanted = LEVELS.indexOf(this.#options.logLevel ?? 'info')
    if (LEVELS.indexOf(level) <= wanted) this.#options.logger?.[level](fields, message)
  }
}

/** Starts a router and resolves when it listens. */
export async function startMultiTenantServer(
  options: MultiTenantServerOptions = {}
): Promise<MultiTenantRouter> {
  const router = new MultiTenantRouter(options)
  await router.start()
  return router
}

/** How many connections there may be, unless the options say so. */
const MOST_CONNECTIONS = 1000

/** The options that a table knows. */
function only(options: object, checks: Record<string, Check>): object {
  return Object.fromEntries(Object.entries(options).filter(([key]) => key in checks))
}

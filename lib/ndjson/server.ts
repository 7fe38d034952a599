/** `NdjsonServer`: the newline protocol, listening on a host and port, on a Unix socket, or on both. */
import { EventEmitter } from 'node:events'
import type { PGlitePooler } from '../pooler'
import { listen, type SocketListener, type UniversalSocket } from '../socket'
import { formatAddress } from '../socket/address'
import { NdjsonConnection, type ConnectionLimits, type Inspect } from './connection'
import { checkHost, inspectorOf, type NdjsonLimits } from './options'
import { refusal } from './reply'

/** Where a server listens and on what it runs. */
export interface NdjsonServerParts extends NdjsonLimits {
  pooler: PGlitePooler
  /** Host and port, unless it listens on a Unix socket alone. */
  address?: { host: string; port: number } | undefined
  path?: string | undefined
  /** Called when the server has stopped, before `stop` resolves. */
  afterStop?: (() => Promise<void>) | undefined
}

/** What a server counts. */
export interface NdjsonServerStats {
  /** Clients at present. */
  connections: number
  maxConnections: number
  /** Clients since the start, those that were refused not included. */
  totalConnections: number
  /** Clients that were refused because there were too many. */
  refusedConnections: number
}

/** The longest line by default. */
const MAX_LINE_LENGTH = 16 * 1024 * 1024

/**
 * A server of the newline protocol. Events: `listening`, `connection` and `disconnection` (with the
 * client's name), `error`, `close`.
 */
export class NdjsonServer extends EventEmitter {
  readonly #parts: NdjsonServerParts
  readonly #limits: ConnectionLimits
  readonly #maxConnections: number
  readonly #inspect: Inspect | undefined
  readonly #connections = new Map<NdjsonConnection, Promise<void>>()
  readonly #refused = new Set<Promise<void>>()
  #listeners: SocketListener[] = []
  #isRef = true
  #named = 0
  #total = 0
  #refusals = 0
  #starting: Promise<void> | undefined
  #stopping: Promise<void> | undefined

  constructor(parts: NdjsonServerParts) {
    super()
    if (parts.address !== undefined) checkHost(parts.address.host, parts.trustRemote)
    this.#parts = parts
    this.#maxConnections = parts.maxConnections ?? 100
    this.#inspect = inspectorOf(parts.inspect)
    this.#limits = {
      maxLineLength: parts.maxLineLength ?? MAX_LINE_LENGTH,
      idleTimeout: parts.idleTimeout ?? 0,
    }
  }

  /** The host that is listened on. */
  get host(): string | undefined {
    return this.#parts.address?.host
  }

  /** The port that is listened on. */
  get port(): number | undefined {
    const { address } = this.#parts
    if (address === undefined) return undefined
    return this.#listeners.find(({ port }) => port !== undefined)?.port ?? address.port
  }

  /** The path of the Unix socket. */
  get path(): string | undefined {
    return this.#parts.path
  }

  /** Where clients connect: `tcp://host:port`, or `unix:path` where that is all. */
  get connectionString(): string {
    const { host, port } = this
    if (host === undefined || port === undefined) return `unix:${this.path}`
    return `tcp://${formatAddress({ hostname: host, port })}`
  }

  /** Starts to listen. Resolves once clients may connect; starting twice does nothing. */
  start(): Promise<void> {
    this.#starting ??= this.#start()
    return this.#starting
  }

  /** Whether `stop` was called. */
  get stopped(): boolean {
    return this.#stopping !== undefined
  }

  /** The clients: `host:port`, or `unix:<number>` on a Unix socket. */
  getClients(): readonly string[] {
    return [...this.#connections.keys()].map(({ name }) => name)
  }

  /** What was counted. */
  getStats(): NdjsonServerStats {
    return {
      connections: this.#connections.size,
      maxConnections: this.#maxConnections,
      totalConnections: this.#total,
      refusedConnections: this.#refusals,
    }
  }

  /** Keeps the process alive while listening, which is the default. */
  ref(): this {
    this.#isRef = true
    for (const listener of this.#listeners) listener.ref()
    return this
  }

  /** Lets the process end while listening. Clients that are connected keep it alive. */
  unref(): this {
    this.#isRef = false
    for (const listener of this.#listeners) listener.unref()
    return this
  }

  /** Takes no more clients, lets what runs come to its end, and tells those who are connected. Idempotent. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  /** Stops the server at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  async #start(): Promise<void> {
    const { address, path } = this.#parts
    try {
      if (address !== undefined) await this.#listen({ hostname: address.host, port: address.port })
      if (path !== undefined) await this.#listen({ path })
    } catch (error) {
      await this.#close()
      throw error
    }
    if (!this.#isRef) this.unref()
    this.emit('listening')
  }

  async #listen(place: { hostname: string; port: number } | { path: string }): Promise<void> {
    const listener = await listen({
      ...place,
      allowHalfOpen: true,
      handler: {
        onConnection: (socket) => this.#connected(socket),
        onError: (error) => this.#failed(error),
      },
    })
    this.#listeners.push(listener)
  }

  async #close(): Promise<void> {
    const listeners = this.#listeners
    this.#listeners = []
    await Promise.all(listeners.map((listener) => listener.close()))
  }

  async #stop(): Promise<void> {
    await this.#starting?.catch(() => undefined)
    await this.#close()
    const why = 'terminating connection due to administrator command'
    for (const connection of this.#connections.keys()) {
      connection.terminate(refusal('57P01', why, 'FATAL'))
    }
    await Promise.all([...this.#connections.values(), ...this.#refused])
    await this.#parts.afterStop?.()
    this.emit('close')
  }

  async #connected(socket: UniversalSocket): Promise<void> {
    const { remoteAddress } = await socket.opened
    const isUnix = remoteAddress.port === 0
    const name = isUnix ? `unix:${(this.#named += 1)}` : formatAddress(remoteAddress)
    const connection = new NdjsonConnection(
      name,
      socket,
      this.#parts.pooler,
      this.#limits,
      this.#inspect
    )
    if (this.#stopping !== undefined) connection.terminate(stopped())
    else if (this.#connections.size >= this.#maxConnections) {
      this.#refusals += 1
      connection.terminate(refusal('53300', 'sorry, too many clients already', 'FATAL'))
    } else {
      await this.#serve(connection)
      return
    }
    const refused = connection.run()
    this.#refused.add(refused)
    await refused.finally(() => this.#refused.delete(refused))
  }

  async #serve(connection: NdjsonConnection): Promise<void> {
    this.#total += 1
    const running = connection.run()
    this.#connections.set(connection, running)
    this.emit('connection', connection.name)
    await running
    this.#connections.delete(connection)
    this.emit('disconnection', connection.name)
  }

  #failed(error: Error): void {
    // Without a listener the event would be thrown at nobody who could do anything about it.
    if (this.listenerCount('error') > 0) this.emit('error', error)
  }
}

/** What is said to those who connect while the server stops. */
function stopped(): Error {
  return refusal('57P03', 'the database system is shutting down', 'FATAL')
}

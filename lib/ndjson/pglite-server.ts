/** `PGliteServer`: the newline protocol on a pooler, under the names of nano-supabase. */
import { checkOptions, type Check } from '../options'
import { PGlitePooler } from '../pooler'
import { DEFAULT_HOST, filledString, LIMIT_CHECKS, portNumber, type NdjsonLimits } from './options'
import { NdjsonServer, type NdjsonServerStats } from './server'

/** Where a server listens, and on what pooler it runs. */
export interface PGliteServerConfig extends NdjsonLimits {
  /** Default `127.0.0.1`. */
  readonly hostname?: string | undefined
  /** Default 5433; 0 gives a free one, which `port` tells after the start. */
  readonly port?: number | undefined
  /** Started and stopped with the server. */
  readonly pooler: PGlitePooler
}

/** The port that is listened on by default. */
const DEFAULT_PORT = 5433

const pooler: Check = (value) => (value instanceof PGlitePooler ? undefined : 'a PGlitePooler')
const CHECKS = { ...LIMIT_CHECKS, hostname: filledString, port: portNumber, pooler }

/**
 * A line of SQL in, a line of JSON out.
 *
 * @example
 * const pooler = new PGlitePooler(await Database.open())
 * const server = new PGliteServer({ port: 5433, pooler })
 * await server.start() // echo 'select 1' | nc 127.0.0.1 5433
 * await server.stop()
 */
export class PGliteServer {
  readonly #config: PGliteServerConfig
  #server: NdjsonServer

  constructor(config: PGliteServerConfig) {
    checkOptions(config, CHECKS, 'server')
    if ((config as Partial<PGliteServerConfig>).pooler === undefined) {
      throw new TypeError('oxbase: option "pooler" must be a PGlitePooler, got undefined')
    }
    this.#config = config
    this.#server = this.#create()
  }

  /** The host that is listened on. */
  get hostname(): string {
    return this.#config.hostname ?? DEFAULT_HOST
  }

  /** The port that is listened on. */
  get port(): number {
    return this.#server.port ?? DEFAULT_PORT
  }

  /** Starts the pooler, and to listen. A server that was stopped may be started again. */
  async start(): Promise<void> {
    if (this.#server.stopped) this.#server = this.#create()
    const { pooler } = this.#config
    await pooler.start()
    try {
      await this.#server.start()
    } catch (error) {
      await this.stop()
      throw error
    }
  }

  /** Ends the connections, stops to listen, and stops the pooler. The database stays open. */
  stop(): Promise<void> {
    return this.#server.stop()
  }

  /** The clients, as `host:port`. */
  getClients(): readonly string[] {
    return this.#server.getClients()
  }

  /** What was counted since the start. */
  getStats(): NdjsonServerStats {
    return this.#server.getStats()
  }

  /** Keeps the process alive while listening, which is the default. */
  ref(): this {
    this.#server.ref()
    return this
  }

  /** Lets the process end while listening. */
  unref(): this {
    this.#server.unref()
    return this
  }

  /** Stops the server at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  #create(): NdjsonServer {
    const { hostname = DEFAULT_HOST, port = DEFAULT_PORT, pooler, ...limits } = this.#config
    const afterStop = (): Promise<void> => pooler.stop()
    return new NdjsonServer({ ...limits, address: { host: hostname, port }, pooler, afterStop })
  }
}

/** The options of `startServer`: checked, completed, and read into what the native side takes. */
import { lookup } from 'node:dns/promises'
import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { Database } from './database'
import type { NativeServerOptions } from './native'
import { checkOptions, ENGINE_CHECKS, is, type Check, type DatabaseOptions } from './options'

/** Encryption: PEM texts, or the names of files that hold them. */
export interface TlsOptions {
  /** The certificate, with what signed it. */
  cert: string
  /** Its private key. */
  key: string
}

/** How a server listens and whom it serves, beside where its database is. */
export interface ServerOptions extends DatabaseOptions {
  /** An open database instead of `dataDir`; it stays open when the server stops. */
  database?: Database | undefined
  /** An address, a name or `*` for all addresses. Default `127.0.0.1`. */
  host?: string | undefined
  /** Default 5432; 0 gives a free one. */
  port?: number | undefined
  /**
   * A Unix socket: its path, or the directory for `.s.PGSQL.<port>`. Without `host` and `port` it is the
   * only one that is listened on.
   */
  path?: string | undefined
  /** Default `scram-sha-256` when there is a `password`, else `trust`, for this machine's clients only. */
  auth?: 'trust' | 'scram-sha-256' | undefined
  /** The password of the user `postgres`. Other roles have what `CREATE ROLE … PASSWORD` gave them. */
  password?: string | undefined
  /** Encryption for clients that ask for it; `true` makes a certificate that signs itself. */
  tls?: true | TlsOptions | undefined
  /** Lets clients of other machines in without a password. Default false. */
  trustRemote?: boolean | undefined
  /** How many sessions there may be. Default 100. */
  maxConnections?: number | undefined
  /** How long a session may be silent, in milliseconds. Default 0, for any time. */
  idleTimeout?: number | undefined
  /** How long a client may take to say who it is, in milliseconds. Default 60000. */
  authenticationTimeout?: number | undefined
  /** PostgreSQL's own; `ndjson` is that of `startNdjsonServer`. Default `postgres`. */
  protocol?: 'postgres' | undefined
  /** Writes a line for each message: `true` to standard error, a function gets it. */
  inspect?: boolean | ((line: string) => void) | undefined
}

/**
 * What a server's own database starts with, unless the user says otherwise. A page that is not in these
 * buffers costs a read through the WASI host, so a process that is there to serve gets more of them than
 * a database inside an application.
 */
export const SERVER_SETTINGS = { shared_buffers: '32MB' }

const LARGEST = 2_147_483_647

const port: Check = (value) =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 65_535
    ? undefined
    : 'a whole number up to 65535'

const isWhole = (value: unknown, least: number): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= least && value <= LARGEST

const positive: Check = (value) =>
  isWhole(value, 1) ? undefined : `a whole number from 1 to ${LARGEST}`

/** PostgreSQL's own settings of time end there. */
const milliseconds: Check = (value) =>
  isWhole(value, 0) ? undefined : `a whole number from 0 to ${LARGEST}`

const host: Check = (value) =>
  typeof value === 'string' && value !== '' ? undefined : 'an address, a name or "*"'

const auth: Check = (value) =>
  value === 'trust' || value === 'scram-sha-256' ? undefined : '"trust" or "scram-sha-256"'

const tls: Check = (value) => {
  if (value === true) return undefined
  const { cert, key } = (value ?? {}) as { cert?: unknown; key?: unknown }
  return typeof cert === 'string' && typeof key === 'string'
    ? undefined
    : 'true or an object with the strings cert and key'
}

const inspect: Check = (value) =>
  typeof value === 'boolean' || typeof value === 'function' ? undefined : 'a boolean or a function'

/** The options of the wire server, without those of its database. */
export const LISTEN_CHECKS: Record<string, Check> = {
  host,
  port,
  path: (value) => (typeof value === 'string' && value !== '' ? undefined : 'the name of a file'),
  auth,
  password: is('string'),
  tls,
  trustRemote: is('boolean'),
  maxConnections: positive,
  idleTimeout: milliseconds,
  authenticationTimeout: positive,
  inspect,
  protocol: (value) => (value === 'postgres' ? undefined : '"postgres" or "ndjson"'),
}

const CHECKS: Record<string, Check> = {
  ...ENGINE_CHECKS,
  ...LISTEN_CHECKS,
  supabase: is('boolean'),
  database: (value) => (value instanceof Database ? undefined : 'a Database'),
}

/** What a server is started with. */
export interface ServerSetup {
  native: NativeServerOptions
  engine: DatabaseOptions
  database: Database | undefined
  inspect: ((line: string) => void) | undefined
  host: string | undefined
}

/** Checks the options of `startServer` and reads the files they name. */
export async function serverOptions(options: ServerOptions): Promise<ServerSetup> {
  checkOptions(options, CHECKS, 'server')
  const { database } = options
  const engine = Object.fromEntries(
    Object.entries(options).filter(([key]) => key in ENGINE_CHECKS || key === 'supabase')
  ) as DatabaseOptions
  if (database !== undefined && Object.keys(engine).length > 0) {
    const [key] = Object.keys(engine)
    throw new TypeError(`oxbase: option "${key}" means nothing beside "database"`)
  }
  return { ...(await listenOptions(options)), engine, database }
}

/** The part of the options that says how to listen. */
export async function listenOptions(
  options: ServerOptions
): Promise<Pick<ServerSetup, 'native' | 'inspect' | 'host'>> {
  const { path, password } = options
  if (options.auth === 'trust' && password !== undefined) {
    throw new TypeError('oxbase: option "password" means nothing with auth "trust"')
  }
  if (password === '') throw new TypeError('oxbase: option "password" must not be empty')
  const unixOnly = path !== undefined && options.host === undefined && options.port === undefined
  const host = unixOnly ? undefined : (options.host ?? '127.0.0.1')
  const native: NativeServerOptions = {
    hosts: host === undefined ? [] : await addresses(host),
    port: options.port ?? 5432,
    asksPassword:
      (options.auth ?? (password === undefined ? 'trust' : 'scram-sha-256')) !== 'trust',
    trustsRemote: options.trustRemote ?? false,
    maxConnections: options.maxConnections ?? 100,
    idleTimeout: options.idleTimeout ?? 0,
    authenticationTimeout: options.authenticationTimeout ?? 60_000,
    inspects: options.inspect !== undefined && options.inspect !== false,
  }
  if (path !== undefined) native.path = path
  if (password !== undefined) native.password = password
  if (options.tls === true) {
    native.selfSigned = [...new Set(['localhost', '127.0.0.1', '::1', hostname(), ...native.hosts])]
  } else if (options.tls !== undefined) {
    native.certificate = await pem(options.tls.cert)
    native.key = await pem(options.tls.key)
  }
  const toStandardError = (line: string): void => void process.stderr.write(`${line}\n`)
  const inspect = typeof options.inspect === 'function' ? options.inspect : toStandardError
  return { native, inspect, host }
}

/** The IP addresses that a host stands for. */
async function addresses(host: string): Promise<string[]> {
  if (host === '*') return ['0.0.0.0', '::']
  if (isIP(host) !== 0) return [host]
  const found = await lookup(host, { all: true }).catch((cause: unknown) => {
    throw new Error(`oxbase: cannot listen on ${host}: the name has no address`, { cause })
  })
  return found.map(({ address }) => address)
}

/** A PEM text, read from its file when it is a name. */
async function pem(text: string): Promise<string> {
  return text.includes('-----BEGIN ') ? text : await readFile(text, 'utf8')
}

/** Options of the servers that speak the newline protocol, and what a wrong one is told. */
import { Database } from '../database'
import { ENGINE_CHECKS, is, wholeNumber, type Check, type DatabaseOptions } from '../options'
import { isLoopback } from '../socket/address'
import type { Inspect } from './connection'

/** Bounds of a server's connections. */
export interface NdjsonLimits {
  /** Bytes of the longest line. Default 16 MB; a longer one is answered with an error and skipped. */
  maxLineLength?: number | undefined
  /** Connections at a time. Default 100; a further one is refused with `53300`. */
  maxConnections?: number | undefined
  /** Milliseconds that a client may leave without a word. Default 0: no limit. */
  idleTimeout?: number | undefined
  /** Called with each line that goes in (`>`) or out (`<`); `true` writes them to standard error. */
  inspect?: boolean | ((line: string) => void) | undefined
  /** Allows to listen where other machines reach it, although nobody is asked for a password. */
  trustRemote?: boolean | undefined
}

/**
 * Options of `startNdjsonServer`. `statementTimeout` is how long a line may take, waiting and running;
 * default 5000, 0 is no limit.
 */
export interface NdjsonServerOptions extends DatabaseOptions, NdjsonLimits {
  /** An open database in place of `dataDir`. It stays open when the server is stopped. */
  database?: Database | undefined
  /** Default `127.0.0.1`. */
  host?: string | undefined
  /** Default 5432; 0 gives a free one. */
  port?: number | undefined
  /** A Unix socket: its path, or a directory for it. Without host and port, only this one listens. */
  path?: string | undefined
  /** This protocol has no other. */
  auth?: 'trust' | undefined
  /** Taken so that the options of `startServer` fit. */
  protocol?: 'ndjson' | undefined
}

/** The host that is listened on by default. */
export const DEFAULT_HOST = '127.0.0.1'

const port: Check = (value) => {
  if (typeof value !== 'number') return 'a number'
  return Number.isInteger(value) && value >= 0 && value <= 65_535
    ? undefined
    : 'a port from 0 to 65535'
}

const positive: Check = (value) => wholeNumber(value) ?? (value === 0 ? 'more than 0' : undefined)

/** A host or a path, which must not be empty. */
export const filledString: Check = (value) =>
  is('string')(value) ?? (value === '' ? 'a string that is not empty' : undefined)

const inspect: Check = (value) =>
  typeof value === 'boolean' || typeof value === 'function' ? undefined : 'a boolean or a function'

const database: Check = (value) => (value instanceof Database ? undefined : 'an open Database')

/** Checks of the limits. */
export const LIMIT_CHECKS: Record<string, Check> = {
  maxLineLength: positive,
  maxConnections: positive,
  idleTimeout: wholeNumber,
  inspect,
  trustRemote: is('boolean'),
}

/** Checks of the port. */
export const portNumber = port

/** Checks of `startNdjsonServer`. */
export const SERVER_CHECKS: Record<string, Check> = {
  ...ENGINE_CHECKS,
  ...LIMIT_CHECKS,
  supabase: is('boolean'),
  auth: (value) => (value === 'trust' ? undefined : '"trust", as there are no passwords'),
  protocol: (value) => (value === 'ndjson' ? undefined : '"ndjson"'),
  database,
  host: filledString,
  port,
  path: filledString,
}

/** Refuses what the wire server has and this protocol does not. */
export function checkAbsent(options: object): void {
  for (const key of ['password', 'tls', 'authenticationTimeout']) {
    if ((options as Record<string, unknown>)[key] === undefined) continue
    throw new TypeError(
      `oxbase: option "${key}" is not for the newline protocol, which has neither passwords nor TLS`
    )
  }
}

/** Refuses to listen where other machines reach it, unless that was asked for. */
export function checkHost(host: string, trustRemote: boolean | undefined): void {
  if (trustRemote === true || isLoopback(host)) return
  throw new Error(
    `oxbase: the newline protocol has no passwords, so it listens on this machine only; ` +
      `"${host}" is reached by others. Use 127.0.0.1, or trustRemote: true if everybody there may ` +
      `do everything with the database`
  )
}

/** What is called with each line, if anything. */
export function inspectorOf(option: NdjsonLimits['inspect']): Inspect | undefined {
  if (typeof option === 'function') return option
  return option === true ? (line) => void process.stderr.write(`${line}\n`) : undefined
}

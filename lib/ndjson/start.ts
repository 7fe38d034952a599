/** `startNdjsonServer`: opens a database and serves it by the newline protocol. */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { Database } from '../database'
import { checkOptions, ENGINE_CHECKS, type DatabaseOptions } from '../options'
import { PGlitePooler } from '../pooler'
import {
  checkAbsent,
  checkHost,
  DEFAULT_HOST,
  SERVER_CHECKS,
  type NdjsonServerOptions,
} from './options'
import { NdjsonServer } from './server'

/** The port that is listened on by default, as by the wire server. */
const DEFAULT_PORT = 5432

/** Where the options say to listen. */
function placesOf({ host, port, path }: NdjsonServerOptions) {
  const isPathOnly = path !== undefined && host === undefined && port === undefined
  const address = { host: host ?? DEFAULT_HOST, port: port ?? DEFAULT_PORT }
  return { address: isPathOnly ? undefined : address, path: socketPath(path, address.port) }
}

/** The socket's own path; in a directory it has the name that PostgreSQL gives it. */
function socketPath(path: string | undefined, port: number): string | undefined {
  if (path === undefined) return undefined
  const isDirectory = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
  return isDirectory ? join(path, `.s.PGSQL.${port}`) : path
}

/** The options that the database is opened with. */
function engineOptions(options: NdjsonServerOptions): DatabaseOptions {
  const isEngines = (key: string): boolean => key in ENGINE_CHECKS || key === 'supabase'
  return Object.fromEntries(Object.entries(options).filter(([key]) => isEngines(key)))
}

/** Refuses options of opening for a database that is open. */
function refuseWithDatabase(options: object): void {
  const given = Object.entries(options).find(([, value]) => value !== undefined)
  if (given === undefined) return
  throw new TypeError(`oxbase: option "${given[0]}" has no meaning for a database that is open`)
}

/**
 * Opens a database and serves it: a line of SQL in, a line of JSON out.
 *
 * @example
 * await using server = await startNdjsonServer({ dataDir: './data', port: 0 })
 * console.log(server.connectionString)
 */
export async function startNdjsonServer(options: NdjsonServerOptions = {}): Promise<NdjsonServer> {
  if (typeof options === 'object' && options !== null) checkAbsent(options)
  checkOptions(options, SERVER_CHECKS, 'server')
  const { database, host, port, path, maxLineLength, maxConnections, ...rest } = options
  const { idleTimeout, inspect, trustRemote, statementTimeout } = rest
  const limits = { maxLineLength, maxConnections, idleTimeout, inspect, trustRemote }
  const engine = engineOptions(options)
  if (database !== undefined) refuseWithDatabase({ ...engine, statementTimeout: undefined })
  const places = placesOf({ host, port, path })
  if (places.address !== undefined) checkHost(places.address.host, trustRemote)
  const opened = database ?? (await Database.open(engine))
  const afterStop = async (): Promise<void> => {
    await pooler.stop()
    if (database === undefined) await opened.close()
  }
  const pooler = new PGlitePooler(opened, {
    // Each client has one query at a time.
    maxQueueSize: Math.max(1000, maxConnections ?? 0),
    ...(statementTimeout === undefined ? {} : { defaultTimeout: statementTimeout }),
  })
  const server = new NdjsonServer({ ...limits, ...places, pooler, afterStop })
  try {
    await pooler.start()
    await server.start()
  } catch (error) {
    await server.stop()
    throw error
  }
  return server
}

/**
 * The database that a command works on: a server by its URL, the running server of a directory, or the
 * directory itself, opened for the time of the command.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { Database } from '../database'
import { Client } from '../pg'
import { startServer } from '../server'
import { CliError } from './cli-error'
import type { Call } from './command'
import { dataDirectory, shownDirectory } from './paths'
import { withProgress } from './progress'
import type { ProjectFacts } from './project'
import { askServer } from './state'

/** The options by which a command is told its database. */
export interface TargetOptions {
  dir?: string
  dbUrl?: string
  local?: boolean
}

/** The variables by which libpq finds a server. */
export type PgEnvironment = Record<string, string>

/** A connection to the database. It is ended with the command. */
export interface Connection {
  client: pg.Client
  /** Stops the statement that runs. */
  cancel: () => void
}

/** A database to work on. */
export interface Target {
  /** How it is named to the user. */
  readonly place: string
  /** The directory, when the command itself has it open. */
  readonly database: Database | undefined
  /** Opens a connection. */
  connect(): Promise<Connection>
  /** Where programs of PostgreSQL find the database. */
  environment(): Promise<PgEnvironment>
}

type Cleanup = () => unknown

/** Runs `work` on the database that the options name, and closes what was opened for it. */
export async function withTarget<T>(
  call: Pick<Call<TargetOptions>, 'options' | 'output' | 'signal'>,
  work: (target: Target) => Promise<T>
): Promise<T> {
  const { options, output, signal } = call
  const cleanups: Cleanup[] = []
  try {
    const target = await withProgress(output, 'Opening the database', () =>
      openTarget(options, signal, cleanups)
    )
    signal.throwIfAborted()
    return await work(target)
  } catch (error) {
    // What a stopped statement says about it is of no interest to the one who stopped it.
    signal.throwIfAborted()
    throw error
  } finally {
    for (const cleanup of cleanups.reverse()) await cleanup()
  }
}

async function openTarget(
  { dir, dbUrl }: TargetOptions,
  signal: AbortSignal,
  cleanups: Cleanup[]
): Promise<Target> {
  if (dbUrl !== undefined) {
    if (dir !== undefined) throw CliError.usage('--dir and --db-url exclude each other')
    if (!/^postgres(ql)?:\/\//.test(dbUrl)) {
      throw CliError.usage('--db-url must begin with postgres://')
    }
    return remoteTarget(dbUrl, withoutPassword(dbUrl), signal, cleanups)
  }
  const dataDir = dataDirectory(dir)
  const facts = await askServer(dataDir, 'status')
  if (facts !== undefined && facts !== null) {
    const { DB_URL } = facts as ProjectFacts
    if (DB_URL !== undefined) return remoteTarget(DB_URL, shownDirectory(dataDir), signal, cleanups)
  }
  return embeddedTarget(dataDir, signal, cleanups)
}

function withoutPassword(url: string): string {
  return url.replace(/^(\w+:\/\/[^/@:]*):[^/@]*@/, '$1@')
}

/** Stops what a connection runs when the command is interrupted, and ends it with the command. */
function keep(client: pg.Client, signal: AbortSignal, stop: () => void, cleanups: Cleanup[]): void {
  // Whoever waits for an answer is told; nobody else has to know.
  client.on('error', () => undefined)
  signal.addEventListener('abort', stop, { once: true })
  cleanups.push(() => client.end().catch(() => undefined))
}

/** What is used of pg's client and connection to send a cancel request; not in its types. */
interface Cancelable {
  host: string
  port: number
  processID: number
  secretKey: number
  connection: {
    on(event: string, call: () => void): void
    connect(port: number | string, host?: string): void
    cancel(processID: number, secretKey: number): void
  }
}

/** Asks the server of `client` to stop what it runs, by a connection of its own. */
function cancelOn(client: pg.Client, canceler: pg.Client): void {
  const { processID, secretKey } = client as unknown as Cancelable
  const { host, port, connection } = canceler as unknown as Cancelable
  connection.on('error', () => undefined)
  connection.on('connect', () => connection.cancel(processID, secretKey))
  if (host.startsWith('/')) connection.connect(`${host}/.s.PGSQL.${port}`)
  else connection.connect(port, host)
}

function remoteTarget(
  url: string,
  place: string,
  signal: AbortSignal,
  cleanups: Cleanup[]
): Target {
  const connect = async (): Promise<Connection> => {
    const client = new pg.Client({ connectionString: url, application_name: 'oxbase' })
    const cancel = (): void => cancelOn(client, new pg.Client({ connectionString: url }))
    await client.connect()
    keep(client, signal, cancel, cleanups)
    return { client, cancel }
  }
  const { hostname, port, username, password, pathname, searchParams } = new URL(url)
  const environment = {
    PGHOST: searchParams.get('host') ?? hostname.replace(/^\[|\]$/g, ''),
    PGPORT: port || '5432',
    PGUSER: decodeURIComponent(username) || 'postgres',
    PGPASSWORD: decodeURIComponent(password),
    PGDATABASE: decodeURIComponent(pathname.slice(1)) || 'postgres',
  }
  return { place, database: undefined, connect, environment: () => Promise.resolve(environment) }
}

async function embeddedTarget(
  dataDir: string,
  signal: AbortSignal,
  cleanups: Cleanup[]
): Promise<Target> {
  const name = `oxbase-${process.pid}`
  const database = await Database.open({ dataDir, name, supabase: true })
  cleanups.push(() => database.close())
  const connect = async (): Promise<Connection> => {
    const client = new Client({ dataDir, name, user: 'postgres', application_name: 'oxbase' })
    const stream = (client as unknown as { connection: { stream: { cancel(): void } } }).connection
      .stream
    await client.connect()
    const cancel = (): void => stream.cancel()
    keep(client, signal, cancel, cleanups)
    return { client, cancel }
  }
  let serving: Promise<PgEnvironment> | undefined
  const environment = (): Promise<PgEnvironment> => (serving ??= serve(database, cleanups))
  return { place: shownDirectory(dataDir), database, connect, environment }
}

/** Serves an open database to programs that this command starts, and to nobody else. */
export async function serve(database: Database, cleanups: Cleanup[]): Promise<PgEnvironment> {
  const user = { PGUSER: 'postgres', PGDATABASE: 'postgres' }
  if (database.native.joined) {
    // The process that has it open has a socket for the programs of its user.
    const directory = join(database.dataDir, 'pgdata')
    return { ...user, PGHOST: directory, PGPORT: '5432', PGSSLMODE: 'disable' }
  }
  if (process.platform === 'win32') {
    const password = randomBytes(18).toString('base64url')
    const server = await startServer({ database, host: '127.0.0.1', port: 0, password })
    cleanups.push(() => server.stop())
    return { ...user, PGHOST: '127.0.0.1', PGPORT: String(server.port), PGPASSWORD: password }
  }
  const directory = mkdtempSync(join(tmpdir(), 'oxbase-'))
  chmodSync(directory, 0o700)
  cleanups.push(() => rmSync(directory, { recursive: true, force: true }))
  const server = await startServer({ database, path: directory })
  cleanups.push(() => server.stop())
  const port = server.path?.split('.').at(-1) ?? '5432'
  return { ...user, PGHOST: directory, PGPORT: port, PGSSLMODE: 'disable' }
}

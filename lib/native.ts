/**
 * The door to the native addon: finds it, loads it, and turns the errors it returns into thrown ones.
 * No other file imports the addon.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import type * as Binding from './binding'
import type {
  Mailbox as NativeMailbox,
  NativeDatabase,
  NativeError,
  NativeHold,
  NativeOpenOptions,
  NativeRest,
  NativeServer,
  NativeServerEvent,
  NativeServerOptions,
  NativeSession,
  NativeSessionOptions,
  NativeStatement,
  NativeStats,
  NativeTenantEvent,
  NativeTenantOptions,
  NativeTenants,
} from './binding'
import { DatabaseError } from './pg/internals'

export type {
  NativeAnswer,
  NativeDatabase,
  NativeError,
  NativeHistogram,
  NativeOpenOptions,
  NativeRest,
  NativeServer,
  NativeServerEvent,
  NativeServerOptions,
  NativeServerStats,
  NativeSession,
  NativeSessionInfo,
  NativeSessionOptions,
  NativeStatement,
  NativeStats,
  NativeTenant,
  NativeTenantEvent,
  NativeTenantOptions,
  NativeTenants,
  NativeTenantStats,
} from './binding'
export type { NativeMailbox }

/** Suffix of the addon file and of the platform package, by Node's own names. */
const PLATFORMS: Record<string, string> = {
  'linux-x64': 'linux-x64-gnu',
  'linux-arm64': 'linux-arm64-gnu',
  'darwin-arm64': 'darwin-arm64',
  'win32-x64': 'win32-x64-msvc',
}

/** Whether this Linux has glibc; musl systems cannot load the addon. */
function hasGlibc(): boolean {
  if (process.platform !== 'linux') return true
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } }
  return report.header?.glibcVersionRuntime !== undefined
}

/** The error for a platform no addon is built for. */
function unsupported(): Error {
  const here = `${process.platform}-${process.arch}`
  const known = 'Linux with glibc on x64 and arm64, macOS on arm64, and Windows on x64'
  const musl = here in PLATFORMS ? ' without glibc' : ''
  return new Error(`oxbase: there is no build for ${here}${musl}; supported are ${known}.`)
}

function load(): typeof Binding {
  const platform = PLATFORMS[`${process.platform}-${process.arch}`]
  if (platform === undefined) throw unsupported()
  // A backtrace is captured for each SQL error that unwinds through the engine, which is slow.
  process.env['RUST_LIB_BACKTRACE'] ??= '0'
  const local = join(__dirname, '..', `oxbase.${platform}.node`)
  try {
    return require(existsSync(local) ? local : `oxbase-${platform}`) as typeof Binding
  } catch (cause) {
    if (!hasGlibc()) throw unsupported()
    const hint = `install the package oxbase-${platform}, or run \`npm run build\` in a checkout`
    throw new Error(`oxbase: the native addon for ${platform} could not be loaded; ${hint}.`, {
      cause,
    })
  }
}

let loaded: typeof Binding | undefined
const open = new Set<NativeDatabase>()

/** The addon, loaded on first use so that importing the package stays cheap and cannot fail. */
function binding(): typeof Binding {
  if (loaded !== undefined) return loaded
  const native = load()
  process.once('exit', () => {
    if (isMainThread) native.closeAll()
    else for (const database of open) database.release()
  })
  loaded = native
  return native
}

/** Whether a native call returned an error. */
function isNativeError(result: object): result is NativeError {
  return 'errorClass' in result
}

/** Makes the error of the class that the native side named, with every field it carries. */
export function toError(native: NativeError): Error {
  const { errorClass, message, ...fields } = native
  if (errorClass === 'TypeError') return new TypeError(message)
  if (errorClass === 'Error') return Object.assign(new Error(message), fields)
  return Object.assign(new DatabaseError(message, message.length, 'error'), fields)
}

/** Returns the value, or throws the error class the native side named. */
export function unwrap<T extends object>(result: T | NativeError): T {
  if (isNativeError(result)) throw toError(result)
  return result
}

/** Opens an engine, or joins the one that is open for the same directory or name. */
export async function openDatabase(options: NativeOpenOptions): Promise<NativeDatabase> {
  const database = unwrap<NativeDatabase>(await binding().NativeDatabase.open(options))
  open.add(database)
  return database
}

/** Closes a handle; the last one closes the engine. */
export async function closeDatabase(database: NativeDatabase): Promise<void> {
  open.delete(database)
  await done(database.close())
}

/** A set of tenants; `listener` hears what happens to them. */
export function openTenants(
  options: NativeTenantOptions,
  listener: (event: NativeTenantEvent) => void
): NativeTenants {
  return unwrap<NativeTenants>(binding().NativeTenants.open(options, listener))
}

/** A tenant's name as it is kept: cut like every identifier. */
export function tenantName(name: string): string {
  const kept = binding().NativeTenants.nameOf(name)
  if (typeof kept !== 'string') throw toError(kept)
  return kept
}

/** The database of a tenant, opened or made. */
export async function tenantDatabase(
  tenants: NativeTenants,
  name: string
): Promise<NativeDatabase> {
  const database = unwrap<NativeDatabase>(await tenants.getOrCreate(name))
  open.add(database)
  return database
}

/** Waits for what gives back nothing but a failure, and throws that. */
export async function done(work: Promise<NativeError | null>): Promise<void> {
  const error = await work
  if (error !== null) throw toError(error)
}

/** The SQL that makes a database look like a Supabase project. */
export function supabaseSql(): string {
  return binding().NativeDatabase.supabaseSql()
}

/** The statements of a script, in their order. */
export function splitStatements(sql: string): NativeStatement[] {
  return binding().splitStatements(sql)
}

/** The services of a project on an open database; `options` is JSON. */
export function createEmbeddedRest(
  database: NativeDatabase,
  mailbox: NativeMailbox,
  options: string
): NativeRest {
  return binding().NativeRest.embedded(database, mailbox, options)
}

/** The services of a project on a PostgreSQL server; `options` is JSON. */
export function createRemoteRest(url: string, mailbox: NativeMailbox, options: string): NativeRest {
  return binding().NativeRest.remote(url, mailbox, options)
}

/** Starts a wire server on an open database; `events` is called from the event loop. */
export function startNativeServer(
  database: NativeDatabase,
  options: NativeServerOptions,
  events: (event: NativeServerEvent) => void
): NativeServer {
  return unwrap<NativeServer>(binding().NativeServer.start(database, options, events))
}

/** Starts a wire server for a set of tenants; `events` is called from the event loop. */
export function startNativeTenantServer(
  tenants: NativeTenants,
  options: NativeServerOptions,
  events: (event: NativeServerEvent) => void
): NativeServer {
  return unwrap<NativeServer>(binding().NativeServer.startTenants(tenants, options, events))
}

/** What pg_dump writes of the database in a directory that nobody has open. */
export async function pgDump(dataDir: string, args: string[]): Promise<Uint8Array> {
  return unwrap<Uint8Array>(await binding().pgDump(dataDir, args))
}

/** Counters of an engine. */
export function databaseStats(database: NativeDatabase): NativeStats {
  const stats = database.stats()
  if (stats === null) throw new Error('oxbase: the database is closed')
  return stats
}

/** Starts a session that delivers into `mailbox`. */
export function createSession(
  database: NativeDatabase,
  mailbox: NativeMailbox,
  options: NativeSessionOptions
): NativeSession {
  return unwrap<NativeSession>(database.session(mailbox, options))
}

/** Makes a mailbox. See `NativeMailbox` for what its parts are. */
export function createMailbox(
  scratch: Uint8Array,
  header: Int32Array,
  wake: () => void
): NativeMailbox {
  return new (binding().Mailbox)(scratch, header, wake)
}

/** Keeps everybody from opening a directory until `release`; throws when somebody has it open. */
export async function holdDirectory(dataDir: string): Promise<NativeHold> {
  return unwrap<NativeHold>(await binding().NativeHold.take(dataDir))
}

/** Closes every engine of the process. Blocks, for a bounded time; open clients see their connection end. */
export function closeAll(): void {
  loaded?.closeAll()
  open.clear()
}

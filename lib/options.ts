/**
 * Options: which exist, of what type, and what a wrong one is told.
 * A pg configuration may carry keys that nobody knows (as `pg` allows); in it only ours are checked,
 * and names that are nearly ours are refused, because a silently ignored `datadir` loses data.
 */
import type { NativeOpenOptions } from './native'
import { defaultDataDir, defaultJoin, defaultRelaxedDurability } from './swap'

/** How waiting work is chosen: strictly by priority, or by shares of 8:4:2:1. */
export type Scheduling = 'priority' | 'weighted'

/** Where a database is and how its engine runs. */
export interface DatabaseOptions {
  /** A directory, or `memory://`. Default: `OXBASE_DATA_DIR`, else `memory://`. */
  dataDir?: string | undefined
  /** Databases in memory that have the same name are the same one. */
  name?: string | undefined
  /** Commits return before they are on disk. Default false: a commit that returned survives a crash. */
  relaxedDurability?: boolean | undefined
  /** PostgreSQL settings for the start of the engine, such as `shared_buffers`. */
  settings?: Record<string, string | number | boolean> | undefined
  /** Extensions that are made available when the engine opens; others are with `CREATE EXTENSION`. */
  extensions?: string[] | undefined
  /** Batches that may wait before further ones are refused. Default 10000; 0 is no limit. */
  maxQueueSize?: number | undefined
  /** How long a batch may wait for its turn, in milliseconds. Default 60000; 0 is no limit. */
  queueTimeout?: number | undefined
  /**
   * How long a statement of these sessions may take, in milliseconds, beside PostgreSQL's own
   * `statement_timeout`. Default 0, no limit.
   */
  statementTimeout?: number | undefined
  /**
   * How long a query waits for a transaction whose own code waits for the query, in milliseconds, before
   * it fails with `40P01`. Default 1000; 0 turns that off.
   */
  deadlockTimeout?: number | undefined
  /** Each so many milliseconds of waiting raise a batch by one priority. Default 1000. */
  agingThresholdMs?: number | undefined
  /** Default `priority`. */
  scheduling?: Scheduling | undefined
  /**
   * Whether to join another process that has the directory open, and to let others join this one.
   * Default true; false gives an error for a directory that is in use.
   */
  join?: boolean | undefined
  /**
   * Makes the database look like a Supabase project: its roles, schemas, tables and functions. Of no
   * meaning to a client or pool, which take the database as it is. Default false.
   */
  supabase?: boolean | undefined
}

/** What a client or pool takes beyond what `pg` takes. */
export interface SessionOptions extends DatabaseOptions {
  /** Priority of this client's queries, 0 (first) to 3. Default 2. */
  priority?: number | undefined
}

/** Says what a value should have been, when it is wrong. */
export type Check = (value: unknown) => string | undefined

/** Name of a value's type as error messages give it. */
function typeName(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

/** A check of `typeof`. */
export const is =
  (type: string): Check =>
  (value) =>
    typeof value === type ? undefined : `a ${type}`

const count: Check = (value) => {
  if (typeof value !== 'number') return 'a number'
  return Number.isSafeInteger(value) && value >= 0
    ? undefined
    : 'a whole number that is not negative'
}

const priority: Check = (value) => {
  if (typeof value !== 'number') return 'a number'
  return value === 0 || value === 1 || value === 2 || value === 3 ? undefined : '0, 1, 2 or 3'
}

/** A check for arrays of strings. */
export const strings: Check = (value) =>
  Array.isArray(value) && value.every((item) => typeof item === 'string')
    ? undefined
    : 'an array of strings'

const settings: Check = (value) => {
  const plain = typeof value === 'object' && value !== null && !Array.isArray(value)
  const scalar = (item: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof item)
  return plain && Object.values(value).every(scalar)
    ? undefined
    : 'an object of strings, numbers and booleans'
}

const scheduling: Check = (value) =>
  value === 'priority' || value === 'weighted' ? undefined : '"priority" or "weighted"'

/** The options that say where a database is and how its engine runs. */
export const ENGINE_CHECKS: Record<string, Check> = {
  dataDir: is('string'),
  name: is('string'),
  relaxedDurability: is('boolean'),
  settings,
  extensions: strings,
  maxQueueSize: count,
  queueTimeout: count,
  statementTimeout: count,
  deadlockTimeout: count,
  agingThresholdMs: count,
  scheduling,
  join: is('boolean'),
}
const DATABASE_CHECKS: Record<string, Check> = { ...ENGINE_CHECKS, supabase: is('boolean') }
const SESSION_CHECKS: Record<string, Check> = { ...ENGINE_CHECKS, priority }

/** Other words people use for ours. */
const ALIASES: Record<string, string> = {
  datadirectory: 'dataDir',
  datapath: 'dataDir',
  dbpath: 'dataDir',
  durability: 'relaxedDurability',
  agingthreshold: 'agingThresholdMs',
  maxqueue: 'maxQueueSize',
  queuetimeoutms: 'queueTimeout',
  queuetimeoutmillis: 'queueTimeout',
  statementtimeoutms: 'statementTimeout',
  statementtimeoutmillis: 'statementTimeout',
}

/** Shortest edit distance between two names, counting up to `limit`. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const swap = (previous[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(swap, (previous[j] as number) + 1, (row[j - 1] as number) + 1))
    }
    previous = row
  }
  return previous[b.length] as number
}

/** The known name that `key` most likely means, within `tolerance` edits. */
function nearest(key: string, known: readonly string[], tolerance: number): string | undefined {
  const plain = key.toLowerCase().replace(/[_-]/g, '')
  const alias = ALIASES[plain]
  if (alias !== undefined && known.includes(alias)) return alias
  let best: string | undefined
  let bestDistance = tolerance + 1
  for (const name of known) {
    const edits = distance(plain, name.toLowerCase())
    if (edits < bestDistance) [best, bestDistance] = [name, edits]
  }
  return best
}

function checkTypes(options: object, checks: Record<string, Check>): void {
  for (const [key, value] of Object.entries(options)) {
    const check = Object.hasOwn(checks, key) ? checks[key] : undefined
    if (check === undefined || value === undefined) continue
    const expected = check(value)
    if (expected === undefined) continue
    const typeMatters = /^an? (string|number|boolean|array|object)\b/.test(expected)
    const got = typeMatters ? typeName(value) : String(value)
    throw new TypeError(`oxbase: option "${key}" must be ${expected}, got ${got}`)
  }
}

/** Checks an option object of ours, in which every key must be known. */
export function checkOptions(
  options: unknown,
  checks: Record<string, Check>,
  what: string
): asserts options is object {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new TypeError(`oxbase: ${what} options must be an object, got ${typeName(options)}`)
  }
  const known = Object.keys(checks)
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue
    const meant = nearest(key, known, Math.max(2, Math.floor(key.length / 3)))
    const hint = meant === undefined ? `known are ${known.join(', ')}` : `did you mean "${meant}"?`
    throw new TypeError(`oxbase: unknown ${what} option "${key}"; ${hint}`)
  }
  checkTypes(options, checks)
}

/** Checks the options of `Database.open`. */
export function checkDatabaseOptions(options: unknown): asserts options is DatabaseOptions {
  checkOptions(options, DATABASE_CHECKS, 'database')
}

/** Names of `pg` that are near one of ours and mean something else. */
const PG_KEYS = new Set(['query_timeout', 'queryTimeout', 'statement_timeout'])

/** Checks our keys in a `pg` configuration, and refuses names that are nearly ours. */
export function checkSessionOptions(config: object): asserts config is SessionOptions {
  const known = Object.keys(SESSION_CHECKS)
  for (const key of Object.keys(config)) {
    if (known.includes(key) || PG_KEYS.has(key)) continue
    const meant = nearest(key, known, key.length > 6 ? 2 : 0)
    if (meant === undefined || meant === 'name') continue
    throw new TypeError(`oxbase: unknown option "${key}"; did you mean "${meant}"?`)
  }
  checkTypes(config, SESSION_CHECKS)
}

const POOL_COUNTS = ['max', 'min', 'poolSize'] as const

/** Checks the sizes of a pool. Numbers written as text are taken, as `pg` takes them. */
export function checkPoolOptions(config: object): void {
  for (const key of POOL_COUNTS) {
    const value: unknown = (config as Record<string, unknown>)[key]
    if (value === undefined || value === null || value === '' || !Number.isNaN(Number(value)))
      continue
    throw new TypeError(`oxbase: option "${key}" must be a number, got ${typeName(value)}`)
  }
}

/** Checks the priority of one query. */
export function checkPriority(value: unknown): asserts value is number | undefined {
  if (value !== undefined) checkTypes({ priority: value }, SESSION_CHECKS)
}

/** A check for options that are whole numbers, for option tables elsewhere. */
export const wholeNumber: Check = count

/** Key under which the clients and pools that name no database share one. */
export const DEFAULT_NAME = 'default'

/** Whether a directory name means a database in memory. */
export function isMemory(dataDir: string): boolean {
  return dataDir === 'memory://' || dataDir.startsWith('memory://')
}

/** What the native side is given to open or join the database that `options` describe. */
export function openOptions(options: DatabaseOptions, name: string | undefined): NativeOpenOptions {
  const dataDir = options.dataDir ?? defaultDataDir()
  const relaxed = options.relaxedDurability ?? defaultRelaxedDurability()
  const native: NativeOpenOptions = { dataDir }
  if (isMemory(dataDir) && name !== undefined) native.name = name
  if (relaxed !== undefined) native.relaxedDurability = relaxed
  if (options.settings !== undefined) {
    const texts = Object.entries(options.settings).map(([key, value]) => [key, String(value)])
    native.settings = Object.fromEntries(texts) as Record<string, string>
  }
  if (options.extensions !== undefined) native.extensions = options.extensions
  if (options.maxQueueSize !== undefined) native.maxQueueSize = options.maxQueueSize
  if (options.queueTimeout !== undefined) native.queueTimeout = options.queueTimeout
  if (options.agingThresholdMs !== undefined) native.agingThreshold = options.agingThresholdMs
  if (options.scheduling !== undefined) native.scheduling = options.scheduling
  const join = options.join ?? defaultJoin()
  if (join !== undefined) native.join = join
  if (options.supabase !== undefined) native.supabase = options.supabase
  return native
}

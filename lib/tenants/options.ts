/** Options of the instance pool: which exist, of what type, and what the native side is given for them. */
import type { NativeTenantOptions } from '../native'
import {
  checkOptions,
  ENGINE_CHECKS,
  is,
  openOptions,
  wholeNumber,
  type Check,
  type DatabaseOptions,
} from '../options'

/** What one tenant may use. */
export interface TenantLimits {
  /** Connections at a time; others are refused with `53300`. Default 0, any number. */
  maxConnections?: number | undefined
  /** How long a statement may take, in milliseconds. Default 0, no limit. */
  statementTimeout?: number | undefined
  /** Bytes on disk. Beyond, what makes the database larger is refused with `53100`. Default: no limit. */
  maxDisk?: number | undefined
}

/** How an instance pool is made: its own options, and those every database is opened with. */
export interface InstancePoolOptions extends Omit<DatabaseOptions, 'dataDir' | 'name'> {
  /** Where the databases are, a directory each. Default `./data`; `null` keeps them in memory. */
  baseDir?: string | null | undefined
  /** How many databases are awake at a time; others sleep until they are used. Default 100. */
  maxInstances?: number | undefined
  /** Whether a database is made when somebody connects to it. Default true. */
  autoProvision?: boolean | undefined
  /** How long an awake database may be idle, in milliseconds. Default 300000; 0 is for ever. */
  idleTimeout?: number | undefined
  /** How long a database waits for another one to fall asleep, in milliseconds. Default 30000. */
  acquireTimeout?: number | undefined
  /** Resident bytes of the process beyond which idle databases fall asleep. Linux only. */
  maxMemory?: number | undefined
  /** What each tenant may use. */
  limits?: TenantLimits | undefined
}

const LIMIT_CHECKS: Record<string, Check> = {
  maxConnections: wholeNumber,
  statementTimeout: wholeNumber,
  maxDisk: wholeNumber,
}

const limits: Check = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? undefined : 'an object'

const baseDir: Check = (value) =>
  value === null || (typeof value === 'string' && value !== '') ? undefined : 'a string or null'

const positive: Check = (value) =>
  wholeNumber(value) ?? (value === 0 ? 'a whole number above 0' : undefined)

const ENGINE = Object.entries(ENGINE_CHECKS).filter(([key]) => key !== 'dataDir' && key !== 'name')

/** The pool's options that a router takes as well. */
export const POOL_CHECKS: Record<string, Check> = {
  ...(Object.fromEntries(ENGINE) as Record<string, Check>),
  supabase: is('boolean'),
  baseDir,
  maxInstances: positive,
  autoProvision: is('boolean'),
  idleTimeout: wholeNumber,
  acquireTimeout: wholeNumber,
  maxMemory: wholeNumber,
  limits,
}

/** Checks the options of a pool, and of the limits in them. */
export function checkPoolOptions(
  options: unknown,
  checks: Record<string, Check>,
  what: string
): void {
  checkOptions(options, checks, what)
  const { limits: each } = options as InstancePoolOptions
  if (each !== undefined) checkOptions(each, LIMIT_CHECKS, 'tenant limit')
}

/** What the native side is given. */
export function nativeOptions(options: InstancePoolOptions): NativeTenantOptions {
  const { baseDir: base = './data', limits: each = {} } = options
  const wanted = {
    baseDir: base ?? undefined,
    autoProvision: options.autoProvision,
    maxInstances: options.maxInstances,
    maxMemory: options.maxMemory,
    idleTimeout: options.idleTimeout,
    acquireTimeout: options.acquireTimeout,
    maxConnections: each.maxConnections,
    statementTimeout: each.statementTimeout,
    maxDisk: each.maxDisk,
  }
  const given = Object.entries(wanted).filter(([, value]) => value !== undefined)
  const engine = openOptions({ ...options, dataDir: '.' }, undefined)
  return { ...(Object.fromEntries(given) as NativeTenantOptions), engine }
}

/** Which JavaScript runtime this is. Nothing is imported for finding out. */

/** A runtime that may be told apart. */
export type Runtime = 'node' | 'deno' | 'bun' | 'workerd' | 'unknown'

interface Globals {
  Deno?: { version?: { deno?: string } }
  Bun?: { version?: string }
  navigator?: { userAgent?: string }
  process?: { versions?: { node?: string } }
}

/** Looks at the globals. Deno and Bun have those of Node, too, so they come first. */
export function detectRuntime(): Runtime {
  const { Deno, Bun, navigator, process } = globalThis as unknown as Globals
  if (Deno?.version?.deno !== undefined) return 'deno'
  if (Bun?.version !== undefined) return 'bun'
  if (navigator?.userAgent === 'Cloudflare-Workers') return 'workerd'
  return process?.versions?.node === undefined ? 'unknown' : 'node'
}

/** The runtime that this module was loaded in. */
export const RUNTIME = detectRuntime()
/** Whether this is Node. */
export const isNode = RUNTIME === 'node'
/** Whether this is Deno. */
export const isDeno = RUNTIME === 'deno'
/** Whether this is Bun. */
export const isBun = RUNTIME === 'bun'
/** Whether this is the runtime of Cloudflare Workers. */
export const isWorkerd = RUNTIME === 'workerd'

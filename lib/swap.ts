/**
 * What the environment says: which engine `pg` means, where its data is, how durable it is.
 * The one place that reads these variables. OXBASE_* wins over CoCalc's name for the same thing.
 */

/** Values of the flag that mean `pg` itself. */
const REFERENCE = ['', 'pg', 'postgres', 'postgresql']
const TRUE = ['1', 'true', 'yes']
const FALSE = ['', '0', 'false', 'no']
/** Values of `OXBASE_JOIN`. */
const JOIN: Record<string, boolean> = { '': true, on: true, off: false }

/** The first variable of a pair that is set, with its name for error messages. */
function read(name: string, alias: string): { name: string; value: string | undefined } {
  const value = process.env[name]
  if (value !== undefined) return { name, value }
  return { name: alias, value: process.env[alias] }
}

/**
 * Whether `OXBASE_DB` (or `COCALC_DB`) asks for the embedded engine. Unset, the empty string, `pg`,
 * `postgres` and `postgresql` mean `pg` itself; anything else but `pglite` is an error.
 */
export function isEmbedded(): boolean {
  const { name, value = '' } = read('OXBASE_DB', 'COCALC_DB')
  if (value === 'pglite') return true
  if (REFERENCE.includes(value)) return false
  throw new Error(`oxbase: ${name} must be "pglite" or unset, got "${value}"`)
}

/** `OXBASE_DATA_DIR` (or `COCALC_PGLITE_DATA_DIR`), by default a database in memory. */
export function defaultDataDir(): string {
  return read('OXBASE_DATA_DIR', 'COCALC_PGLITE_DATA_DIR').value || 'memory://'
}

/** `OXBASE_RELAXED_DURABILITY` (or `COCALC_PGLITE_RELAXED_DURABILITY`); undefined when unset. */
export function defaultRelaxedDurability(): boolean | undefined {
  const { name, value } = read('OXBASE_RELAXED_DURABILITY', 'COCALC_PGLITE_RELAXED_DURABILITY')
  if (value === undefined) return undefined
  if (TRUE.includes(value.toLowerCase())) return true
  if (FALSE.includes(value.toLowerCase())) return false
  throw new Error(
    `oxbase: ${name} must be "1", "true", "yes", "0", "false" or "no", got "${value}"`
  )
}

/** `OXBASE_JOIN`: whether a directory that another process has open is joined; undefined when unset. */
export function defaultJoin(): boolean | undefined {
  const value = process.env['OXBASE_JOIN']
  if (value === undefined) return undefined
  const join = Object.hasOwn(JOIN, value) ? JOIN[value] : undefined
  if (join !== undefined) return join
  throw new Error(`oxbase: OXBASE_JOIN must be "on" or "off", got "${value}"`)
}

/** `OXBASE_SPIN_MICROS`: how long a lone request may hold the event loop for its answer; 0 turns it off. */
export function spinMicros(standard: number): number {
  const value = process.env['OXBASE_SPIN_MICROS']
  if (value === undefined || value === '') return standard
  const micros = Number(value)
  if (Number.isInteger(micros) && micros >= 0 && micros <= 10_000) return micros
  throw new Error(`oxbase: OXBASE_SPIN_MICROS must be a whole number up to 10000, got "${value}"`)
}

/**
 * Answers of the newline protocol: results and errors as one line of JSON each. Values are those that
 * JSON has: what it cannot carry is given as a text that PostgreSQL reads.
 */
import type pg from 'pg'

/** One statement's result. */
type Result = Pick<pg.QueryResult, 'rowCount' | 'rows' | 'fields'>

/** Fields of an error that are passed on, as far as it has them. */
const ERROR_FIELDS = ['severity', 'code', 'detail', 'hint', 'position'] as const

const OID = { bytea: 17, int8: 20, json: 114, date: 1082, timestamp: 1114, jsonb: 3802 }
/** The types of arrays, by the types of their elements. */
const ARRAYS: Record<number, number> = {
  1001: OID.bytea,
  1016: OID.int8,
  199: OID.json,
  1182: OID.date,
  1115: OID.timestamp,
  3807: OID.jsonb,
}

const padded = (value: number, length: number): string => String(value).padStart(length, '0')

/** A date of pg's parsers, which is in local time for the types without a time zone. */
function dateText(date: Date, oid: number): string {
  if (Number.isNaN(date.getTime())) return 'Invalid Date'
  if (oid !== OID.date && oid !== OID.timestamp) return date.toISOString()
  const year = date.getFullYear()
  // The year before 1 is year 1 BC.
  const shown = padded(year > 0 ? year : 1 - year, 4)
  const day = `${shown}-${padded(date.getMonth() + 1, 2)}-${padded(date.getDate(), 2)}`
  const era = year > 0 ? '' : ' BC'
  if (oid === OID.date) return day + era
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()]
  const time = clock.map((part) => padded(part, 2)).join(':')
  return `${day}T${time}.${padded(date.getMilliseconds(), 3)}${era}`
}

function numberValue(value: number): number | string {
  if (Number.isFinite(value)) return value
  if (Number.isNaN(value)) return 'NaN'
  return value > 0 ? 'Infinity' : '-Infinity'
}

/** Whole numbers are numbers where JavaScript has them exactly, else text. */
function wholeValue(text: string): number | string {
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : text
}

/** A value of a column as JSON has it. */
function jsonValue(value: unknown, oid: number): unknown {
  if (oid === OID.json || oid === OID.jsonb) return value
  if (Array.isArray(value)) return value.map((item) => jsonValue(item, ARRAYS[oid] ?? oid))
  if (typeof value === 'number') return numberValue(value)
  if (typeof value === 'bigint') return wholeValue(value.toString())
  if (typeof value === 'string') return oid === OID.int8 ? wholeValue(value) : value
  if (value instanceof Date) return dateText(value, oid)
  if (Buffer.isBuffer(value)) return `\\x${value.toString('hex')}`
  if (typeof value === 'object' && value !== null && 'toPostgres' in value) {
    return (value as { toPostgres(): unknown }).toPostgres()
  }
  return value
}

/** A result as it is sent. */
function shown({ rows, rowCount, fields }: Result): object {
  const columns = fields.map((field) => ({ name: field.name, dataTypeID: field.dataTypeID }))
  const records = (rows as Record<string, unknown>[]).map((row) =>
    Object.fromEntries(
      columns.map(({ name, dataTypeID }) => [name, jsonValue(row[name], dataTypeID)])
    )
  )
  return { rows: records, rowCount: rowCount ?? 0, fields: columns }
}

/**
 * The line for what a line of SQL gave. Several statements give the result of the last one, and those of
 * all under `results`.
 */
export function successLine(result: Result | Result[]): string {
  if (!Array.isArray(result)) return JSON.stringify({ status: 'success', ...shown(result) })
  const results = result.map(shown)
  return JSON.stringify({ status: 'success', ...results.at(-1), results })
}

/** The line for an error. */
export function errorLine(error: unknown): string {
  const fields = (error ?? {}) as Record<string, unknown>
  const line: Record<string, unknown> = {
    status: 'error',
    message: error instanceof Error ? error.message : String(error),
  }
  for (const name of ERROR_FIELDS) if (fields[name] !== undefined) line[name] = fields[name]
  return JSON.stringify(line)
}

/** An error of this server's own, with PostgreSQL's code for it. */
export function refusal(code: string, message: string, severity = 'ERROR'): Error {
  return Object.assign(new Error(message), { severity, code })
}

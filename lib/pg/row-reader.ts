/**
 * Makes the function that turns the columns of one DataRow into a row. It is compiled for the result's
 * shape once that has shown to be used again; before, and where code generation is not allowed, a loop
 * does the same.
 */
import {
  columnKind,
  readBoolean,
  readDate,
  readFloat,
  readInteger,
  readText,
  type ColumnKind,
  type Window,
} from './columns'
import type { Bytes, ValueParser } from './internals'

/** Reads one row. `start` is where the first column's length is; `window` covers the row's bytes. */
export type RowReader = (bytes: Bytes, start: number, window: Window) => unknown

/** Reads values of one kind; the text is only needed where there is no direct way. */
const DIRECT: Record<string, (bytes: Bytes, start: number, length: number) => unknown> = {
  integer: readInteger,
  float: readFloat,
  boolean: readBoolean,
  date: readDate,
}

/** What generated code calls. */
const SCOPE = [readText, ...Object.values(DIRECT)]

/** Whether reading a column of this kind takes text. */
export function needsText(kind: ColumnKind): boolean {
  return kind === 'text' || kind === 'parser'
}

/** A reader that interprets the columns. `names` null makes arrays. */
export function interpretedReader(
  names: readonly string[] | null,
  parsers: readonly ValueParser[],
  emptyRow: object
): RowReader {
  const kinds = parsers.map(columnKind)
  return (bytes, start, window) => {
    const values: unknown[] = new Array<unknown>(kinds.length)
    let at = start
    for (let i = 0; i < kinds.length; i += 1) {
      const length = bytes.readInt32BE(at)
      at += 4
      values[i] = length < 0 ? null : readColumn(i, at, length)
      if (length > 0) at += length
    }
    if (names === null) return values
    const row = { ...emptyRow } as Record<string, unknown>
    for (let i = 0; i < names.length; i += 1) row[names[i] as string] = values[i]
    return row

    function readColumn(column: number, from: number, length: number): unknown {
      const kind = kinds[column] as ColumnKind
      const direct = DIRECT[kind]
      if (direct !== undefined) return direct(bytes, from, length)
      const value = readText(bytes, from, length, window)
      return kind === 'text' ? value : (parsers[column] as ValueParser)(value)
    }
  }
}

/** The expression that reads column `i`, whose bytes are the `n` from `p` on. */
function expression(kind: ColumnKind, i: number): string {
  const direct = DIRECT[kind]
  if (direct !== undefined) return `${direct.name}(b, p, n)`
  return kind === 'text' ? 'readText(b, p, n, w)' : `P[${i}](readText(b, p, n, w))`
}

/** A property of an object literal; `["__proto__"]` makes an own property, as `pg`'s rows have. */
function property(name: string, i: number): string {
  const key = JSON.stringify(name)
  return name === '__proto__' ? `[${key}]: v${i}` : `${key}: v${i}`
}

/** The source of a reader for this shape. Column names only enter it as JSON string literals. */
function source(names: readonly string[] | null, kinds: readonly ColumnKind[]): string {
  const columns = kinds.map(
    (kind, i) =>
      `n = b[p] << 24 | b[p + 1] << 16 | b[p + 2] << 8 | b[p + 3]; p += 4;
let v${i} = null; if (n >= 0) { v${i} = ${expression(kind, i)}; p += n }`
  )
  const row =
    names === null
      ? `[${kinds.map((_, i) => `v${i}`).join(', ')}]`
      : `{ ${names.map(property).join(', ')} }`
  return `return function readRow(b, p, w) { let n = 0
${columns.join('\n')}
return ${row} }`
}

/** Columns beyond this number are read by the loop: the generated function would grow too large. */
const MAX_COMPILED = 200

let codeGeneration = true

/** A compiled reader, or undefined where this process may not generate code. */
export function compiledReader(
  names: readonly string[] | null,
  parsers: readonly ValueParser[]
): RowReader | undefined {
  if (!codeGeneration || parsers.length > MAX_COMPILED) return undefined
  const body = source(names, parsers.map(columnKind))
  try {
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- names enter it as JSON literals
    const make = new Function('P', ...SCOPE.map(({ name }) => name), body) as (
      ...scope: unknown[]
    ) => RowReader
    return make(parsers, ...SCOPE)
  } catch (error) {
    if (!(error instanceof EvalError)) throw error
    codeGeneration = false
    return undefined
  }
}

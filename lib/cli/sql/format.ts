/** Results as psql prints them: aligned, expanded or unaligned. */
import type { FieldDef } from 'pg'
import { center, pad, padLeft, width } from '../text'
import type { StatementResult } from './statement'

/** How results are printed. */
export interface PrintSettings {
  /** Without header and footer. */
  tuplesOnly: boolean
  /** Values with `|` between them. */
  unaligned: boolean
  /** One line for each value. */
  expanded: boolean
}

/** Types whose values stand on the right: numbers, oid, xid, cid, money. */
const RIGHT = new Set([20, 21, 23, 26, 28, 29, 700, 701, 790, 1700, 5069])

/** The lines of one value; tabs and other controls as psql shows them. */
const linesOf = (value: string | null): string[] =>
  (value ?? '').replace(/\r/g, '\\r').replace(/\t/g, '\t').split('\n')

/** Prints a result that has rows. */
export function formatRows(
  result: StatementResult,
  settings: PrintSettings,
  title?: string,
  footers: string[] = []
): string {
  const fields = result.fields ?? []
  if (fields.length === 0) return withoutColumns(result.rows.length, settings)
  if (settings.unaligned) return unaligned(fields, result.rows, settings, title, footers)
  if (settings.expanded) return expanded(fields, result.rows, settings, title)
  return aligned(fields, result.rows, settings, title, footers)
}

/** What psql makes of rows that have no columns. */
function withoutColumns(rows: number, { tuplesOnly, unaligned, expanded }: PrintSettings): string {
  if (unaligned) return tuplesOnly || expanded ? '' : `\n${count(rows)}\n`
  if (tuplesOnly) return '\n'
  return `${expanded ? '' : '--\n'}${count(rows)}\n\n`
}

const count = (rows: number): string => `(${rows} ${rows === 1 ? 'row' : 'rows'})`

/** A row of cells that may have several lines each; `+` says that a cell goes on. */
function alignedRow(cells: (string | null)[], fields: FieldDef[], widths: number[]): string[] {
  const split = cells.map(linesOf)
  const height = Math.max(1, ...split.map((lines) => lines.length))
  return Array.from({ length: height }, (_, at) => {
    const parts = split.map((lines, column) => {
      const text = lines[at] ?? ''
      const goesOn = at < lines.length - 1
      const isLast = column === split.length - 1
      if (isLast && at >= lines.length) return ' '
      const size = widths[column] as number
      if (RIGHT.has(fields[column]?.dataTypeID ?? 0)) {
        return ` ${padLeft(text, size)}${goesOn ? '+' : isLast ? '' : ' '}`
      }
      if (goesOn) return ` ${pad(text, size)}+`
      return isLast ? ` ${text}` : ` ${pad(text, size)} `
    })
    return parts.join('|')
  })
}

function aligned(
  fields: FieldDef[],
  rows: (string | null)[][],
  { tuplesOnly }: PrintSettings,
  title: string | undefined,
  footers: string[]
): string {
  const widths = fields.map(({ name }, column) =>
    Math.max(width(name), ...rows.flatMap((row) => linesOf(row[column] ?? null).map(width)))
  )
  const lines: string[] = []
  if (!tuplesOnly) {
    const whole = widths.reduce((sum, each) => sum + each + 3, -1)
    if (title !== undefined) lines.push(center(title, whole).trimEnd())
    const header = fields.map(({ name }, column) => ` ${center(name, widths[column] as number)} `)
    lines.push(header.join('|'))
    lines.push(widths.map((size) => '-'.repeat(size + 2)).join('+'))
  }
  for (const row of rows) lines.push(...alignedRow(row, fields, widths))
  if (!tuplesOnly) lines.push(...(footers.length > 0 ? footers : [count(rows.length)]))
  return lines.length === 0 ? '\n' : `${lines.join('\n')}\n\n`
}

function expanded(
  fields: FieldDef[],
  rows: (string | null)[][],
  { tuplesOnly }: PrintSettings,
  title: string | undefined
): string {
  if (rows.length === 0) return tuplesOnly ? '\n' : '(0 rows)\n\n'
  const left = Math.max(0, ...fields.map(({ name }) => width(name)))
  const right = Math.max(
    0,
    ...rows.flatMap((row) => row.flatMap((value) => linesOf(value).map(width)))
  )
  const lines: string[] = title === undefined || tuplesOnly ? [] : [title]
  rows.forEach((row, index) => {
    if (tuplesOnly && index > 0) lines.push(`${'-'.repeat(left + 1)}+${'-'.repeat(right + 1)}`)
    if (!tuplesOnly) lines.push(recordRule(`-[ RECORD ${index + 1} ]`, left, right))
    fields.forEach(({ name }, column) => {
      linesOf(row[column] ?? null).forEach((text, at, all) => {
        const key = pad(at === 0 ? name : '', left)
        const goesOn = at < all.length - 1
        lines.push(`${key} | ${goesOn ? `${pad(text, right)}+` : text}`)
      })
    })
  })
  return `${lines.join('\n')}\n\n`
}

/** The line above a record: the crossing stands where the columns meet, unless the heading covers it. */
function recordRule(head: string, left: number, right: number): string {
  if (head.length > left + 1) return head.padEnd(left + 3 + right, '-')
  return `${head.padEnd(left + 1, '-')}+${'-'.repeat(right + 1)}`
}

function unaligned(
  fields: FieldDef[],
  rows: (string | null)[][],
  { tuplesOnly, expanded: isExpanded }: PrintSettings,
  title: string | undefined,
  footers: string[]
): string {
  if (isExpanded) {
    const records = rows.map((row) =>
      fields.map(({ name }, column) => `${name}|${row[column] ?? ''}`).join('\n')
    )
    return records.length === 0 ? '' : `${records.join('\n\n')}\n`
  }
  const lines = title === undefined || tuplesOnly ? [] : [title]
  if (!tuplesOnly) lines.push(fields.map(({ name }) => name).join('|'))
  for (const row of rows) lines.push(row.map((value) => value ?? '').join('|'))
  if (!tuplesOnly) lines.push(...(footers.length > 0 ? footers : [count(rows.length)]))
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}

type Told = Record<
  'severity' | 'message' | 'detail' | 'hint' | 'position' | 'where',
  string | undefined
>

/** What a failed statement is told, with the place in its text, as psql does. */
export function formatError(error: object, text: string): string {
  const { severity, message, detail, hint, position, where } = error as Partial<Told>
  const lines = [`${severity ?? 'ERROR'}:  ${message ?? ''}`]
  const at = Number(position)
  if (Number.isInteger(at) && at > 0) lines.push(...placeOf(text, at))
  if (detail !== undefined) lines.push(`DETAIL:  ${detail}`)
  if (hint !== undefined) lines.push(`HINT:  ${hint}`)
  if (where !== undefined) lines.push(`CONTEXT:  ${where}`)
  return lines.join('\n')
}

/** The line of a statement in which an error is, and a mark below the place. */
function placeOf(text: string, position: number): string[] {
  const before = [...text].slice(0, position - 1).join('')
  const begin = before.lastIndexOf('\n') + 1
  const line = text.slice(begin).split('\n', 1)[0] as string
  const head = `LINE ${before.split('\n').length}: `
  const column = width(before.slice(begin).replaceAll('\t', ' '))
  return [head + line.replaceAll('\t', ' '), `${' '.repeat(head.length + column)}^`]
}

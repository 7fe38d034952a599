/**
 * Finds the sides of foreign keys that views have: all columns of a side, taken from one table.
 * In: the rules of the views and the columns of the keys. Out: one entry per view, key and side.
 * A view of a view has what that one has, as far as both are in the schemas that are asked for.
 */
import { parseOrigins } from './node-tree'
import type { KeyColumnRow } from './queries/key-columns'
import type { ViewRuleRow } from './queries/view-rules'

/** A side of a foreign key, as a view has it. */
export interface ViewKey {
  schema: string
  view: string
  side: KeyColumnRow['side']
  key: string
  table: number
  /** For each column of the side, the names under which the view has it. */
  columns: string[][]
}

/** A column of a view with where it is from. */
interface Source {
  rule: ViewRuleRow
  number: number
  table: number
  column: number
  /** The relations on the way there. */
  path: number[]
}

/** A side of a key with its columns in order. */
interface Side {
  side: KeyColumnRow['side']
  key: string
  size: number
  table: number
  columns: number[]
}

/** The sides of keys that views have. */
export function viewKeys(rules: readonly ViewRuleRow[], parts: readonly KeyColumnRow[]): ViewKey[] {
  const sides = groupSides(parts)
  const found: ViewKey[] = []
  for (const { rule, names } of viewColumns(rules).values()) {
    for (const [table, origins] of names) {
      for (const side of sides.get(table) ?? []) {
        const columns = side.columns.map((column) => origins.get(column) ?? [])
        const complete = columns.filter((each) => each.length > 0)
        if (complete.length !== side.size) continue
        const { schema, name: view } = rule
        found.push({ schema, view, side: side.side, key: side.key, table, columns: complete })
      }
    }
  }
  return found
}

/** The sides by their table. Keys of one name and size are taken for one. */
function groupSides(parts: readonly KeyColumnRow[]): Map<number, Side[]> {
  const sides = new Map<string, Side>()
  for (const { side, key, size, table, column } of parts) {
    const name = JSON.stringify([table, side, key, size])
    const known = sides.get(name)
    if (known) known.columns.push(column)
    else sides.set(name, { side, key, size, table, columns: [column] })
  }
  const byTable = new Map<number, Side[]>()
  for (const side of sides.values()) {
    byTable.set(side.table, [...(byTable.get(side.table) ?? []), side])
  }
  return byTable
}

/** A view with what it takes from tables: table → column → the names under which the view has it. */
interface View {
  rule: ViewRuleRow
  names: Map<number, Map<number, string[]>>
}

/** The views by their number. */
function viewColumns(rules: readonly ViewRuleRow[]): Map<number, View> {
  const views = new Map(
    rules.map((rule): [number, View] => [rule.view, { rule, names: new Map() }])
  )
  for (const { rule, number, table, column } of sources(rules)) {
    const name = rule.columns[number - 1]
    const names = views.get(rule.view)?.names
    if (name === undefined || names === undefined) continue
    const columns = names.get(table) ?? new Map<number, string[]>()
    names.set(table, columns)
    columns.set(column, [...(columns.get(column) ?? []), name])
  }
  return views
}

/** The sources of all views' columns: first those they name, then those behind the views that they name. */
function sources(rules: readonly ViewRuleRow[]): Source[] {
  const direct = rules.flatMap((rule) =>
    parseOrigins(rule.tree).map((origin) => ({ rule, ...origin, path: [origin.table] }))
  )
  const byColumn = new Map<string, Source[]>()
  for (const source of direct) {
    const name = `${source.rule.view}.${source.number}`
    byColumn.set(name, [...(byColumn.get(name) ?? []), source])
  }
  const levels: Source[][] = []
  for (let level = direct as Source[]; level.length > 0;) {
    levels.push(level)
    level = level.flatMap((source) => behind(source, byColumn))
  }
  return levels.flat()
}

/** What is behind a column of a view. A rule may name its own view, which leads nowhere. */
function behind(source: Source, byColumn: ReadonlyMap<string, Source[]>): Source[] {
  const { rule, number, path } = source
  if (new Set(path).size < path.length) return []
  const inner = byColumn.get(`${source.table}.${source.column}`) ?? []
  return inner.map(({ table, column }) => ({ rule, number, table, column, path: [...path, table] }))
}

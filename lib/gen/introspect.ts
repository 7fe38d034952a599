/** Asks a database for its catalog: one query for each kind of object, and everything sorted by name. */
import type { Argument, Catalog, Column, PgType, Relation, Relationship, Routine } from './catalog'
import { compareAll, compareNames } from './collation'
import { columnsQuery, type ColumnRow } from './queries/columns'
import { foreignKeysQuery, type ForeignKeyRow } from './queries/foreign-keys'
import { keyColumnsQuery, type KeyColumnRow } from './queries/key-columns'
import { relationsQuery, type RelationRow } from './queries/relations'
import { routinesQuery, type RoutineRow } from './queries/routines'
import { schemasQuery, type SchemaRow } from './queries/schemas'
import { typesQuery, type TypeRow } from './queries/types'
import { viewRulesQuery, type ViewRuleRow } from './queries/view-rules'
import { relationships } from './relationships'
import { viewKeys } from './view-keys'

/** Runs SQL that has no parameters and gives the rows. */
export type RunSql = (sql: string) => Promise<readonly unknown[]>

/** The catalog of those of the schemas that there are. */
export async function introspect(query: RunSql, schemas: readonly string[]): Promise<Catalog> {
  const found = await read<SchemaRow>(query, schemasQuery(schemas))
  const relations = await read<RelationRow>(query, relationsQuery(schemas))
  const columns = await read<ColumnRow>(query, columnsQuery(schemas))
  const keys = await read<ForeignKeyRow>(query, foreignKeysQuery(schemas))
  const keyColumns = await read<KeyColumnRow>(query, keyColumnsQuery(schemas))
  const rules = await read<ViewRuleRow>(query, viewRulesQuery(schemas))
  const routines = await read<RoutineRow>(query, routinesQuery(schemas))
  const types = await read<TypeRow>(query, typesQuery())
  const related = relationships(keys, viewKeys(rules, keyColumns))
  return {
    schemas: found.map(({ name }) => name).sort(compareNames),
    relations: assemble(relations, columns, related),
    routines: routines.map(routine).sort(byIdentity),
    types: types.sort(bySchemaAndName),
  }
}

/** The rows of a query. They come as JSON, so that no driver's type parsers have a say. */
async function read<Row>(query: RunSql, sql: string): Promise<Row[]> {
  const rows = await query(`select row_to_json(entry)::text as entry from (${sql}) entry`)
  return rows.map((row) => JSON.parse((row as { entry: string }).entry) as Row)
}

/** The relations with what is of them. A relationship that leaves its schema is not told. */
function assemble(
  rows: readonly RelationRow[],
  columns: readonly ColumnRow[],
  related: readonly Relationship[]
): Relation[] {
  const columnsOf = new Map<number, Column[]>(rows.map(({ id }) => [id, []]))
  for (const column of columns) columnsOf.get(column.relation)?.push(column)
  const relatedOf = new Map<string, Relationship[]>()
  for (const relationship of related) {
    const { schema, relation, referencedSchema } = relationship
    if (referencedSchema !== schema) continue
    const name = JSON.stringify([schema, relation])
    relatedOf.set(name, [...(relatedOf.get(name) ?? []), relationship])
  }
  const relations = rows.map((row) => ({
    ...row,
    columns: (columnsOf.get(row.id) ?? []).sort((a, b) => compareNames(a.name, b.name)),
    relationships: relatedOf.get(JSON.stringify([row.schema, row.name])) ?? [],
  }))
  return relations.sort(bySchemaAndName)
}

/** A function with its arguments put together. */
function routine(row: RoutineRow): Routine {
  // The defaults belong to the last inputs; counted as if all inputs came before all outputs.
  const args = row.types.map((type, index): Argument => ({
    mode: row.modes?.[index] ?? 'i',
    name: row.names?.[index] ?? '',
    type,
    hasDefault: index < row.inputs && index >= row.inputs - row.defaults,
  }))
  args.sort((a, b) => compareNames(a.name, b.name))
  return { ...row, args, inputs: args.filter(({ mode }) => ['i', 'b', 'v'].includes(mode)) }
}

function bySchemaAndName(a: Relation | PgType, b: Relation | PgType): number {
  return compareAll([a.schema, a.name], [b.schema, b.name]) || a.id - b.id
}

function byIdentity(a: Routine, b: Routine): number {
  const order = compareAll([a.schema, a.name, a.identityText], [b.schema, b.name, b.identityText])
  return order || a.id - b.id
}

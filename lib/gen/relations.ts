/** Tables and views in TypeScript: their rows, what an insert and an update take, and their relationships. */
import type { Column, Relation, Relationship, Routine } from './catalog'
import type { Resolver } from './resolver'
import type { Routines } from './routines'
import {
  columnType,
  key,
  literal,
  literals,
  nullable,
  object,
  plain,
  type Member,
  type Type,
} from './syntax'

/** What the members of a relation are made with. */
export interface RelationContext {
  resolver: Resolver
  routines: Routines
  /** The functions of the relation's schema that can be called. */
  callable: readonly Routine[]
  detectOneToOneRelationships: boolean
}

/** Whether it stands under `Tables`; the others stand under `Views`. */
export const isTable = ({ kind }: Relation): boolean => kind === 'r' || kind === 'p' || kind === 'f'

/** A table or view as a member of its group. */
export function relationMember(relation: Relation, context: RelationContext): Member {
  const members: Member[] = [{ key: 'Row', type: rowType(relation, context) }]
  const written = isTable(relation) ? tableWrites(relation, context) : viewWrites(relation, context)
  const related = relation.relationships.map((each) => relationshipType(each, context))
  members.push(...written, {
    key: 'Relationships',
    type: { kind: 'tuple', elements: related },
  })
  return { key: key(relation.name), type: object(members) }
}

/** The columns, and then the computed fields. */
function rowType(relation: Relation, { resolver, routines, callable }: RelationContext): Type {
  const columns = relation.columns.map((column) =>
    columnMember(column, resolver, column.isNullable)
  )
  const fields = callable
    .filter((routine) => routines.isFieldOf(routine, relation))
    .map((routine) => ({ key: key(routine.name), type: nullable(routines.returnType(routine)) }))
  return object([...columns, ...fields])
}

/** What a table takes. A column may be left out of an insert if PostgreSQL has a value for it. */
function tableWrites({ columns }: Relation, { resolver }: RelationContext): Member[] {
  const insert = columns.map((column) => {
    if (column.isComputed) return neverMember(column)
    const isOptional = column.isNullable || column.isIdentity || column.hasDefault
    return { ...columnMember(column, resolver, column.isNullable), isOptional }
  })
  const update = columns.map((column) => {
    if (column.isComputed) return neverMember(column)
    return { ...columnMember(column, resolver, column.isNullable), isOptional: true }
  })
  return [
    { key: 'Insert', type: object(insert) },
    { key: 'Update', type: object(update) },
  ]
}

/** What a view takes, if it takes anything. */
function viewWrites(view: Relation, { resolver }: RelationContext): Member[] {
  const columns = view.columns.map((column) =>
    column.isUpdatable
      ? { ...columnMember(column, resolver, true), isOptional: true }
      : neverMember(column)
  )
  const members: Member[] = []
  if (view.isInsertable) members.push({ key: 'Insert', type: object(columns) })
  if (view.isUpdatable) members.push({ key: 'Update', type: object(columns) })
  return members
}

function columnMember(
  { name, type, typeSchema }: Column,
  resolver: Resolver,
  isNullable: boolean
): Member {
  return { key: key(name), type: columnType(resolver.byName(type, typeSchema), isNullable) }
}

const neverMember = ({ name }: Column): Member => ({
  key: key(name),
  isOptional: true,
  type: plain('never'),
})

function relationshipType(relationship: Relationship, context: RelationContext): Type {
  const { name, columns, isOneToOne, referencedRelation, referencedColumns } = relationship
  const tuple = (names: string[] | null): Type => (names ? literals(names) : plain('null'))
  const members: Member[] = [
    { key: 'foreignKeyName', type: literal(name) },
    { key: 'columns', type: tuple(columns) },
    { key: 'referencedRelation', type: literal(referencedRelation) },
    { key: 'referencedColumns', type: tuple(referencedColumns) },
  ]
  if (context.detectOneToOneRelationships) {
    members.splice(2, 0, { key: 'isOneToOne', type: plain(String(isOneToOne)) })
  }
  return object(members)
}

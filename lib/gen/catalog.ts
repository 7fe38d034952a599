/**
 * What a database looks like to the type generator: the answers of the queries, put together and sorted.
 * Nothing in here knows TypeScript.
 */

/** A column of a table or view. */
export interface Column {
  name: string
  /** The type's name; of a domain, the name of what it is made from. */
  type: string
  typeSchema: string
  isNullable: boolean
  hasDefault: boolean
  isIdentity: boolean
  /** Whether PostgreSQL always makes the value: a generated column, or an identity `always`. */
  isComputed: boolean
  /** Whether a view takes values for it. */
  isUpdatable: boolean
}

/** Kinds of relations, as `pg_class.relkind` has them: table, partitioned, foreign, view, materialized. */
export type RelationKind = 'r' | 'p' | 'f' | 'v' | 'm'

/** A table or view. */
export interface Relation {
  id: number
  schema: string
  name: string
  kind: RelationKind
  /** Whether rows can be inserted into the view. */
  isInsertable: boolean
  /** Whether rows of the view can be updated. */
  isUpdatable: boolean
  columns: Column[]
  /** What it refers to within its schema. */
  relationships: Relationship[]
}

/** A foreign key of a table, or what becomes of it in a view. */
export interface Relationship {
  name: string
  schema: string
  relation: string
  columns: string[] | null
  isOneToOne: boolean
  referencedSchema: string
  referencedRelation: string
  referencedColumns: string[] | null
}

/** How an argument of a function is passed, as `pg_proc.proargmodes` has it. */
export type ArgumentMode = 'i' | 'o' | 'b' | 'v' | 't'

/** An argument of a function, or a column of what it returns. */
export interface Argument {
  mode: ArgumentMode
  name: string
  type: number
  hasDefault: boolean
}

/** A function. */
export interface Routine {
  id: number
  schema: string
  name: string
  /** All arguments and result columns, sorted by name. */
  args: Argument[]
  /** The arguments that a caller gives. */
  inputs: Argument[]
  /** The arguments as `pg_get_function_arguments` writes them. */
  argumentText: string
  identityText: string
  resultText: string
  returnType: number
  /** The relation or composite type whose rows are returned. */
  returnRelation: number | null
  returnsSet: boolean
  /** Whether it is declared to return more than one row. */
  returnsManyRows: boolean
}

/** An attribute of a composite type. */
export interface Attribute {
  name: string
  type: number
}

/** A type of any schema. */
export interface PgType {
  id: number
  name: string
  schema: string
  /** The name as SQL would write it here. Only of types with attributes of their own. */
  sqlName: string | null
  labels: string[]
  /** Of a composite type that is not a relation's. */
  attributes: Attribute[]
  /** The relation or composite type that this is the row type of. */
  relation: number | null
}

/** All that a generated file tells. */
export interface Catalog {
  schemas: string[]
  relations: Relation[]
  routines: Routine[]
  types: PgType[]
}

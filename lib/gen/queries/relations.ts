/** Tables and views. Tables are left out when the user has no privilege on them; views are not. */
import type { RelationKind } from '../catalog'
import { textArray } from './literal'

/** One row per table or view. */
export interface RelationRow {
  id: number
  schema: string
  name: string
  kind: RelationKind
  isInsertable: boolean
  isUpdatable: boolean
}

/** `pg_relation_is_updatable` counts triggers and rules that stand in; 8 is INSERT, 4 is UPDATE. */
const accepts = (bit: number): string =>
  `case when c.relkind = 'v' then pg_relation_is_updatable(c.oid, true) & ${bit} = ${bit} else false end`

/** Asks for the relations of the schemas. */
export const relationsQuery = (schemas: readonly string[]): string => `
  select
    c.oid::int8 as id,
    n.nspname as schema,
    c.relname as name,
    c.relkind as kind,
    ${accepts(8)} as "isInsertable",
    ${accepts(4)} as "isUpdatable"
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where n.nspname = any (${textArray(schemas)})
    and (
      c.relkind in ('f', 'v', 'm')
      or c.relkind in ('r', 'p')
      and not pg_is_other_temp_schema(n.oid)
      and (
        pg_has_role(c.relowner, 'USAGE')
        or has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
        or has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE, REFERENCES')
      )
    )
  order by c.oid`

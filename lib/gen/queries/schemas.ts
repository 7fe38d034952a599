/** The schemas that exist and that the user may look into. */
import { textArray } from './literal'

/** One row per schema. */
export interface SchemaRow {
  name: string
}

/** Asks for those of the schemas that there are. */
export const schemasQuery = (schemas: readonly string[]): string => `
  select n.nspname as name
  from pg_catalog.pg_namespace n
  where n.nspname = any (${textArray(schemas)})
    and not starts_with(n.nspname, 'pg_')
    and (pg_has_role(n.nspowner, 'USAGE') or has_schema_privilege(n.oid, 'CREATE, USAGE'))
  order by n.oid`

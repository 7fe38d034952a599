/** Columns of tables and views, as far as the user has a privilege on them. */
import type { Column } from '../catalog'
import { textArray } from './literal'

/** One row per column. */
export interface ColumnRow extends Column {
  relation: number
}

/**
 * Whether a view takes values for a column. PostgreSQL's own function knows the views that it updates
 * itself; a trigger or an unconditional rule that stands in gets whole rows, so every column counts.
 */
const WRITABLE = `
  c.relkind = 'v'
  and (
    pg_column_is_updatable(c.oid, a.attnum, false)
    or exists (
      select from pg_catalog.pg_trigger g
      where g.tgrelid = c.oid
        and not g.tgisinternal
        and g.tgtype & 64 <> 0 -- INSTEAD OF
        and g.tgtype & 20 <> 0 -- INSERT or UPDATE
    )
    or exists (
      select from pg_catalog.pg_rewrite w
      where w.ev_class = c.oid
        and w.is_instead
        and w.ev_type in ('2', '3') -- UPDATE, INSERT
        and w.ev_qual::text = '<>'
    )
  )`

/** Asks for the columns of the schemas. A domain counts as the type that it is made from, one step deep. */
export const columnsQuery = (schemas: readonly string[]): string => `
  select
    c.oid::int8 as relation,
    a.attname as name,
    coalesce(base.typname, t.typname) as type,
    coalesce(bn.nspname, tn.nspname) as "typeSchema",
    not (a.attnotnull or t.typtype = 'd' and t.typnotnull) as "isNullable",
    a.atthasdef as "hasDefault",
    a.attidentity in ('a', 'd') as "isIdentity",
    a.attidentity = 'a' or a.attgenerated in ('s', 'v') as "isComputed",
    ${WRITABLE} as "isUpdatable"
  from pg_catalog.pg_attribute a
  join pg_catalog.pg_class c on c.oid = a.attrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  join pg_catalog.pg_type t on t.oid = a.atttypid
  join pg_catalog.pg_namespace tn on tn.oid = t.typnamespace
  left join pg_catalog.pg_type base on t.typtype = 'd' and base.oid = t.typbasetype
  left join pg_catalog.pg_namespace bn on bn.oid = base.typnamespace
  where n.nspname = any (${textArray(schemas)})
    and c.relkind in ('r', 'p', 'f', 'v', 'm')
    and not pg_is_other_temp_schema(n.oid)
    and a.attnum > 0
    and not a.attisdropped
    and (
      pg_has_role(c.relowner, 'USAGE')
      or has_column_privilege(c.oid, a.attnum, 'SELECT, INSERT, UPDATE, REFERENCES')
    )
  order by c.oid, a.attnum`

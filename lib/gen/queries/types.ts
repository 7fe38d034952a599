/** The types of all schemas, since a column may be of any. */
import type { PgType } from '../catalog'

/** Asks for all types but the row types of what is no relation. */
export const typesQuery = (): string => `
  select
    t.oid::int8 as id,
    t.typname as name,
    n.nspname as schema,
    case when t.typrelid <> 0 then format_type(t.oid, null) end as "sqlName",
    array(
      select e.enumlabel from pg_catalog.pg_enum e where e.enumtypid = t.oid order by e.enumsortorder
    ) as labels,
    coalesce(
      (
        select json_agg(json_build_object('name', a.attname, 'type', a.atttypid::int8) order by a.attnum)
        from pg_catalog.pg_attribute a
        where c.relkind = 'c' and a.attrelid = c.oid and not a.attisdropped
      ),
      '[]'
    ) as attributes,
    nullif(t.typrelid, 0)::int8 as relation
  from pg_catalog.pg_type t
  join pg_catalog.pg_namespace n on n.oid = t.typnamespace
  left join pg_catalog.pg_class c on c.oid = t.typrelid
  where t.typrelid = 0 or c.relkind in ('c', 'r', 'v', 'm', 'p', 'f')
  order by t.oid`

/** One row per type. */
export type TypeRow = PgType

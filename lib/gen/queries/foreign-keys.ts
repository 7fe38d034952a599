/** Foreign keys between tables. */
import type { Relationship } from '../catalog'
import { textArray } from './literal'

/** One row per foreign key. */
export interface ForeignKeyRow extends Relationship {
  table: number
  referencedTable: number
}

/**
 * Asks for the foreign keys of the schemas' tables.
 *
 * A key is one to one when a primary key or unique constraint has the same columns; its own columns count
 * in their order, those of the constraint in the table's. In a schema whose name SQL has to quote, columns
 * are null and nothing is one to one: Supabase's command compares such a schema's name with its quotes on.
 */
export const foreignKeysQuery = (schemas: readonly string[]): string => `
  select
    k.conname as name,
    k.conrelid::int8 as table,
    n.nspname as schema,
    c.relname as relation,
    pairs.columns as columns,
    k.confrelid::int8 as "referencedTable",
    rn.nspname as "referencedSchema",
    r.relname as "referencedRelation",
    pairs.referenced as "referencedColumns",
    quote_ident(n.nspname) = any (${textArray(schemas)}) and exists (
      select from pg_catalog.pg_constraint u
      where u.conrelid = k.conrelid
        and u.contype in ('p', 'u')
        and k.conkey = array(select col from unnest(u.conkey) col order by col)
    ) as "isOneToOne"
  from pg_catalog.pg_constraint k
  join pg_catalog.pg_namespace n on n.oid = k.connamespace
  join pg_catalog.pg_class c on c.oid = k.conrelid
  join pg_catalog.pg_class r on r.oid = k.confrelid
  join pg_catalog.pg_namespace rn on rn.oid = r.relnamespace
  cross join lateral (
    select
      json_agg(own.attname order by pair.position) as columns,
      json_agg(other.attname order by pair.position) as referenced
    from unnest(k.conkey, k.confkey) with ordinality as pair (own, other, position)
    join pg_catalog.pg_attribute own on own.attrelid = k.conrelid and own.attnum = pair.own
    join pg_catalog.pg_attribute other on other.attrelid = k.confrelid and other.attnum = pair.other
    where quote_ident(n.nspname) = any (${textArray(schemas)})
  ) pairs
  where k.contype = 'f'
    and k.conparentid = 0
    and n.nspname = any (${textArray(schemas)})
  order by k.oid`

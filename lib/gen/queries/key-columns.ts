/** The columns on both sides of each foreign key, by table, to be looked for in views. */
import { textArray } from './literal'

/** One column of one side of a foreign key. */
export interface KeyColumnRow {
  /** Whether the column refers to another, or is what others refer to. */
  side: 'referencing' | 'referenced'
  key: string
  /** How many columns the key has. */
  size: number
  table: number
  column: number
  position: number
}

/** Asks for the columns. Keys of one name that reach the same column of a table are one, as they are to PostgREST. */
export const keyColumnsQuery = (schemas: readonly string[]): string => `
  select
    'referencing' as side,
    k.conname as key,
    cardinality(k.conkey) as size,
    k.conrelid::int8 as table,
    part.number as column,
    part.position
  from pg_catalog.pg_constraint k
  cross join lateral unnest(k.conkey) with ordinality as part (number, position)
  where k.contype = 'f'
  union
  select
    'referenced', k.conname, cardinality(k.confkey), k.confrelid::int8, part.number, part.position
  from pg_catalog.pg_constraint k
  join pg_catalog.pg_namespace n on n.oid = k.connamespace
  cross join lateral unnest(k.confkey) with ordinality as part (number, position)
  where k.contype = 'f'
    and quote_ident(n.nspname) = any (${textArray(schemas)})
  order by "table", key, position`

/** The queries that views consist of, as trees. */
import { textArray } from './literal'

/** One row per rule of a view. The rule that makes the view one comes first. */
export interface ViewRuleRow {
  view: number
  schema: string
  name: string
  /** The names of the view's columns, by their number less one. */
  columns: string[]
  tree: string
}

/** Asks for the rules of the schemas' views. */
export const viewRulesQuery = (schemas: readonly string[]): string => `
  select
    c.oid::int8 as view,
    n.nspname as schema,
    c.relname as name,
    array(
      select a.attname
      from pg_catalog.pg_attribute a
      where a.attrelid = c.oid and a.attnum > 0
      order by a.attnum
    ) as columns,
    w.ev_action::text as tree
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  join pg_catalog.pg_rewrite w on w.ev_class = c.oid
  where c.relkind in ('v', 'm')
    and n.nspname = any (${textArray(schemas)})
  order by c.oid, w.oid`

/** Functions that can be called by name: neither procedures, nor aggregates, nor what triggers call. */
import type { ArgumentMode } from '../catalog'
import { textArray } from './literal'

/** One row per function. */
export interface RoutineRow {
  id: number
  schema: string
  name: string
  /** Of all arguments and result columns; null when all are plain inputs. */
  modes: ArgumentMode[] | null
  /** Null when none has a name. */
  names: string[] | null
  types: number[]
  inputs: number
  defaults: number
  argumentText: string
  identityText: string
  resultText: string
  returnType: number
  returnRelation: number | null
  returnsSet: boolean
  returnsManyRows: boolean
}

/** Asks for the functions of the schemas. */
export const routinesQuery = (schemas: readonly string[]): string => `
  select
    p.oid::int8 as id,
    n.nspname as schema,
    p.proname as name,
    p.proargmodes as modes,
    p.proargnames as names,
    coalesce(p.proallargtypes, p.proargtypes::oid[])::int8[] as types,
    p.pronargs as inputs,
    p.pronargdefaults as defaults,
    pg_get_function_arguments(p.oid) as "argumentText",
    pg_get_function_identity_arguments(p.oid) as "identityText",
    pg_get_function_result(p.oid) as "resultText",
    p.prorettype::int8 as "returnType",
    nullif(t.typrelid, 0)::int8 as "returnRelation",
    p.proretset as "returnsSet",
    p.proretset and p.prorows > 1 as "returnsManyRows"
  from pg_catalog.pg_proc p
  join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  join pg_catalog.pg_type t on t.oid = p.prorettype
  where n.nspname = any (${textArray(schemas)})
    and p.prokind = 'f'
    and p.prorettype not in ('pg_catalog.trigger'::regtype, 'pg_catalog.event_trigger'::regtype)
  order by p.oid`

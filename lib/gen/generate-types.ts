/**
 * `generateTypes`: the TypeScript types of a database, byte for byte as `supabase gen types` writes them.
 * Any PostgreSQL will do, the embedded one or a server, since all it takes is a function that runs SQL.
 */
import { checkOptions, is, strings } from '../options'
import { introspect, type RunSql } from './introspect'
import { renderTypes } from './render'

export type { RunSql } from './introspect'

/** What is generated. The defaults are those of `supabase gen types --local`. */
export interface GenerateTypesOptions {
  /**
   * The schemas that are told; those that do not exist are left out. Default, also for an empty list:
   * `public` and `graphql_public`.
   */
  schemas?: string[] | undefined
  /** The version of PostgREST that the types are for, such as `14.5`. Default: none is told. */
  postgrestVersion?: string | undefined
  /**
   * Whether relationships say that they are one to one. Default true; false is what
   * `--postgrest-v9-compat` gives.
   */
  detectOneToOneRelationships?: boolean | undefined
}

const CHECKS = {
  schemas: strings,
  postgrestVersion: is('string'),
  detectOneToOneRelationships: is('boolean'),
}
const DEFAULT_SCHEMAS = ['public', 'graphql_public']

/**
 * Generates the types of a database.
 *
 * The catalog is read by several queries, one after the other. Where the schema may change meanwhile,
 * give a `query` that runs in a transaction of isolation level `repeatable read`.
 *
 * @example
 * const types = await generateTypes(async (sql) => (await db.query(sql)).rows, { schemas: ['public'] })
 * await writeFile('database.types.ts', types)
 */
export async function generateTypes(
  query: RunSql,
  options: GenerateTypesOptions = {}
): Promise<string> {
  if (typeof query !== 'function') {
    throw new TypeError(`oxbase: generateTypes needs a function that runs SQL, got ${typeof query}`)
  }
  checkOptions(options, CHECKS, 'generateTypes')
  const { schemas = [], postgrestVersion, detectOneToOneRelationships = true } = options
  const catalog = await introspect(query, schemas.length > 0 ? schemas : DEFAULT_SCHEMAS)
  return renderTypes(catalog, { postgrestVersion, detectOneToOneRelationships })
}

/** What `createLocalSupabaseClient` and `createFetch` take: which options exist, and what they mean. */
import type { SupabaseClientOptions } from '@supabase/supabase-js'
import { checkOptions, ENGINE_CHECKS, is, strings, wholeNumber } from '../options'
import type { Check, DatabaseOptions } from '../options'
import { isKeySet, LOCAL_JWT_SECRET, projectKey } from './jwt'

/** PostgREST's settings of the database, under their names in camel case. */
export interface RestDatabaseOptions {
  /** Schemas that are exposed; the first is the default. Default `public` and `graphql_public`. */
  schemas?: string[] | undefined
  /** Schemas in the search path beyond the one of the request. Default `public` and `extensions`. */
  extraSearchPath?: string[] | undefined
  /** Most rows that a request gets. Default: no limit. */
  maxRows?: number | undefined
  /** A function that is called before each request. */
  preRequest?: string | undefined
  /** The role of a request without a token. Default `anon`. */
  anonRole?: string | undefined
  /** Whether `count()`, `sum()` and the like may be selected. Default false. */
  aggregatesEnabled?: boolean | undefined
  /** Whether `explain()` is answered. Default false. */
  planEnabled?: boolean | undefined
  /** How the transaction of a request ends. Default `commit`. */
  txEnd?: 'commit' | 'commit-allow-override' | 'rollback' | 'rollback-allow-override' | undefined
  /** A function whose answer stands in for the OpenAPI document. */
  rootSpec?: string | undefined
  /** Settings of functions that are set for the whole transaction. */
  hoistedTxSettings?: string[] | undefined
  /** The channel on which the schema cache is told to reload. Default `pgrst`. */
  channel?: string | undefined
  /** Whether that channel is listened to. Default true. */
  channelEnabled?: boolean | undefined
  /** Settings `app.settings.*` of each transaction. */
  appSettings?: Record<string, string> | undefined
  /** Connections to a server, with `url`. Default 10. */
  pool?: number | undefined
}

/** What goes into a database when it is opened. All of it is applied once. */
export interface DatabaseContentOptions {
  /** SQL text, the name of a file with it, or several. */
  schema?: string | string[] | undefined
  /** A directory of migrations as Supabase's CLI makes them. */
  migrations?: string | undefined
  /** SQL text, the name of a file with it, or several, applied after all else. */
  seed?: string | string[] | undefined
  /** Tables of a Drizzle schema: the module that exports them. */
  drizzle?: { schema: Record<string, unknown> } | undefined
  /**
   * Whether the database is made to look like a Supabase project. Default true for the embedded
   * database, and false for that of `url`, which is only changed on request.
   */
  prepare?: boolean | undefined
}

/** What both `createLocalSupabaseClient` and `createFetch` take. */
export interface RestOptions extends Omit<DatabaseOptions, 'supabase'>, DatabaseContentOptions {
  /** A PostgreSQL server, `postgres://…`, in the place of the embedded database. */
  url?: string | undefined
  /** The secret that tokens are signed with, a JWK or a JWKS. Default: that of local Supabase projects. */
  jwtSecret?: string | undefined
  /** Whether `jwtSecret` is in Base64. Default false. */
  jwtSecretIsBase64?: boolean | undefined
  /** The audience that a token has to name. */
  jwtAud?: string | undefined
  /** Where in a token the role is. Default `.role`. */
  jwtRoleClaimKey?: string | undefined
  /** Default `follow-privileges`. */
  openapiMode?: 'follow-privileges' | 'ignore-privileges' | 'disabled' | undefined
  openapiSecurityActive?: boolean | undefined
  /** The URL that the OpenAPI document names. */
  openapiServerProxyUri?: string | undefined
  /** Origins for which CORS headers are sent. Default: all. */
  serverCorsAllowedOrigins?: string[] | undefined
  /** A header that is sent back as it came. */
  serverTraceHeader?: string | undefined
  /** Whether answers say how long each step took. Default false. */
  serverTimingEnabled?: boolean | undefined
  /** Longest body of a request, in bytes. */
  maxBodySize?: number | undefined
  /** PostgREST's settings of the database. */
  db?: RestDatabaseOptions | undefined
}

/** What `createFetch` takes. */
export interface FetchOptions extends RestOptions {
  /** The path below which tables are. Default `/rest/v1`; `''` for a bare postgrest-js. */
  restPath?: string | undefined
}

/** What `createLocalSupabaseClient` takes: ours, and everything that `createClient` does. */
export interface LocalSupabaseOptions<SchemaName extends string = string>
  extends RestOptions, Omit<SupabaseClientOptions<SchemaName>, 'db'> {
  db?: (RestDatabaseOptions & SupabaseClientOptions<SchemaName>['db']) | undefined
  /** The key of the client: of a role, or a token of your own. Default `anon`. */
  key?: 'anon' | 'service_role' | (string & {}) | undefined
}

const anObject: Check = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? undefined : 'an object'

const oneOf =
  (...values: string[]): Check =>
  (value) =>
    values.includes(value as string) ? undefined : values.map((each) => `"${each}"`).join(' or ')

const texts: Check = (value) =>
  typeof value === 'string' || strings(value) === undefined
    ? undefined
    : 'SQL text, a file name or an array of them'

const drizzle: Check = (value) =>
  anObject(value) === undefined && anObject((value as { schema?: unknown }).schema) === undefined
    ? undefined
    : 'an object { schema }'

const serverUrl: Check = (value) => {
  if (typeof value !== 'string') return 'a string'
  return /^postgres(ql)?:\/\//.test(value) ? undefined : 'a URL that begins with postgres://'
}

const DB_CHECKS: Record<string, Check> = {
  schemas: strings,
  extraSearchPath: strings,
  maxRows: wholeNumber,
  preRequest: is('string'),
  anonRole: is('string'),
  aggregatesEnabled: is('boolean'),
  planEnabled: is('boolean'),
  txEnd: oneOf('commit', 'commit-allow-override', 'rollback', 'rollback-allow-override'),
  rootSpec: is('string'),
  hoistedTxSettings: strings,
  channel: is('string'),
  channelEnabled: is('boolean'),
  appSettings: anObject,
  pool: wholeNumber,
}

/** What supabase-js takes as `db`. */
const CLIENT_DB_CHECKS: Record<string, Check> = {
  schema: is('string'),
  timeout: is('number'),
  urlLengthLimit: is('number'),
  retry: is('boolean'),
}

const REST_CHECKS: Record<string, Check> = {
  ...ENGINE_CHECKS,
  schema: texts,
  migrations: is('string'),
  seed: texts,
  drizzle,
  prepare: is('boolean'),
  url: serverUrl,
  jwtSecret: is('string'),
  jwtSecretIsBase64: is('boolean'),
  jwtAud: is('string'),
  jwtRoleClaimKey: is('string'),
  openapiMode: oneOf('follow-privileges', 'ignore-privileges', 'disabled'),
  openapiSecurityActive: is('boolean'),
  openapiServerProxyUri: is('string'),
  serverTraceHeader: is('string'),
  serverTimingEnabled: is('boolean'),
  maxBodySize: wholeNumber,
  serverCorsAllowedOrigins: strings,
  db: anObject,
}

/** What supabase-js takes beside `db`. It looks into them itself. */
const CLIENT_CHECKS: Record<string, Check> = {
  auth: anObject,
  realtime: anObject,
  storage: anObject,
  global: anObject,
  accessToken: is('function'),
  tracePropagation: () => undefined,
  key: is('string'),
}

/** Options that only a database in this process has. */
const EMBEDDED_ONLY = Object.keys(ENGINE_CHECKS)

function checkTogether(options: RestOptions): void {
  if (options.url === undefined) return
  const both = EMBEDDED_ONLY.find((key) => options[key as keyof RestOptions] !== undefined)
  if (both !== undefined) {
    throw new TypeError(`oxbase: option "${both}" is of the embedded database; "url" excludes it`)
  }
}

/** Checks the options of `createFetch`. */
export function checkFetchOptions(options: unknown): asserts options is FetchOptions {
  checkOptions(options, { ...REST_CHECKS, restPath: is('string') }, 'fetch')
  const { db } = options as FetchOptions
  if (db !== undefined) checkOptions(db, DB_CHECKS, 'db')
  checkTogether(options)
}

/** Checks the options of `createLocalSupabaseClient`. */
export function checkClientOptions(options: unknown): asserts options is LocalSupabaseOptions {
  checkOptions(options, { ...REST_CHECKS, ...CLIENT_CHECKS }, 'supabase')
  const { db, global } = options as LocalSupabaseOptions
  if (db !== undefined) checkOptions(db, { ...DB_CHECKS, ...CLIENT_DB_CHECKS }, 'db')
  if (global?.fetch !== undefined) {
    throw new TypeError(
      'oxbase: option "global.fetch" is what this client brings; to wrap it, give createFetch to createClient'
    )
  }
  checkTogether(options)
}

/** What tokens are signed with. */
export function secretOf(options: RestOptions): string | Buffer {
  const { jwtSecret = LOCAL_JWT_SECRET, jwtSecretIsBase64 = false } = options
  return jwtSecretIsBase64 ? Buffer.from(jwtSecret, 'base64') : jwtSecret
}

/** The token that the client sends as its key. */
export function keyOf(options: LocalSupabaseOptions): string {
  const { key = 'anon' } = options
  if (key !== 'anon' && key !== 'service_role') return key
  const secret = secretOf(options)
  if (isKeySet(secret)) {
    throw new TypeError('oxbase: option "key" must be a token when "jwtSecret" is no plain secret')
  }
  return projectKey(key, secret)
}

/** The settings that are not in `db`, and are handed on as they are. */
const SETTINGS = [
  'queueTimeout',
  'statementTimeout',
  'jwtSecretIsBase64',
  'jwtAud',
  'jwtRoleClaimKey',
  'openapiMode',
  'openapiSecurityActive',
  'openapiServerProxyUri',
  'serverCorsAllowedOrigins',
  'serverTraceHeader',
  'serverTimingEnabled',
  'maxBodySize',
] as const

/** The settings of the services, as the native side reads them. */
export function configOf(options: FetchOptions): string {
  const own = Object.entries(options.db ?? {}).filter(([key]) => Object.hasOwn(DB_CHECKS, key))
  return JSON.stringify({
    schemas: ['public', 'graphql_public'],
    extraSearchPath: ['public', 'extensions'],
    anonRole: 'anon',
    jwtSecret: options.jwtSecret ?? LOCAL_JWT_SECRET,
    restPath: options.restPath ?? '/rest/v1',
    // A database that is left as it is has no `authenticator`.
    ...(options.prepare === false && { user: 'postgres' }),
    ...Object.fromEntries(SETTINGS.map((key) => [key, options[key]])),
    ...Object.fromEntries(own.filter(([, value]) => value !== undefined)),
  })
}

/** `createLocalSupabaseClient`: supabase-js itself, with a database in this process where the network was. */
import type { SupabaseClient, SupabaseClientOptions } from '@supabase/supabase-js'
import type { Database } from '../database'
import { makeFetch } from './fetch'
import { signJwt, type JwtClaims } from './jwt'
import { checkClientOptions, keyOf, secretOf, type LocalSupabaseOptions } from './options'
import { loadPeer } from './peer'
import { createTransport } from './transport'

/** What a local client has beyond what supabase-js gives it. */
export interface LocalSupabase {
  /** The database itself. With `url` there is none, and reading this is an error. */
  readonly pglite: Database
  /** The same as `pglite`. */
  readonly db: Database
  /** Makes a token that this client's database accepts. See `signJwt`. */
  signJwt(claims?: JwtClaims): string
  /** Ends what the client has opened. Idempotent. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** The names of the schemas that a generated `Database` type describes. */
type NameOf<Schemas> = string & keyof Omit<Schemas, '__InternalSupabase'>

/** The schema of a client that names none. */
type Standard<Schemas> = 'public' extends keyof Omit<Schemas, '__InternalSupabase'>
  ? 'public'
  : NameOf<Schemas>

/** A Supabase client on a database in this process. */
export type LocalSupabaseClient<
  // What supabase-js takes for a database that nobody has described.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  Schemas = any,
  SchemaName extends NameOf<Schemas> = Standard<Schemas>,
> = SupabaseClient<Schemas, SchemaName> & LocalSupabase

/** What is used of supabase-js. */
interface SupabaseJs {
  createClient: (url: string, key: string, options: object) => SupabaseClient
}

/** Where a local project of Supabase's CLI is, too. */
const URL = 'http://localhost:54321'

/** The keys of our options that supabase-js takes as they are. */
const CLIENT_KEYS = ['storage', 'accessToken', 'tracePropagation'] as const
const CLIENT_DB_KEYS = ['schema', 'timeout', 'urlLengthLimit', 'retry'] as const

function pick(from: object, keys: readonly string[]): Record<string, unknown> {
  const entries = Object.entries(from) as [string, unknown][]
  return Object.fromEntries(
    entries.filter(([key, value]) => keys.includes(key) && value !== undefined)
  )
}

/** The options of `createClient`: the caller's, and what a client in one process needs. */
function clientOptions(
  options: LocalSupabaseOptions,
  fetch: unknown,
  transport: unknown
): SupabaseClientOptions<string> {
  const db = options.db ?? {}
  const merged = {
    ...pick(options, CLIENT_KEYS),
    // A failure in this process is not one of the network, and trying again takes seconds.
    db: {
      retry: false,
      ...(db.schemas?.[0] !== undefined && { schema: db.schemas[0] }),
      ...pick(db, CLIENT_DB_KEYS),
    },
    // Both would keep timers or state beyond the client.
    auth: { persistSession: false, autoRefreshToken: false, ...options.auth },
    realtime: { transport, ...options.realtime },
    global: { ...options.global, fetch },
  }
  return merged as unknown as SupabaseClientOptions<string>
}

/**
 * Makes a Supabase client whose database is in this process. Returns at once: the database opens behind
 * it, and the first request waits.
 *
 * @example
 * const supabase = createLocalSupabaseClient({
 *   schema: 'create table todos (id bigint generated always as identity primary key, title text)',
 * })
 * await supabase.from('todos').insert({ title: 'ship' })
 * await supabase.close()
 */
export function createLocalSupabaseClient<
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as in LocalSupabaseClient
  Schemas = any,
  SchemaName extends NameOf<Schemas> = Standard<Schemas>,
>(options: LocalSupabaseOptions<SchemaName> = {}): LocalSupabaseClient<Schemas, SchemaName> {
  checkClientOptions(options)
  const { createClient } = loadPeer(
    '@supabase/supabase-js',
    'createLocalSupabaseClient',
    '@supabase/supabase-js'
  ) as SupabaseJs
  const key = keyOf(options)
  const fetch = makeFetch(options)
  // Versions before 2.100 have timers of their own until they are told to disconnect.
  const disconnect = (): unknown =>
    'socketAdapter' in client.realtime ? undefined : client.realtime.disconnect()
  const transport = createTransport(disconnect)
  const client = createClient(URL, key, clientOptions(options, fetch, transport))
  const { database, close } = fetch
  let closing: Promise<void> | undefined
  const end = async (): Promise<void> => {
    const { realtime } = client
    await (options.realtime?.transport === undefined ? disconnect() : realtime.disconnect())
    await close()
  }
  const ofDatabase = {
    get: () => {
      if (database !== undefined) return database
      throw new Error('oxbase: there is no embedded database with option "url"; use pg')
    },
  }
  Object.defineProperties(client, { pglite: ofDatabase, db: ofDatabase })
  return Object.assign(client, {
    signJwt: (claims?: JwtClaims) => signJwt(claims, secretOf(options)),
    close: () => (closing ??= end()),
    [Symbol.asyncDispose]: () => (closing ??= end()),
  }) as unknown as LocalSupabaseClient<Schemas, SchemaName>
}

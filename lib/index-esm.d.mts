// What dist/index.d.mts says itself, and does not take from the types for `require`: supabase-js declares its class
// once for `import` and once for `require`, and the two do not fit each other.
import type { SupabaseClient } from '@supabase/supabase-js'
import type { LocalSupabase, LocalSupabaseOptions } from './index.js'

type NameOf<Schemas> = string & keyof Omit<Schemas, '__InternalSupabase'>
type Standard<Schemas> = 'public' extends keyof Omit<Schemas, '__InternalSupabase'>
  ? 'public'
  : NameOf<Schemas>

/** A Supabase client on a database in this process. */
export type LocalSupabaseClient<
  Schemas = any,
  SchemaName extends NameOf<Schemas> = Standard<Schemas>,
> = SupabaseClient<Schemas, SchemaName> & LocalSupabase

/** Makes a Supabase client whose database is in this process. See docs/api/create-local-supabase-client.md. */
export declare function createLocalSupabaseClient<
  Schemas = any,
  SchemaName extends NameOf<Schemas> = Standard<Schemas>,
>(options?: LocalSupabaseOptions<SchemaName>): LocalSupabaseClient<Schemas, SchemaName>

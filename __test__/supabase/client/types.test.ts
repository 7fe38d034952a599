// The types of the client: checked by `tsc` over the tests, and run as they are.
import type { PostgrestSingleResponse } from '@supabase/supabase-js'
import type { Database as Embedded, LocalSupabaseClient } from 'oxbase'
import { expect, expectTypeOf, test } from 'vitest'
import { createLocalSupabaseClient } from './support'

interface Schema {
  public: {
    Tables: {
      todos: {
        Row: { id: number; title: string | null }
        Insert: { id?: number; title?: string | null }
        Update: { id?: number; title?: string | null }
        Relationships: []
      }
    }
    Views: Record<never, never>
    Functions: Record<never, never>
  }
}

test('the client has the types of the tables', async () => {
  const supabase = createLocalSupabaseClient<Schema>({
    dataDir: 'memory://',
    schema: 'create table todos (id int primary key, title text)',
  })
  expectTypeOf(supabase).toEqualTypeOf<LocalSupabaseClient<Schema>>()
  expectTypeOf(supabase.db).toEqualTypeOf<Embedded>()
  const one = await supabase.from('todos').select('title').single()
  expectTypeOf(one).toEqualTypeOf<PostgrestSingleResponse<{ title: string | null }>>()
  // @ts-expect-error -- there is no such table
  void supabase.from('todo')
  // @ts-expect-error -- there is no such option
  expect(() => createLocalSupabaseClient({ dataDirr: 'x' })).toThrow(TypeError)
  await supabase.close()
})

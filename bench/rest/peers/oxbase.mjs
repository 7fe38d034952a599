// supabase-js on the embedded database, in this process.

import { rowsText, schemaText } from '../schema.mjs'

export async function open() {
  const { createLocalSupabaseClient } = (await import('../../../dist/index.js')).default
  const client = createLocalSupabaseClient({ schema: schemaText, seed: rowsText })
  return { client, close: () => client.close() }
}

// @supabase/lite, in this process: its App has a `fetch`, which supabase-js is given.

import { supabase } from '../client.mjs'
import { tables, rows } from '../schema.mjs'

/** What its own `getClient` sends when no keys are configured: no token has to be checked. */
const NO_KEY = '<nokey>'

/** An App on a connection, with the same tables and rows as all have. */
export async function openApp({ App }, connection, moreSchema = '') {
  const app = new App({ connection })
  await app.connection.createMigrator(tables + moreSchema).migrate()
  for (const statement of [...rows, 'analyze']) await app.connection.exec(statement)
  const fetch = (input, init) => app.fetch(new Request(input, init))
  return { client: supabase(fetch, { key: NO_KEY }), close: () => app.connection.close() }
}

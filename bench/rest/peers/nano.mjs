// nano-supabase on PGlite, in this process and in memory.

import { readFile } from 'node:fs/promises'
import { supabase } from '../client.mjs'
import { rowsText, schemaText } from '../schema.mjs'

const platformFetch = globalThis.fetch

/** nano-supabase reads its parser with `fetch`, and that of Node takes no file: URL. */
async function fetchFile(input, init) {
  if (!String(input).startsWith('file:')) return platformFetch(input, init)
  const headers = { 'content-type': 'application/wasm' }
  return new Response(await readFile(new URL(String(input))), { headers })
}

export async function open({ load }) {
  const { PGlite } = await load('@electric-sql/pglite')
  const { pgcrypto } = await load('@electric-sql/pglite/contrib/pgcrypto')
  const { createFetchAdapter } = await load('nano-supabase')
  const db = await PGlite.create({ extensions: { pgcrypto } })
  await db.exec(schemaText)
  await db.exec(rowsText)
  console.log = () => {} // it writes a line for each request, which would be measured too
  globalThis.fetch = fetchFile
  try {
    const { localFetch } = await createFetchAdapter({ db })
    return { client: supabase(localFetch), close: () => db.close() }
  } finally {
    globalThis.fetch = platformFetch
  }
}

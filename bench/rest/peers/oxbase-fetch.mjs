// The bare fetch of the same layer: what of a request is not supabase-js.

import { anonKey } from '../client.mjs'
import { rowsText, schemaText } from '../schema.mjs'

export async function open() {
  const { createFetch } = (await import('../../../dist/index.js')).default
  const local = createFetch({ schema: schemaText, seed: rowsText })
  const key = anonKey()
  const headers = { apikey: key, authorization: `Bearer ${key}` }
  const fetch = (path, init) => local(path, { ...init, headers: { ...headers, ...init?.headers } })
  return { fetch, close: () => local.close() }
}

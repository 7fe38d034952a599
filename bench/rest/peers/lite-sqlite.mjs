// @supabase/lite on SQLite (node:sqlite, so Node 22 or later), in memory.

import { openApp } from './lite.mjs'

export async function open({ load }) {
  const { createConnection } = await load('@supabase/lite/sqlite')
  const connection = await createConnection({ url: ':memory:' })
  const peer = await openApp(await load('@supabase/lite'), connection)
  return { ...peer, cannot: { rpc: 'there are no functions on SQLite' } }
}

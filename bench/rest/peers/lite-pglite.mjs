// @supabase/lite on PGlite, in memory.

import { openApp } from './lite.mjs'
import { routine } from '../schema.mjs'

export async function open({ load }) {
  const { createPgliteConnection } = await load('@supabase/lite/pglite')
  const connection = await createPgliteConnection({ url: 'memory://' })
  return openApp(await load('@supabase/lite'), connection, routine)
}

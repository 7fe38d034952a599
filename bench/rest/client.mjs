// supabase-js, the same version and the same options for every peer that is spoken to through it.

import { createHmac } from 'node:crypto'
import { createRequire } from 'node:module'

const { createClient } = createRequire(import.meta.url)('@supabase/supabase-js')

/** The secret of every local Supabase project. */
export const SECRET = 'super-secret-jwt-token-with-at-least-32-characters-long'
const TEN_YEARS = 315_360_000

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** The key of a local project for callers who are not signed in. */
export function anonKey() {
  const exp = Math.floor(Date.now() / 1000) + TEN_YEARS
  const claims = { iss: 'supabase-demo', role: 'anon', exp }
  const content = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`
  return `${content}.${createHmac('sha256', SECRET).update(content).digest('base64url')}`
}

/** Nothing here uses realtime, but on Node 20 supabase-js wants a transport. */
class NoTransport {}

/** A client whose requests go through `fetch`, or over HTTP when there is none. */
export function supabase(fetch, { url = 'http://localhost:54321', key = anonKey() } = {}) {
  return createClient(url, key, {
    db: { retry: false },
    auth: { persistSession: false, autoRefreshToken: false },
    realtime: { transport: NoTransport },
    global: fetch ? { fetch } : {},
  })
}

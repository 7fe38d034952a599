/** The keys of a local project: those that every local project of Supabase's tools has, or its own. */
import { createHmac } from 'node:crypto'
import { LOCAL_JWT_SECRET, projectKey } from '../supabase/jwt'

/** What an application needs to use a project. */
export interface ProjectKeys {
  jwtSecret: string
  anon: string
  serviceRole: string
  publishable: string
  secret: string
}

/** Documented for local projects, and of no use anywhere else. */
const LOCAL_PUBLISHABLE = 'sb_publishable_ACJWlzQHlZjBrEguHvfOxg_3BJgxAaH'
const LOCAL_SECRET = 'sb_secret_N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz'

/** A key of the newer kind, made from the project's secret. */
function derived(kind: string, jwtSecret: string): string {
  const digest = createHmac('sha256', jwtSecret).update(kind).digest('base64url')
  return `sb_${kind}_${digest.slice(0, 22)}_${digest.slice(22, 30)}`
}

/** The keys of a project that signs with this secret. */
export function keysOf(jwtSecret: string = LOCAL_JWT_SECRET): ProjectKeys {
  const isLocal = jwtSecret === LOCAL_JWT_SECRET
  return {
    jwtSecret,
    anon: projectKey('anon', jwtSecret),
    serviceRole: projectKey('service_role', jwtSecret),
    publishable: isLocal ? LOCAL_PUBLISHABLE : derived('publishable', jwtSecret),
    secret: isLocal ? LOCAL_SECRET : derived('secret', jwtSecret),
  }
}

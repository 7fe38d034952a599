// The configurations that cases ask for by name. Each is a difference from `base`, told once and
// given to PostgREST in its words and to `createFetch` in its own.
import { publicKeySet, secret } from './tokens'

/** What a configuration may say. The names are those of PostgREST's settings, in camel case. */
export interface Configuration {
  schemas: string[]
  extraSearchPath: string[]
  anonRole: string | null
  jwtSecret: string | null
  jwtAudience?: string
  jwtRoleClaimKey?: string
  aggregatesEnabled?: boolean
  planEnabled?: boolean
  maxRows?: number
  preRequest?: string
  rootSpec?: string
  txEnd?: 'commit' | 'commit-allow-override' | 'rollback' | 'rollback-allow-override'
  openapiMode?: 'follow-privileges' | 'ignore-privileges' | 'disabled'
  corsAllowedOrigins?: string[]
  /** Settings that transactions see as `app.settings.<name>`. */
  appSettings?: Record<string, string>
}

const base: Configuration = {
  schemas: ['api'],
  extraSearchPath: ['public'],
  anonRole: 'anon',
  jwtSecret: secret,
}

export const configurations = {
  base,
  'two schemas': { ...base, schemas: ['api', 'other'] },
  aggregates: { ...base, aggregatesEnabled: true },
  plan: { ...base, planEnabled: true },
  'max rows': { ...base, maxRows: 2 },
  'pre-request': { ...base, preRequest: 'api.gatekeeper' },
  'root function': { ...base, rootSpec: 'root' },
  'tx override': { ...base, txEnd: 'commit-allow-override' },
  rollback: { ...base, txEnd: 'rollback' },
  'rollback override': { ...base, txEnd: 'rollback-allow-override' },
  shelf: { ...base, schemas: ['shelf'] },
  'shelf, all': { ...base, schemas: ['shelf'], openapiMode: 'ignore-privileges' },
  'no openapi': { ...base, openapiMode: 'disabled' },
  'no anonymous': { ...base, anonRole: null },
  'no secret': { ...base, jwtSecret: null },
  audience: { ...base, jwtAudience: 'films' },
  'role claim': { ...base, jwtRoleClaimKey: '."https://films.example/claims".roles[0]' },
  'key set': { ...base, jwtSecret: publicKeySet },
  'one origin': { ...base, corsAllowedOrigins: ['https://films.example', 'https://shop.example'] },
  'app settings': { ...base, appSettings: { color: 'green', 'other.name': 'x' } },
  'no search path': { ...base, extraSearchPath: [] },
} satisfies Record<string, Configuration>

export type ConfigurationName = keyof typeof configurations

// This package as a provider: `createFetch` on an embedded database of the file's own.
import { load } from '../../../support/oxbase'
import { configurations, type Configuration, type ConfigurationName } from './configurations'
import { collect, type Request } from './http'
import { dataText, resetText, schemaText, type Provider } from './provider'

type Fetch = (input: string, init?: RequestInit) => Promise<globalThis.Response>
type CreateFetch = (options: Record<string, unknown>) => Fetch

/** Whether the package that is built has REST at all. */
export function hasCreateFetch(): boolean {
  return 'createFetch' in load()
}

export async function startOxbaseProvider(): Promise<Provider> {
  const { Client, createFetch } = load() as ReturnType<typeof load> & { createFetch: CreateFetch }
  const database = { dataDir: 'memory://', name: `rest_${process.pid}_${Date.now().toString(36)}` }
  const owner = new Client(database)
  await owner.connect()
  await owner.query(`${schemaText}; ${dataText}`)

  const open = new Map<ConfigurationName, Fetch>()
  const fetchOf = (name: ConfigurationName) => {
    const fetch = open.get(name) ?? createFetch({ ...database, ...options(configurations[name]) })
    open.set(name, fetch)
    return fetch
  }
  return {
    async send(name, { method, path, headers, body }: Request) {
      const init = { method, ...(headers && { headers }), ...(body !== undefined && { body }) }
      const response = await fetchOf(name)(`http://localhost${path}`, init as RequestInit)
      return {
        status: response.status,
        headers: collect(response.headers),
        body: Buffer.from(await response.arrayBuffer()),
      }
    },
    reset: async () => void (await owner.query(resetText)),
    stop: () => owner.end(),
  }
}

/** A configuration in the words of `createFetch`. */
function options(configuration: Configuration): Record<string, unknown> {
  const { anonRole, jwtSecret, jwtAudience, jwtRoleClaimKey, appSettings, ...db } = configuration
  const { corsAllowedOrigins, openapiMode, ...rest } = db
  return {
    restPath: '',
    anonRole,
    jwtSecret,
    jwtAudience,
    jwtRoleClaimKey,
    appSettings,
    corsAllowedOrigins,
    openapiMode,
    db: rest,
  }
}

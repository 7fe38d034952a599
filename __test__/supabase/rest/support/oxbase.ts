// This package as a provider: `createFetch` on an embedded database of the file's own.
import { load } from '../../../support/oxbase'
import { configurations, type Configuration, type ConfigurationName } from './configurations'
import { collect, type Request } from './http'
import { dataText, resetText, schemaText, type Provider } from './provider'

type Package = ReturnType<typeof load>
type LocalFetch = ReturnType<Package['createFetch']>
type FetchOptions = NonNullable<Parameters<Package['createFetch']>[0]>

/** Whether the package that is built has REST at all. */
export function hasCreateFetch(): boolean {
  return 'createFetch' in load()
}

export async function startOxbaseProvider(): Promise<Provider> {
  const { Client, createFetch } = load()
  const database = { dataDir: 'memory://', name: `rest_${process.pid}_${Date.now().toString(36)}` }
  const owner = new Client(database)
  await owner.connect()
  await owner.query(`${schemaText}; ${dataText}`)

  const open = new Map<ConfigurationName, LocalFetch>()
  const fetchOf = (name: ConfigurationName) => {
    const fetch = open.get(name) ?? createFetch({ ...database, ...options(configurations[name]) })
    open.set(name, fetch)
    return fetch
  }
  return {
    async send(name, request) {
      const response = await fetchOf(name)(`http://localhost${request.path}`, initOf(request))
      return {
        status: response.status,
        headers: collect(response.headers),
        body: Buffer.from(await response.arrayBuffer()),
      }
    },
    reset: async () => void (await owner.query(resetText)),
    async stop() {
      await Promise.allSettled([...open.values()].map((fetch) => fetch.close()))
      await owner.end()
    },
  }
}

/** A `fetch` does not send the body of a GET, so there is none to ignore. */
function initOf({ method, headers, body }: Request): RequestInit {
  const sent = method === 'GET' || body === undefined ? {} : { body }
  return { method, headers: headers ?? {}, ...sent } as RequestInit
}

/** A configuration in the words of `createFetch`, where an empty text means that there is none. */
function options(configuration: Configuration): FetchOptions {
  const { anonRole, jwtSecret, jwtAudience, jwtRoleClaimKey, ...others } = configuration
  const { corsAllowedOrigins, openapiMode, ...db } = others
  return {
    restPath: '',
    jwtSecret: jwtSecret ?? '',
    jwtAud: jwtAudience,
    jwtRoleClaimKey,
    openapiMode,
    serverCorsAllowedOrigins: corsAllowedOrigins,
    db: { ...db, anonRole: anonRole ?? '' },
  }
}

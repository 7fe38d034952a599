// This package as a provider: `createFetch` on a database of the file's own, embedded or of a server.
import { load } from '../../../support/oxbase'
import { configurations, type Configuration, type ConfigurationName } from './configurations'
import { collect, type Answer, type Request } from './http'
import {
  createDatabase,
  dataText,
  resetText,
  schemaText,
  type Provider,
  type Server,
} from './provider'

type Package = ReturnType<typeof load>
type LocalFetch = ReturnType<Package['createFetch']>
type FetchOptions = NonNullable<Parameters<Package['createFetch']>[0]>

/** Whether the package that is built has REST at all. */
export function hasCreateFetch(): boolean {
  return 'createFetch' in load()
}

/** `createFetch` on an embedded database. */
export async function startOxbaseProvider(): Promise<Provider> {
  const { Client } = load()
  const database = { dataDir: 'memory://', name: `rest_${process.pid}_${Date.now().toString(36)}` }
  const owner = new Client(database)
  await owner.connect()
  await owner.query(`${schemaText}; ${dataText}`)
  const fetches = fetchesOn(database)
  return {
    send: fetches.send,
    reset: async () => void (await owner.query(resetText)),
    async stop() {
      await fetches.close()
      await owner.end()
    },
  }
}

/** `createFetch` with `url`, on a database of a native server. */
export async function startRemoteProvider(server: Server): Promise<Provider> {
  const { name, reset, drop } = await createDatabase(server)
  const url = `postgres://authenticator@${encodeURIComponent(server.host)}:${server.port}/${name}`
  const fetches = fetchesOn({ url })
  return {
    send: fetches.send,
    reset,
    async stop() {
      await fetches.close()
      await drop()
    },
  }
}

/** A `fetch` for each configuration that is asked for, all on one database. */
function fetchesOn(database: FetchOptions) {
  const { createFetch } = load()
  const open = new Map<ConfigurationName, LocalFetch>()
  const fetchOf = (name: ConfigurationName) => {
    const fetch = open.get(name) ?? createFetch({ ...database, ...options(configurations[name]) })
    open.set(name, fetch)
    return fetch
  }
  return {
    async send(name: ConfigurationName, request: Request): Promise<Answer> {
      const response = await fetchOf(name)(`http://localhost${request.path}`, initOf(request))
      return {
        status: response.status,
        headers: collect(response.headers),
        body: Buffer.from(await response.arrayBuffer()),
      }
    },
    close: () => Promise.allSettled([...open.values()].map((fetch) => fetch.close())),
  }
}

/** A `fetch` sends no body with a GET, so there is none to ignore, and names a type for text but not for bytes. */
function initOf({ method, headers, body }: Request): RequestInit {
  const sent = method === 'GET' || body === undefined ? {} : { body: Buffer.from(body) }
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

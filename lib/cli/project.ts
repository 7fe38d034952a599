/** A project that is served on this machine: the database, its PostgreSQL port and its HTTP port. */
import { existsSync } from 'node:fs'
import { startHttpServer, type HttpServer } from '../http-server'
import { isMemory } from '../options'
import { startServer, type Server } from '../server'
import { SERVER_SETTINGS } from '../server-options'
import { createFetch, type LocalFetch } from '../supabase/fetch'
import { removeDatabase } from './data-directory'
import { keysOf } from './keys'
import { MIGRATIONS, SEED, shownDirectory } from './paths'

/** How a project is served. */
export interface ProjectOptions {
  dataDir: string
  host: string
  port: number
  /** Absent where only PostgreSQL is served. */
  apiPort: number | undefined
  password: string
  jwtSecret: string | undefined
  schemas: string[] | undefined
  extensions: string[] | undefined
  migrate: boolean
  seed: boolean
}

/** What is told about a served project; the names are those of `supabase status -o env`. */
export type ProjectFacts = Record<string, string>

interface Parts {
  fetch: LocalFetch
  server: Server
  http: HttpServer | undefined
}

/** What a project's database is opened with. */
function contents({ migrate, seed }: Pick<ProjectOptions, 'migrate' | 'seed'>): object {
  return {
    ...(migrate && existsSync(MIGRATIONS) && { migrations: MIGRATIONS }),
    ...(seed && existsSync(SEED) && { seed: SEED }),
  }
}

/** Opens a project's database, with its migrations and its seed, and gives its `fetch`. */
export async function openProject(
  options: Pick<ProjectOptions, 'dataDir' | 'migrate' | 'seed'> & Partial<ProjectOptions>
): Promise<LocalFetch> {
  const { dataDir, jwtSecret, schemas, extensions } = options
  const fetch = createFetch({
    dataDir,
    settings: SERVER_SETTINGS,
    ...contents(options),
    ...(jwtSecret !== undefined && { jwtSecret }),
    ...(schemas !== undefined && { db: { schemas } }),
    ...(extensions !== undefined && { extensions }),
  })
  try {
    await fetch.database?.opened()
  } catch (error) {
    await fetch.close()
    throw error
  }
  return fetch
}

/** A served project. */
export class Project {
  readonly #options: ProjectOptions
  #parts: Parts
  /** What is asked of it is done one after the other. */
  #work: Promise<unknown> = Promise.resolve()

  private constructor(options: ProjectOptions, parts: Parts) {
    this.#options = options
    this.#parts = parts
  }

  /** Opens the database, and serves it. */
  static async start(options: ProjectOptions): Promise<Project> {
    const parts = await startParts(options)
    // A free port that was found once is kept.
    const port = parts.server.port ?? options.port
    const apiPort = parts.http?.port
    return new Project({ ...options, port, apiPort }, parts)
  }

  get port(): number {
    return this.#options.port
  }

  /** What an application needs to use the project. */
  facts(): ProjectFacts {
    const { host, port, password, dataDir, jwtSecret } = this.#options
    const { http } = this.#parts
    const keys = keysOf(jwtSecret)
    const secret = encodeURIComponent(password)
    const address = host.includes(':') ? `[${host}]` : host
    return {
      ...(http !== undefined && { API_URL: http.url, REST_URL: `${http.url}/rest/v1` }),
      DB_URL: `postgresql://postgres:${secret}@${address}:${port}/postgres`,
      PUBLISHABLE_KEY: keys.publishable,
      SECRET_KEY: keys.secret,
      ANON_KEY: keys.anon,
      SERVICE_ROLE_KEY: keys.serviceRole,
      JWT_SECRET: keys.jwtSecret,
      DATA_DIR: isMemory(dataDir) ? 'memory://' : dataDir,
    }
  }

  /** Empties the database, and fills it as a new one. Its ports stay. */
  reset(content: Pick<ProjectOptions, 'migrate' | 'seed'>): Promise<void> {
    const work = this.#work.then(async () => {
      await stopParts(this.#parts)
      let refusal: unknown
      await removeDatabase(this.#options.dataDir).catch((error: unknown) => (refusal = error))
      // Another process may have it open: then it is served as it is.
      const kept = refusal === undefined ? content : { migrate: false, seed: false }
      this.#parts = await startParts({ ...this.#options, ...kept })
      if (refusal !== undefined) throw refusal as Error
    })
    this.#work = work.catch(() => undefined)
    return work
  }

  /** Stops serving, and closes the database. */
  async stop(): Promise<void> {
    await this.#work
    await stopParts(this.#parts)
  }

  /** How the project's place is named to the user. */
  get place(): string {
    return shownDirectory(this.#options.dataDir)
  }
}

async function startParts(options: ProjectOptions): Promise<Parts> {
  const { host, port, apiPort, password, jwtSecret } = options
  const fetch = await openProject(options)
  const keys = keysOf(jwtSecret)
  let server: Server | undefined
  try {
    const { database } = fetch
    if (database === undefined) throw new Error('there is no embedded database')
    server = await startServer({ database, host, port, password })
    const tokens = { [keys.publishable]: keys.anon, [keys.secret]: keys.serviceRole }
    const api = { fetch, host, keys: tokens, trustRemote: true }
    const http =
      apiPort === undefined ? undefined : await startHttpServer({ ...api, port: apiPort })
    return { fetch, server, http }
  } catch (error) {
    await server?.stop()
    await fetch.close()
    throw error
  }
}

async function stopParts({ fetch, server, http }: Parts): Promise<void> {
  await Promise.all([http?.stop(), server.stop()])
  await fetch.close()
}

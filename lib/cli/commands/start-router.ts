/** `oxbase start-router`: many databases behind one port, each made when somebody connects to it. */
import { resolve } from 'node:path'
import { startMultiTenantServer, type MultiTenantServerOptions } from '../../tenants/router'
import type { MultiTenantRouter } from '../../tenants/router'
import { isLoopback } from '../../http-server'
import { CliError, Exit } from '../cli-error'
import { option, toCount, toPort, type Call, type CommandSpec } from '../command'
import { startDetached } from '../detach'
import { printFacts } from '../facts'
import { withProgress } from '../progress'
import type { ProjectFacts } from '../project'
import { ROUTER_DIR } from '../routers'
import { serveUntilStopped } from '../serve'
import { askServer } from '../state'

interface StartRouterOptions {
  port: number
  host: string
  dir: string
  max: number
  log: string
  provision: boolean
  password?: string
  detach?: boolean
}

const LEVELS = ['silent', 'error', 'warn', 'info', 'debug', 'trace']

function factsOf(
  router: MultiTenantRouter,
  { host, dir, password }: StartRouterOptions
): ProjectFacts {
  const secret = password === undefined ? '' : `:${encodeURIComponent(password)}`
  const address = host.includes(':') ? `[${host}]` : host
  return {
    ROUTER_URL: `postgresql://postgres${secret}@${address}:${router.port}/<database>`,
    DATA_DIR: resolve(dir),
  }
}

/** A line of the log, to standard error. */
const log = (level: string) => (fields: object, message: string) => {
  process.stderr.write(`${JSON.stringify({ level, message, ...fields })}\n`)
}

async function inForeground(call: Call<StartRouterOptions>, dir: string): Promise<number> {
  const { options, output, signal } = call
  const { port, host, max, provision, password } = options
  const router = await withProgress(output, 'Starting the router', () =>
    startMultiTenantServer({
      port,
      host,
      baseDir: dir,
      maxInstances: max,
      autoProvision: provision,
      logLevel: options.log as NonNullable<MultiTenantServerOptions['logLevel']>,
      logger: { info: log('info'), debug: log('debug'), error: log('error') },
      ...(password !== undefined && { password }),
    })
  )
  const running = {
    note: { kind: 'router' as const, dir, port: router.port ?? port },
    answers: {
      status: () => factsOf(router, options),
      stats: () => router.getStats(),
      databases: () => router.listDatabases(),
    },
    stop: () => router.stop(),
  }
  await serveUntilStopped(running, output, signal, () => {
    printFacts(output, factsOf(router, options), 'pretty')
    output.note('Press Ctrl-C to stop.')
  })
  output.note(`Stopped the router of ${dir}.`)
  return Exit.ok
}

function foregroundArgs(options: StartRouterOptions, dir: string): string[] {
  const { port, host, max, provision, password } = options
  return [
    ...['start-router', `--dir=${dir}`, `--port=${port}`, `--host=${host}`, `--max=${max}`],
    `--log=${options.log}`,
    ...(provision ? [] : ['--no-provision']),
    ...(password === undefined ? [] : [`--password=${password}`]),
  ]
}

/** `oxbase start-router`. */
export const startRouterCommand: CommandSpec<StartRouterOptions> = {
  name: 'start-router',
  aliases: ['router'],
  summary: 'serve many databases behind one port',
  details: 'A client that connects to a database that is not there gets a new one.',
  options: [
    option('-p, --port <port>', 'port to listen on; 0 takes a free one', toPort).default(5432),
    option('--dir <path>', 'directory of the databases').default(ROUTER_DIR),
    option('--max <count>', 'databases that are awake at a time', toCount).default(100),
    option('--log <level>', 'what is written to standard error').choices(LEVELS).default('info'),
    option('--no-provision', 'refuse databases that are not there'),
    option('--host <address>', 'address to listen on').default('127.0.0.1'),
    option('--password <password>', 'password of the user postgres (default: none is asked for)'),
    option('-d, --detach', 'run in the background'),
  ],
  examples: [
    ['oxbase start-router', 'postgresql://localhost:5432/<any name>'],
    [
      'oxbase start-router --port 5433 --dir /var/lib/tenants --max 50 --detach',
      'in the background',
    ],
  ],
  async run(call) {
    const { options, output, signal } = call
    if (!isLoopback(options.host) && options.password === undefined) {
      throw CliError.usage(
        `${options.host} can be reached from other machines`,
        'give a --password'
      )
    }
    const dir = resolve(options.dir)
    const already = await askServer(dir, 'status')
    if (already !== undefined) {
      output.note(`oxbase is already running for ${dir}.`)
      printFacts(output, already as ProjectFacts, 'pretty')
      return Exit.ok
    }
    if (options.detach !== true) return inForeground(call, dir)
    const facts = await withProgress(output, 'Starting the router', () =>
      startDetached(dir, foregroundArgs(options, dir), signal)
    )
    output.note(`The router is running for ${dir}. Stop it with \`oxbase stop-router\`.`)
    printFacts(output, facts as ProjectFacts, 'pretty')
    return Exit.ok
  },
}

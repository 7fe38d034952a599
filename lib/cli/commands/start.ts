/** `oxbase start`: serves the project of a directory, until it is told to stop. */
import { isLoopback } from '../../http-server'
import { CliError, Exit } from '../cli-error'
import { dirOption, option, toList, toPort, type Call, type CommandSpec } from '../command'
import { startDetached } from '../detach'
import { printFacts } from '../facts'
import { dataDirectory, shownDirectory } from '../paths'
import { withProgress } from '../progress'
import { Project, type ProjectFacts, type ProjectOptions } from '../project'
import { serveUntilStopped } from '../serve'
import { askServer, claimStart } from '../state'

interface StartOptions {
  dir?: string
  host: string
  port: number
  apiPort: number
  api: boolean
  password?: string
  jwtSecret?: string
  schemas?: string[]
  extensions?: string[]
  migrations: boolean
  seed: boolean
  detach?: boolean
}

/** What everybody knows protects nothing that others can reach. */
const LOCAL_PASSWORD = 'postgres'
/** How long a start waits for another one of the same directory. */
const OTHER_START_MS = 180_000
const BETWEEN_MS = 100

function checkRemote({ host, password, jwtSecret, api }: StartOptions): void {
  if (isLoopback(host)) return
  if (password === undefined) {
    throw CliError.usage(
      `${host} can be reached from other machines`,
      'give a --password of your own'
    )
  }
  if (api && jwtSecret === undefined) {
    throw CliError.usage(
      `${host} can be reached from other machines, and the standard keys are known to all`,
      'give a --jwt-secret of your own, or --no-api'
    )
  }
}

function projectOptions(options: StartOptions, dataDir: string): ProjectOptions {
  return {
    dataDir,
    host: options.host,
    port: options.port,
    apiPort: options.api ? options.apiPort : undefined,
    password: options.password ?? LOCAL_PASSWORD,
    jwtSecret: options.jwtSecret,
    schemas: options.schemas,
    extensions: options.extensions,
    migrate: options.migrations,
    seed: options.seed,
  }
}

/** The arguments that make a process in the background do the same. */
function foregroundArgs(options: StartOptions, dataDir: string): string[] {
  const { host, port, apiPort, api, password, jwtSecret, schemas, extensions } = options
  const optional: [string, string | undefined][] = [
    ['--password', password],
    ['--jwt-secret', jwtSecret],
    ['--schemas', schemas?.join(',')],
    ['--extensions', extensions?.join(',')],
  ]
  return [
    ...['start', `--dir=${dataDir}`, `--host=${host}`, `--port=${port}`, `--api-port=${apiPort}`],
    ...optional.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`])),
    ...(api ? [] : ['--no-api']),
    ...(options.migrations ? [] : ['--no-migrations']),
    ...(options.seed ? [] : ['--no-seed']),
  ]
}

/** Takes the right to start the server of a directory, or has what the server is that somebody else starts. */
async function claim(
  dataDir: string,
  signal: AbortSignal
): Promise<{ release: () => void } | { facts: ProjectFacts }> {
  const deadline = Date.now() + OTHER_START_MS
  for (;;) {
    const release = claimStart(dataDir)
    const facts = await askServer(dataDir, 'status')
    if (facts !== undefined) {
      release?.()
      return { facts: facts as ProjectFacts }
    }
    if (release !== undefined) return { release }
    signal.throwIfAborted()
    if (Date.now() > deadline) {
      throw new CliError(`another start of ${shownDirectory(dataDir)} takes very long`, {
        hint: 'wait for it, or end that process',
      })
    }
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS))
  }
}

function tellRunning({ output }: Call<StartOptions>, facts: ProjectFacts, dataDir: string): void {
  output.note(`oxbase is already running for ${shownDirectory(dataDir)}.`)
  printFacts(output, facts, 'pretty')
}

async function startInForeground(call: Call<StartOptions>, dataDir: string): Promise<number> {
  const claimed = await claim(dataDir, call.signal)
  if ('facts' in claimed) {
    tellRunning(call, claimed.facts, dataDir)
    return Exit.ok
  }
  try {
    return await serveProject(call, dataDir, claimed.release)
  } finally {
    claimed.release()
  }
}

/** Serves the project until it is told to stop; `started` is called when it answers. */
async function serveProject(
  { options, output, signal }: Call<StartOptions>,
  dataDir: string,
  started: () => void
): Promise<number> {
  const project = await withProgress(output, 'Starting the database', () =>
    Project.start(projectOptions(options, dataDir))
  )
  const running = {
    note: { kind: 'server' as const, dir: dataDir, port: project.port },
    answers: {
      status: () => project.facts(),
      reset: () => project.reset({ migrate: true, seed: true }),
      'reset-without-seed': () => project.reset({ migrate: true, seed: false }),
    },
    stop: () => project.stop(),
  }
  await serveUntilStopped(running, output, signal, () => {
    started()
    printFacts(output, project.facts(), 'pretty')
    output.note('Press Ctrl-C to stop.')
  })
  output.note(`Stopped oxbase for ${project.place}.`)
  return Exit.ok
}

/** `oxbase start`. */
export const start: CommandSpec<StartOptions> = {
  name: 'start',
  summary: 'start the database, with its PostgreSQL port and its REST API',
  details: `The database is made when it is not there, and looks like a Supabase project. The migrations in
supabase/migrations and supabase/seed.sql are applied, as far as it has not had them.
It runs until Ctrl-C, or with --detach in the background until \`oxbase stop\`.`,
  options: [
    dirOption(),
    option('-p, --port <port>', 'port of PostgreSQL; 0 takes a free one', toPort).default(54322),
    option('--api-port <port>', 'port of the REST API; 0 takes a free one', toPort).default(54321),
    option('--no-api', 'serve PostgreSQL only'),
    option('--host <address>', 'address to listen on').default('127.0.0.1'),
    option('--password <password>', 'password of the user postgres (default: postgres)'),
    option('--jwt-secret <secret>', "what tokens are signed with (default: local projects' own)"),
    option('--schemas <names>', 'schemas of the REST API (default: public,graphql_public)', toList),
    option('-e, --extensions <names>', 'extensions to load at the start', toList),
    option('--no-migrations', 'leave supabase/migrations alone'),
    option('--no-seed', 'leave supabase/seed.sql alone'),
    option('-d, --detach', 'run in the background'),
  ],
  examples: [
    ['oxbase start', 'the project of this directory, on the ports that Supabase has'],
    ['oxbase start --detach --json', 'in the background; addresses and keys as JSON'],
    ['oxbase start --dir ./data --port 5432 --no-api', 'PostgreSQL alone, on its own port'],
  ],
  async run(call) {
    const { options, output, signal } = call
    checkRemote(options)
    const dataDir = dataDirectory(options.dir)
    const running = await askServer(dataDir, 'status')
    if (running !== undefined) {
      tellRunning(call, running as ProjectFacts, dataDir)
      return Exit.ok
    }
    if (options.detach !== true) return startInForeground(call, dataDir)
    const facts = await withProgress(output, 'Starting the database', () =>
      startDetached(dataDir, foregroundArgs(options, dataDir), signal)
    )
    output.note(`oxbase is running for ${shownDirectory(dataDir)}. Stop it with \`oxbase stop\`.`)
    printFacts(output, facts as ProjectFacts, 'pretty')
    return Exit.ok
  },
}

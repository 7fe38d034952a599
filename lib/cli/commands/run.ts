/** `oxbase run`: a command with a database of its own, which is gone afterwards. */
import { randomBytes } from 'node:crypto'
import { Argument } from 'commander'
import { startServer } from '../../server'
import { Database } from '../../database'
import { CliError } from '../cli-error'
import { dirOption, option, type Call, type CommandSpec } from '../command'
import { dataDirectory } from '../paths'
import { withProgress } from '../progress'
import { openProject } from '../project'
import { runTool } from '../tools'

interface RunOptions {
  dir?: string
  supabase?: boolean
}

interface Opened {
  database: Database
  close: () => Promise<void>
}

/** The shells' codes for a command that is not there, and for one that is no program. */
const NOT_FOUND = 127
const NOT_A_PROGRAM = 126

async function open({ dir, supabase }: RunOptions): Promise<Opened> {
  const dataDir = dir === undefined ? 'memory://' : dataDirectory(dir)
  if (supabase !== true) {
    const database = await Database.open({ dataDir })
    return { database, close: () => database.close() }
  }
  const project = await openProject({ dataDir, migrate: true, seed: true })
  if (project.database === undefined) throw new Error('there is no embedded database')
  return { database: project.database, close: () => project.close() }
}

/** Runs a command until it ends, and gives its exit code as a shell does. */
async function runCommand(
  { args: [path = '', ...args], handOver }: Call<RunOptions>,
  environment: Record<string, string>
): Promise<number> {
  try {
    return await runTool({ path, args, environment, handOver })
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    const what = isMissing ? 'there is no command' : 'cannot run'
    const exitCode = isMissing ? NOT_FOUND : NOT_A_PROGRAM
    throw new CliError(`${what} ${path}`, { exitCode, cause: error })
  }
}

async function runWith(call: Call<RunOptions>, { database }: Opened): Promise<number> {
  const password = randomBytes(18).toString('base64url')
  const server = await startServer({ database, host: '127.0.0.1', port: 0, password })
  try {
    const environment = {
      DATABASE_URL: `postgresql://postgres:${password}@127.0.0.1:${server.port}/postgres`,
      PGHOST: '127.0.0.1',
      PGPORT: String(server.port),
      PGUSER: 'postgres',
      PGPASSWORD: password,
      PGDATABASE: 'postgres',
    }
    return await runCommand(call, environment)
  } finally {
    await server.stop()
  }
}

/** `oxbase run`. */
export const run: CommandSpec<RunOptions> = {
  name: 'run',
  summary: 'run a command with a database of its own',
  details: `The command finds it in DATABASE_URL, PGHOST, PGPORT, PGUSER, PGPASSWORD and PGDATABASE. Its exit
code is this one's. Without --dir the database is a new one in memory, gone when the command ends.`,
  args: [new Argument('<command...>', 'the command, after --')],
  options: [
    dirOption().default(undefined, 'a new one in memory'),
    option('--supabase', 'a Supabase project, with the migrations and the seed of this directory'),
  ],
  examples: [
    ['oxbase run -- npm test', 'tests'],
    ['oxbase run --supabase -- npx playwright test', 'on the tables of supabase/migrations'],
    ['oxbase run --dir ./data -- node server.js', 'on a database that lasts'],
  ],
  passThrough: true,
  async run(call) {
    const { output, options } = call
    if (output.json) throw CliError.usage('the output of `run` is that of its command')
    const opened = await withProgress(output, 'Opening a database', () => open(options))
    try {
      return await runWith(call, opened)
    } finally {
      await opened.close()
    }
  },
}

/** `oxbase db dump`: writes the database as SQL. */
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { bundledDump } from '../bundled-dump'
import { CliError, Exit } from '../cli-error'
import {
  dirOption,
  localOption,
  option,
  toList,
  urlOption,
  type Call,
  type CommandSpec,
} from '../command'
import { dataDirectory } from '../paths'
import { withProgress } from '../progress'
import { withTarget, type Target, type TargetOptions } from '../target'
import { findDump, runTool, type Tool } from '../tools'

interface DumpOptions extends TargetOptions {
  file?: string
  schemaOnly?: boolean
  dataOnly?: boolean
  schema?: string[]
  all?: boolean
}

/** What every project has from the start; a new one would refuse to have it made again. */
const PLATFORM_SCHEMAS = [
  'auth',
  'extensions',
  'graphql',
  'graphql_public',
  'pgbouncer',
  'realtime',
  'storage',
  'supabase_migrations',
  'vault',
]

function dumpArgs({ schemaOnly, dataOnly, schema, all }: DumpOptions): string[] {
  if (schemaOnly === true && dataOnly === true) {
    throw CliError.usage('--schema-only and --data-only exclude each other')
  }
  const chosen = (schema ?? []).map((name) => `--schema=${name}`)
  const left = all === true || chosen.length > 0 ? [] : PLATFORM_SCHEMAS
  return [
    '--no-owner',
    ...(schemaOnly === true ? ['--schema-only'] : []),
    ...(dataOnly === true ? ['--data-only'] : []),
    ...chosen,
    ...left.map((name) => `--exclude-schema=${name}`),
  ]
}

/** Runs `write` with the file, which is taken away again when that fails. */
async function toFile<T>(file: string, write: (descriptor: number) => Promise<T>): Promise<T> {
  const descriptor = openSync(file, 'w', 0o600)
  try {
    return await write(descriptor)
  } catch (error) {
    rmSync(file, { force: true })
    throw error
  } finally {
    closeSync(descriptor)
  }
}

async function dumpByTool(
  target: Target,
  { path }: Tool,
  args: string[],
  { options, handOver }: Call<DumpOptions>
): Promise<void> {
  const environment = await target.environment()
  const run = async (stdout?: number): Promise<void> => {
    const to = stdout === undefined ? {} : { stdout }
    const code = await runTool({ path, args, environment, handOver, ...to })
    if (code !== 0) throw new CliError(`pg_dump ended with ${code}`, { hint: 'see its messages' })
  }
  await (options.file === undefined ? run() : toFile(options.file, run))
}

/** `oxbase db dump`. */
export const dbDump: CommandSpec<DumpOptions> = {
  name: 'dump',
  summary: 'write the database as SQL',
  details: `pg_dump 18 or later is taken from PATH, or the one that comes with this package.
What every Supabase project has from the start (auth, storage and the like) is left out: --all has it.`,
  options: [
    dirOption(),
    urlOption(),
    localOption(),
    option('-f, --file <file>', 'write to a file'),
    option('--schema-only', 'definitions without rows'),
    option('--data-only', 'rows without definitions'),
    option('-s, --schema <name>', 'this schema only; may come more than once', toList),
    option('--all', 'also what every project has from the start'),
  ],
  examples: [
    ['oxbase db dump -f backup.sql', 'definitions and rows'],
    ['oxbase db dump --data-only -f supabase/seed.sql', 'rows, for a new database'],
  ],
  async run(call) {
    const { options, output } = call
    const args = dumpArgs(options)
    const dump = findDump()
    if (output.json && options.file === undefined) {
      throw CliError.usage('--json needs a --file for the dump')
    }
    await withProgress(output, 'Writing the dump', async () => {
      if (dump !== undefined) {
        await withTarget(call, (target) => dumpByTool(target, dump, args, call))
        return
      }
      if (options.dbUrl !== undefined) {
        throw new CliError('the dump of a server needs pg_dump on PATH', {
          hint: 'install the client programs of PostgreSQL 18',
        })
      }
      const text = await bundledDump(dataDirectory(options.dir), args)
      if (options.file === undefined) output.write(text)
      else writeFileSync(options.file, text, { mode: 0o600 })
    })
    if (options.file !== undefined) output.print(`Wrote the dump to ${options.file}.`)
    output.value({ file: options.file })
    return Exit.ok
  },
}

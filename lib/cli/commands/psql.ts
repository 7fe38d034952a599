/** `oxbase psql`: psql on the database, or the small one that comes with this package. */
import { Argument } from 'commander'
import { dirOption, localOption, option, urlOption, type Call, type CommandSpec } from '../command'
import { runInteractive } from '../psql/interactive'
import { PsqlExit, Shell } from '../psql/shell'
import { runText } from '../sql/statement'
import { standardInput } from '../sql/script'
import { withTarget, type Connection, type Target, type TargetOptions } from '../target'
import { findTool, runTool, type Tool } from '../tools'
import { CliError } from '../cli-error'

/** A statement or a file, in the order of the call. */
interface Action {
  kind: 'command' | 'file'
  text: string
  order: number
}

interface PsqlOptions extends TargetOptions {
  command?: Action[]
  file?: Action[]
  tuplesOnly?: boolean
  align: boolean
  expanded?: boolean
  quiet?: boolean
  set?: string[]
  psqlrc: boolean
  builtin?: boolean
}

let order = 0
const action =
  (kind: Action['kind']) =>
  (text: string, before: Action[] | undefined): Action[] => {
    order += 1
    return [...(before ?? []), { kind, text, order }]
  }
const more = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value]

function actionsOf({ command = [], file = [] }: PsqlOptions): Action[] {
  return [...command, ...file].sort((a, b) => a.order - b.order)
}

/** The same call for the real psql. */
function psqlArgs(options: PsqlOptions, rest: string[]): string[] {
  return [
    ...(options.psqlrc ? [] : ['-X']),
    ...(options.tuplesOnly === true ? ['-t'] : []),
    ...(options.align ? [] : ['-A']),
    ...(options.expanded === true ? ['-x'] : []),
    ...(options.quiet === true ? ['-q'] : []),
    ...(options.set ?? []).flatMap((each) => ['-v', each]),
    ...actionsOf(options).flatMap(({ kind, text }) => [kind === 'command' ? '-c' : '-f', text]),
    ...rest,
  ]
}

async function runNative(target: Target, tool: Tool, call: Call<PsqlOptions>): Promise<number> {
  const environment = await target.environment()
  const args = psqlArgs(call.options, call.args)
  return runTool({ path: tool.path, args, environment, handOver: call.handOver })
}

/** Runs what `-c` and `-f` ask for, as psql does: the first -c that fails ends it. */
async function runActions(shell: Shell, actions: Action[]): Promise<number> {
  for (const { kind, text } of actions) {
    if (kind === 'file') {
      const found = text === '-' ? await readInput(shell) : await shell.file(text)
      if (!found) return PsqlExit.fatal
    } else {
      const done = text.startsWith('\\') ? await shell.command(text) : await shell.sql(text)
      if (!done) return shell.exit ?? PsqlExit.fatal
    }
    if (shell.exit !== undefined) return shell.exit
  }
  return 0
}

async function readInput(shell: Shell): Promise<boolean> {
  await shell.script(standardInput())
  return true
}

async function runShell(
  connection: Connection,
  { options, output }: Call<PsqlOptions>
): Promise<number> {
  const streams = {
    out: (text: string | Uint8Array) => void output.write(text),
    err: (text: string) => void process.stderr.write(text),
  }
  const shell = new Shell(connection.client, streams, {
    tuplesOnly: options.tuplesOnly === true,
    unaligned: !options.align,
    expanded: options.expanded === true,
  })
  shell.quiet = options.quiet === true
  for (const each of options.set ?? []) await shell.command(`\\set ${each.replace('=', ' ')}`)
  const actions = actionsOf(options)
  if (actions.length > 0) {
    shell.readCopyFrom(() => standardInput())
    return runActions(shell, actions)
  }
  if (process.stdin.isTTY) await runInteractive(shell, connection.cancel)
  else await readInput(shell)
  return shell.exit ?? 0
}

/** Runs the statements of `-c`, and gives their results as the one JSON value. */
async function runAsJson(
  connection: Connection,
  { options, output }: Call<PsqlOptions>
): Promise<number> {
  const actions = actionsOf(options)
  if (actions.length === 0 || actions.some(({ kind }) => kind === 'file')) {
    throw CliError.usage('--json is for statements that are given with -c')
  }
  const results = []
  for (const { text } of actions) results.push(...(await runText(connection.client, text)))
  output.value(results.map(resultValue))
  return 0
}

/** A result as JSON: values are text, as PostgreSQL writes them. */
export function resultValue({
  tag,
  fields,
  rows,
}: Awaited<ReturnType<typeof runText>>[number]): object {
  const names = fields?.map(({ name }) => name) ?? []
  const objects = rows.map((row) => Object.fromEntries(names.map((name, at) => [name, row[at]])))
  return { command: tag ?? '', ...(fields !== undefined && { columns: names, rows: objects }) }
}

/** `oxbase psql`. */
export const psql: CommandSpec<PsqlOptions> = {
  name: 'psql',
  summary: 'talk to the database in SQL',
  details: `psql on PATH is taken; where there is none, or with --builtin, a small one of our own.
The database is the running server of the directory, or the directory itself.
Exit codes are psql's: 1 a fatal error or a failed -c, 2 the connection was lost,
3 a script failed and ON_ERROR_STOP is set.`,
  args: [new Argument('[arguments...]', 'further arguments for psql, after --')],
  options: [
    dirOption(),
    urlOption(),
    localOption(),
    option('-c, --command <command>', 'run a statement or a command of psql', action('command')),
    option('-f, --file <file>', 'run a file; - is the standard input', action('file')),
    option('-t, --tuples-only', 'rows without header and footer'),
    option('-A, --no-align', 'values with | between them'),
    option('-x, --expanded', 'one line for each value'),
    option('-q, --quiet', 'do not say what each statement did'),
    option('-v, --set <name=value>', 'set a variable, such as ON_ERROR_STOP=1', more),
    option('-X, --no-psqlrc', 'do not read the start-up file of psql'),
    option('--builtin', 'take the small psql of this package'),
  ],
  examples: [
    ['oxbase psql', 'at the terminal'],
    ["oxbase psql -c 'select now()'", 'one statement'],
    ['oxbase psql -At -f report.sql > report.txt', 'a file, for programs to read'],
    ["echo 'select 1' | oxbase psql", 'what is piped in'],
  ],
  async run(call) {
    const { options, output, args } = call
    const asJson = output.json
    const tool = options.builtin === true || asJson ? undefined : findTool('psql')
    if (tool === undefined && args.length > 0) {
      throw CliError.usage(`${args[0]}: only the real psql takes further arguments`)
    }
    return withTarget(call, async (target) => {
      if (tool !== undefined) return runNative(target, tool, call)
      const connection = await target.connect()
      return asJson ? runAsJson(connection, call) : runShell(connection, call)
    }).catch((error: unknown) => {
      // psql ends with 2 when there is nobody to talk to.
      if (error instanceof CliError || asJson) throw error
      throw new CliError((error as Error).message, { exitCode: PsqlExit.lost, cause: error })
    })
  },
}

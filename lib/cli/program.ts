/** The command line as a whole: which commands there are, and what happens when one is called. */
import { Command, CommanderError } from 'commander'
import { CliError, Exit } from './cli-error'
import { addCommand, exampleText, type CommandGroup, type Runner } from './command'
import { COMMANDS, GROUPS } from './commands'
import { toldError, type ToldError } from './errors'
import { Interruption } from './interruption'
import { Output } from './output'
import { packageVersion } from './version'

const EXAMPLES: [string, string][] = [
  ['npx oxbase start', 'a Supabase project on this machine: database, REST and keys'],
  ["npx oxbase psql -c 'select 1'", 'one statement'],
  ['npx oxbase run -- npm test', 'the tests, with a database of their own in DATABASE_URL'],
]
const EXIT_CODES = `
Exit codes: 0 done, 1 failed, 2 called in a wrong way, 130 stopped by Ctrl-C (143 by SIGTERM).`

/** How long a command may take to end once it is interrupted. */
const GRACE_MS = 15_000

/** Runs a command, and sets the exit code of the process. */
const run: Runner = async (spec, options, args) => {
  const output = new Output(options.json === true)
  const interruption = new Interruption()
  const { signal } = interruption
  // What does not stop when it is asked to is not waited for; the engine is closed as the process exits.
  signal.addEventListener('abort', () => {
    setTimeout(() => process.exit(interruption.exitCode), GRACE_MS).unref()
  })
  try {
    if (options.workdir !== undefined) enter(options.workdir)
    const code = await spec.run({
      options,
      args,
      output,
      signal,
      handOver: (take) => interruption.handOver(take),
    })
    process.exitCode = interruption.exitCode ?? code ?? Exit.ok
  } catch (error) {
    process.exitCode = interruption.exitCode ?? tell(output, error, options.debug === true)
  } finally {
    interruption.end()
  }
}

function enter(directory: string): void {
  try {
    process.chdir(directory)
  } catch (cause) {
    throw new CliError(`the directory ${directory} cannot be entered`, {
      exitCode: Exit.usage,
      hint: 'give a directory that exists with --workdir',
      cause,
    })
  }
}

/** Tells an error, and gives its exit code. */
function tell(output: Output, error: unknown, debug: boolean): number {
  const told = toldError(error)
  output.error(told)
  if (debug && error instanceof Error) {
    process.stderr.write(`${error.stack ?? ''}\n`)
    if (error.cause instanceof Error)
      process.stderr.write(`caused by: ${error.cause.stack ?? ''}\n`)
  }
  return told.exitCode
}

function addGroup(program: Command, group: CommandGroup): void {
  const parent = program.command(group.name).summary(group.summary).description(group.summary)
  for (const alias of group.aliases ?? []) parent.alias(alias)
  const examples = group.commands.flatMap(({ examples: [first] }) => (first ? [first] : []))
  parent.addHelpText('after', exampleText(examples))
  // Without one of its commands a group has nothing to do.
  parent.allowExcessArguments().action(() => {
    const [word] = parent.args
    const names = group.commands.map(({ name }) => name).join(', ')
    const what = word === undefined ? 'a command is missing' : `unknown command '${word}'`
    throw CliError.usage(`oxbase ${group.name}: ${what}`, `give one of: ${names}`)
  })
  for (const spec of group.commands) addCommand(parent, spec, run)
}

/** Builds the tree of commands. */
export function createProgram(): Command {
  const program = new Command('oxbase')
  program
    .description('PostgreSQL and Supabase on this machine, without servers to install.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .addHelpText('after', exampleText(EXAMPLES) + EXIT_CODES)
  for (const spec of COMMANDS) addCommand(program, spec, run)
  for (const group of GROUPS) addGroup(program, group)
  return program
}

/** What commander has to say about a wrong call. */
function toldUsage(error: CommanderError): ToldError {
  const [message = '', suggestion] = error.message.replace(/^error: /, '').split('\n')
  const hint = suggestion?.replace(/^\((.*)\)$/, '$1') ?? 'see `oxbase --help`'
  return { message, hint, exitCode: Exit.usage }
}

/** Runs what the arguments ask for. */
export async function main(argv: string[]): Promise<void> {
  const output = new Output(argv.includes('--json'))
  try {
    await createProgram().parseAsync(argv)
  } catch (error) {
    if (!(error instanceof CommanderError)) {
      process.exitCode = tell(output, error, argv.includes('--debug'))
      return
    }
    const isAnswered = error.exitCode === 0
    // Help without a command is what commander shows for a call without any.
    if (!isAnswered && error.code !== 'commander.help') output.error(toldUsage(error))
    process.exitCode = isAnswered ? Exit.ok : Exit.usage
  }
}

/** How a command is described, and how its description becomes one of commander's. */
import { InvalidArgumentError, Option, type Argument, type Command } from 'commander'
import type { Interruption } from './interruption'
import type { Output } from './output'

/** What every command takes. */
export interface CommonOptions {
  json?: boolean
  debug?: boolean
  workdir?: string
}

/** What a command is called with. */
export interface Call<O> {
  options: O & CommonOptions
  /** Its arguments, those of a list one by one. */
  args: string[]
  output: Output
  /** Aborted by Ctrl-C and SIGTERM. */
  signal: AbortSignal
  /** Leaves these signals to a program that was started, until what it gives is called. */
  handOver: Interruption['handOver']
}

/** A command of the command line. */
export interface CommandSpec<O> {
  name: string
  aliases?: string[]
  summary: string
  /** What its help says below the summary. */
  details?: string
  args?: Argument[]
  options?: Option[]
  /** Calls with what they do; its help shows them. */
  examples: [call: string, what: string][]
  /** Everything from the first argument on belongs to the argument. */
  passThrough?: boolean
  /** Runs the command, and gives its exit code, or nothing for success. */
  run(call: Call<O>): Promise<number | void>
}

/** Commands below one word, as in `oxbase db reset`. */
export interface CommandGroup {
  name: string
  aliases?: string[]
  summary: string
  commands: CommandSpec<object>[]
}

/** Runs a command; given by the entry point. */
export type Runner = (
  spec: CommandSpec<object>,
  options: CommonOptions,
  args: string[]
) => Promise<void>

/** An option with a value, checked by `parse`. */
export function option(
  flags: string,
  description: string,
  parse?: (value: string, before: never) => unknown
): Option {
  const made = new Option(flags, description)
  return parse === undefined ? made : made.argParser(parse as (value: string) => unknown)
}

/** Where the database is. */
export const dirOption = (): Option =>
  option('--dir <path>', 'directory of the database (default: $OXBASE_DATA_DIR, else .oxbase/data)')

/** A server in the place of the directory. */
export const urlOption = (): Option => option('--db-url <url>', 'a PostgreSQL server: postgres://…')

/** Accepted for the sake of those who know Supabase's tools; the local database is always meant. */
export const localOption = (): Option =>
  option('--local', 'the local database, which is the default')

/** A check for ports. */
export function toPort(value: string): number {
  const port = Number(value)
  if (/^\d+$/.test(value) && port <= 65535) return port
  throw new InvalidArgumentError('It must be a number from 0 to 65535.')
}

/** A check for counts. */
export function toCount(value: string): number {
  const count = Number(value)
  if (/^\d+$/.test(value) && Number.isSafeInteger(count)) return count
  throw new InvalidArgumentError('It must be a whole number.')
}

/** Gathers the values of an option that may come more than once, or with commas. */
export function toList(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), ...value.split(',').map((each) => each.trim())]
}

/** The part of a help text that shows calls. */
export function exampleText(examples: [string, string][]): string {
  const lines = examples.flatMap(([call, what]) => [`  $ ${call}`, `      ${what}`])
  return `\nExamples:\n${lines.join('\n')}`
}

/** Adds a command below `parent`. */
export function addCommand(parent: Command, spec: CommandSpec<object>, runner: Runner): void {
  const command = parent.command(spec.name).summary(spec.summary)
  const details = spec.details === undefined ? '' : `\n\n${spec.details}`
  command.description(`${spec.summary}${details}`)
  for (const alias of spec.aliases ?? []) command.alias(alias)
  for (const argument of spec.args ?? []) command.addArgument(argument)
  for (const each of spec.options ?? []) command.addOption(each)
  command
    .option('--json', 'write one JSON value to standard output, and nothing else')
    .option('--debug', 'show where errors come from')
    .option('--workdir <path>', 'directory of the project (default: the present one)')
    .addHelpText('after', exampleText(spec.examples))
  if (spec.passThrough === true) command.passThroughOptions()
  command.action(() => runner(spec, command.opts(), command.args))
}

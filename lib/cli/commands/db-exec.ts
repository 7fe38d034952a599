/** `oxbase db exec`: runs SQL, all of it or nothing. */
import { Argument } from 'commander'
import { CliError, Exit } from '../cli-error'
import { dirOption, localOption, option, urlOption, type CommandSpec } from '../command'
import { Shell } from '../psql/shell'
import { openText, standardInput } from '../sql/script'
import { runText } from '../sql/statement'
import { formatError } from '../sql/format'
import { withTarget, type TargetOptions } from '../target'
import { resultValue } from './psql'

interface ExecOptions extends TargetOptions {
  file?: string
}

async function textOf(sql: string | undefined, file: string | undefined): Promise<string> {
  if (sql !== undefined && file !== undefined) {
    throw CliError.usage('SQL and --file exclude each other')
  }
  if (sql !== undefined && sql !== '-') return sql
  const isPiped = sql === '-' || file === '-' || (file === undefined && !process.stdin.isTTY)
  if (file === undefined && !isPiped) throw CliError.usage('there is no SQL', 'give it, or --file')
  let text = ''
  for await (const chunk of isPiped ? standardInput() : await openText(file as string))
    text += chunk
  return text
}

/** `oxbase db exec`. */
export const dbExec: CommandSpec<ExecOptions> = {
  name: 'exec',
  summary: 'run SQL on the database',
  details: `Several statements run as one transaction, unless they say otherwise. With --json the results
are an array of { command, columns, rows }, their values as PostgreSQL writes them.`,
  args: [new Argument('[sql]', 'the SQL; - or nothing reads the standard input')],
  options: [
    dirOption(),
    urlOption(),
    localOption(),
    option('-f, --file <file>', 'SQL from a file'),
  ],
  examples: [
    ["oxbase db exec 'select count(*) from todos'", 'a query'],
    ['oxbase db exec -f schema.sql', 'a file'],
    ["oxbase db exec --json 'table todos'", 'rows for a program'],
  ],
  async run(call) {
    const { options, args, output } = call
    const text = await textOf(args[0], options.file)
    return withTarget(call, async (target) => {
      const { client } = await target.connect()
      const streams = {
        out: (chunk: string | Uint8Array) => void output.write(chunk),
        err: (line: string) => output.note(line.trimEnd()),
      }
      const shell = new Shell(client, streams)
      try {
        const results = await runText(client, text, { output: streams.out })
        if (output.json) output.value(results.map(resultValue))
        else shell.print(results)
        return Exit.ok
      } catch (error) {
        call.signal.throwIfAborted()
        if (output.json || !('severity' in (error as object))) throw error
        process.stderr.write(`${formatError(error as object, text)}\n`)
        return Exit.failed
      }
    })
  },
}

/** `oxbase db restore`: reads a dump into the database. */
import { statSync } from 'node:fs'
import { Argument } from 'commander'
import { CliError, Exit } from '../cli-error'
import { dirOption, localOption, option, urlOption, type Call, type CommandSpec } from '../command'
import { withProgress } from '../progress'
import { restore, type RestoreProgress } from '../restore'
import { firstBytes, standardInput } from '../sql/script'
import { withTarget, type Target, type TargetOptions } from '../target'
import { bytes } from '../text'
import { findRestore, runTool } from '../tools'

interface RestoreCommandOptions extends TargetOptions {
  transaction: boolean
}

const CUSTOM = Buffer.from('PGDMP')

/** Whether a dump is in one of the formats that only pg_restore reads. */
async function isArchive(file: string): Promise<boolean> {
  if (file === '-') return false
  let isDirectory: boolean
  try {
    isDirectory = statSync(file).isDirectory()
  } catch (cause) {
    throw new CliError(`there is no file ${file}`, { hint: 'give the file of a dump', cause })
  }
  return isDirectory || (await firstBytes(file, CUSTOM.length)).equals(CUSTOM)
}

async function restoreArchive(
  target: Target,
  file: string,
  { options, output, handOver }: Call<RestoreCommandOptions>
): Promise<number> {
  const { path } = findRestore()
  const environment = await target.environment()
  const single = options.transaction ? ['--single-transaction'] : []
  const args = [
    '--no-owner',
    '--exit-on-error',
    ...single,
    '--dbname',
    environment['PGDATABASE'] ?? 'postgres',
    file,
  ]
  const code = await runTool({ path, args, environment, handOver, stdout: 'ignore' })
  if (code !== 0) throw new CliError(`pg_restore ended with ${code}`, { hint: 'see its messages' })
  output.print(`Restored ${file} into ${target.place}.`)
  output.value({ file })
  return Exit.ok
}

async function restorePlain(
  target: Target,
  file: string,
  { options, output, signal }: Call<RestoreCommandOptions>
): Promise<number> {
  const { client } = await target.connect()
  const source = file === '-' ? { chunks: standardInput() } : { file }
  const size = file === '-' ? undefined : statSync(file).size
  let seen: RestoreProgress = { bytes: 0, statements: 0 }
  const text = (): string => {
    const part =
      size === undefined || size === 0 ? '' : ` ${Math.floor((seen.bytes / size) * 100)} %`
    return `Restoring${part}, ${seen.statements} statements`
  }
  const { transaction } = options
  const onProgress = (progress: RestoreProgress): void => void (seen = progress)
  const done = await withProgress(output, text, () =>
    restore(client, source, { transaction, signal, onProgress })
  )
  const what = file === '-' ? 'the standard input' : file
  const amount = size === undefined ? '' : `, ${bytes(size)}`
  output.print(`Restored ${what} into ${target.place}: ${done.statements} statements${amount}.`)
  output.value({ file, statements: done.statements })
  return Exit.ok
}

/** `oxbase db restore`. */
export const dbRestore: CommandSpec<RestoreCommandOptions> = {
  name: 'restore',
  summary: 'read a dump into the database',
  details: `A dump in SQL, also one that gzip has compressed, is read as it comes, COPY included; it is one
transaction. Dumps in the other formats of pg_dump are handed to pg_restore.`,
  args: [new Argument('<file>', 'the dump; - is the standard input')],
  options: [
    dirOption(),
    urlOption(),
    localOption(),
    option('--no-transaction', 'keep what was done before an error'),
  ],
  examples: [
    ['oxbase db restore backup.sql', 'all of it, or nothing'],
    ['pg_dump "$URL" | oxbase db restore -', 'from another server'],
  ],
  async run(call) {
    const [file] = call.args as [string]
    const archive = await isArchive(file)
    return withTarget(call, (target) =>
      archive ? restoreArchive(target, file, call) : restorePlain(target, file, call)
    )
  },
}

/** `oxbase stop`: ends the server of a directory. */
import { CliError, Exit } from '../cli-error'
import { dirOption, option, type CommandSpec } from '../command'
import { dataDirectory, shownDirectory } from '../paths'
import { withProgress } from '../progress'
import { askServer, listServers } from '../state'

/** Closing writes what is in memory to the disk. */
const STOP_MS = 60_000

/** Ends one server, or says that there is none. */
export async function stopServer(dir: string): Promise<boolean> {
  return (await askServer(dir, 'stop', STOP_MS)) !== undefined
}

/** `oxbase stop`. */
export const stop: CommandSpec<{ dir?: string; all?: boolean }> = {
  name: 'stop',
  summary: 'stop the server of a directory',
  details: 'The data stays. That nothing runs is no error.',
  options: [dirOption(), option('--all', 'stop every server of this user')],
  examples: [
    ['oxbase stop', 'the server of this directory'],
    ['oxbase stop --all', 'all of them'],
  ],
  async run({ options, output }) {
    if (options.all === true && options.dir !== undefined) {
      throw CliError.usage('--all and --dir exclude each other')
    }
    const { running } = options.all === true ? await listServers() : { running: [] }
    const dirs = options.all === true ? running.map(({ dir }) => dir) : [dataDirectory(options.dir)]
    const stopped: string[] = []
    for (const dir of dirs) {
      const was = await withProgress(output, 'Closing the database', () => stopServer(dir))
      if (was) stopped.push(dir)
      const place = shownDirectory(dir)
      output.print(was ? `Stopped oxbase for ${place}.` : `oxbase is not running for ${place}.`)
    }
    if (dirs.length === 0) output.print('oxbase is not running.')
    output.value({ stopped })
    return Exit.ok
  },
}

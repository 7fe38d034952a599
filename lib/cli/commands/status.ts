/** `oxbase status`: where the server of a directory is, and its keys. */
import { CliError, Exit } from '../cli-error'
import { dirOption, option, type CommandSpec } from '../command'
import { printFacts, type FactFormat } from '../facts'
import { dataDirectory, shownDirectory } from '../paths'
import type { ProjectFacts } from '../project'
import { askServer } from '../state'

/** `oxbase status`. */
export const status: CommandSpec<{ dir?: string; output: FactFormat }> = {
  name: 'status',
  summary: 'show the addresses and keys of a running server',
  options: [
    dirOption(),
    option('-o, --output <format>', 'how they are written')
      .choices(['pretty', 'env', 'json'])
      .default('pretty'),
  ],
  examples: [
    ['oxbase status', 'addresses and keys'],
    ['oxbase status -o env > .env.local', 'as variables for an application'],
  ],
  async run({ options, output }) {
    const dataDir = dataDirectory(options.dir)
    const facts = await askServer(dataDir, 'status')
    if (facts === undefined) {
      throw new CliError(`oxbase is not running for ${shownDirectory(dataDir)}`, {
        hint: 'start it with `oxbase start`',
      })
    }
    printFacts(output, facts as ProjectFacts, options.output)
    return Exit.ok
  },
}

/** `oxbase db reset`: a new database in the place of the old one. */
import { existsSync } from 'node:fs'
import { CliError, Exit } from '../cli-error'
import { dirOption, localOption, option, type CommandSpec } from '../command'
import { confirm } from '../confirm'
import { removeDatabase } from '../data-directory'
import { listMigrationFiles } from '../migrations'
import { dataDirectory, SEED, shownDirectory } from '../paths'
import { withProgress } from '../progress'
import { openProject } from '../project'
import { askServer } from '../state'

interface ResetOptions {
  dir?: string
  seed: boolean
  yes?: boolean
}

/** Migrations and seed may have a lot to do. */
const RESET_MS = 600_000

async function resetDirectory(dataDir: string, seed: boolean): Promise<void> {
  await removeDatabase(dataDir)
  const project = await openProject({ dataDir, migrate: true, seed })
  await project.close()
}

/** `oxbase db reset`. */
export const dbReset: CommandSpec<ResetOptions> = {
  name: 'reset',
  summary: 'empty the database, and apply migrations and seed again',
  details: 'A running server stays: its clients have to connect again.',
  options: [
    dirOption(),
    localOption(),
    option('--no-seed', 'leave supabase/seed.sql alone'),
    option('-y, --yes', 'do not ask'),
  ],
  examples: [
    ['oxbase db reset', 'after a question'],
    ['oxbase db reset --yes --no-seed', 'in a script; migrations only'],
  ],
  async run({ options, output, signal }) {
    const dataDir = dataDirectory(options.dir)
    const place = shownDirectory(dataDir)
    await confirm(`Delete everything in ${place}?`, options.yes === true, signal)
    const request = options.seed ? 'reset' : 'reset-without-seed'
    await withProgress(output, 'Resetting the database', async () => {
      if ((await askServer(dataDir, request, RESET_MS)) !== undefined) return
      if (dataDir === 'memory://') throw new CliError('there is no database in memory to reset')
      await resetDirectory(dataDir, options.seed)
    })
    const migrations = await listMigrationFiles()
    output.print(`Reset ${place}: ${migrations.length} migrations applied.`)
    output.value({
      dir: dataDir,
      migrations: migrations.map(({ version }) => version),
      seed: options.seed && existsSync(SEED) ? SEED : null,
    })
    return Exit.ok
  },
}

/** `oxbase migration up`: applies the migrations that the database has not had. */
import { Exit } from '../cli-error'
import { dirOption, localOption, option, urlOption, type CommandSpec } from '../command'
import { migrateUp } from '../migrations'
import { withProgress } from '../progress'
import { withTarget, type TargetOptions } from '../target'

/** `oxbase migration up`. */
export const migrationUp: CommandSpec<TargetOptions & { includeAll?: boolean }> = {
  name: 'up',
  summary: 'apply the migrations that the database has not had',
  details: 'Each is applied as a whole or not at all; the first that fails ends the command.',
  options: [
    dirOption(),
    urlOption(),
    localOption(),
    option('--include-all', 'also those that come before the last one that was applied'),
  ],
  examples: [['oxbase migration up', 'what is new in supabase/migrations']],
  async run(call) {
    const { options, output } = call
    const applied = await withTarget(call, async (target) => {
      const { client } = await target.connect()
      const up = (): ReturnType<typeof migrateUp> => migrateUp(client, options.includeAll === true)
      return withProgress(output, 'Applying migrations', up)
    })
    for (const { file } of applied) output.print(`Applied migration ${file}.`)
    output.print('The database is up to date.')
    output.value({ applied: applied.map(({ version, name }) => ({ version, name })) })
    return Exit.ok
  },
}

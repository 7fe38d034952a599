/** `oxbase migration list`: the migrations that there are, and those that the database has had. */
import { Exit } from '../cli-error'
import { dirOption, localOption, urlOption, type CommandSpec } from '../command'
import { appliedVersions, listMigrationFiles } from '../migrations'
import { withTarget, type TargetOptions } from '../target'

/** The time that a version names: `2024-01-31 23:59:59`. Versions that name none stand for themselves. */
function timeOf(version: string): string {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(version)
  if (parts === null) return version
  const [, year, month, day, hour, minute, second] = parts
  return `${year}-${month}-${day} ${hour}:${minute}:${second}`
}

/** `oxbase migration list`. */
export const migrationList: CommandSpec<TargetOptions> = {
  name: 'list',
  summary: 'show which migrations there are, and which were applied',
  options: [dirOption(), urlOption(), localOption()],
  examples: [['oxbase migration list', 'files on the left, the database on the right']],
  async run(call) {
    const { output } = call
    const files = await listMigrationFiles()
    const applied = await withTarget(call, async (target) =>
      appliedVersions((await target.connect()).client)
    )
    const local = new Map(files.map((each) => [each.version, each]))
    const remote = new Set(applied)
    const versions = [...new Set([...local.keys(), ...applied])].sort()
    output.print()
    output.table(
      ['Local', 'Remote', 'Time (UTC)'],
      versions.map((version) => [
        local.has(version) ? version : '',
        remote.has(version) ? version : '',
        timeOf(version),
      ])
    )
    output.print()
    output.value(
      versions.map((version) => ({
        version,
        name: local.get(version)?.name ?? null,
        local: local.has(version),
        remote: remote.has(version),
      }))
    )
    return Exit.ok
  },
}

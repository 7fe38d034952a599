/** `oxbase migration new`: a file for a migration. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Argument } from 'commander'
import { CliError, Exit } from '../cli-error'
import type { CommandSpec } from '../command'
import { listMigrationFiles } from '../migrations'
import { MIGRATIONS } from '../paths'
import { standardInput } from '../sql/script'

/** The time in UTC, as versions have it: 20240131235959. */
function versionOf(time: Date): string {
  return time.toISOString().replace(/\D/g, '').slice(0, 14)
}

/** A version that no migration has: two that are made within a second are one second apart. */
async function freeVersion(): Promise<string> {
  const taken = new Set((await listMigrationFiles()).map(({ version }) => version))
  for (let time = Date.now(); ; time += 1000) {
    const version = versionOf(new Date(time))
    if (!taken.has(version)) return version
  }
}

/** An open pipe that says nothing is no text: whoever starts programs often leaves one. */
const FIRST_BYTE_MS = 500

/** What is piped into the command becomes the text of the migration. */
async function pipedText(): Promise<string> {
  if (process.stdin.isTTY) return ''
  const input = standardInput()
  const silent = setTimeout(() => input.destroy(), FIRST_BYTE_MS)
  let text = ''
  try {
    for await (const chunk of input) {
      clearTimeout(silent)
      text += chunk
    }
  } catch (error) {
    // The pipe that was given up.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error
  } finally {
    clearTimeout(silent)
  }
  return text
}

/** `oxbase migration new`. */
export const migrationNew: CommandSpec<object> = {
  name: 'new',
  summary: 'make a file for a migration',
  args: [new Argument('<name>', 'what the migration does')],
  examples: [
    ['oxbase migration new create_todos', 'an empty one, to be filled in'],
    ['oxbase migration new create_todos < todos.sql', 'with SQL in it'],
  ],
  async run({ args, output }) {
    const name = (args[0] as string).trim().replace(/\s+/g, '_')
    if (name === '' || /[/\\\0]/.test(name)) {
      throw CliError.usage(
        'the name of a migration becomes one of a file',
        'give letters, digits and _'
      )
    }
    await mkdir(MIGRATIONS, { recursive: true })
    const version = await freeVersion()
    const file = join(MIGRATIONS, `${version}_${name}.sql`)
    await writeFile(file, await pipedText(), { flag: 'wx' })
    output.print(`Created new migration at ${output.style('bold', file)}`)
    output.value({ version, name, file })
    return Exit.ok
  },
}

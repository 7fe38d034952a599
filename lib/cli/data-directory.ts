/** What may be done to the directory of a database from outside: to take it away as a whole. */
import { rm } from 'node:fs/promises'
import { identify } from '../inspection/files'
import { holdDirectory } from '../native'
import { isMemory } from '../options'
import { CliError } from './cli-error'

/** Removes a database that nobody has open. Whatever is no database of ours is left as it is. */
export async function removeDatabase(dataDir: string): Promise<void> {
  if (isMemory(dataDir)) return
  const { kind, reason } = await identify(dataDir)
  if (kind === 'absent') return
  if (kind === 'foreign') {
    throw new CliError(`${dataDir} is not removed: ${reason ?? 'it holds no oxbase database'}`, {
      hint: 'give the directory of an oxbase database with --dir',
    })
  }
  const hold = await holdDirectory(dataDir)
  try {
    await rm(dataDir, { recursive: true, force: true })
  } finally {
    hold.release()
  }
}

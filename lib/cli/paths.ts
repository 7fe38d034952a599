/** Where things are: the database of a project, its migrations, the notes of running servers. */
import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { join, resolve } from 'node:path'
import { isMemory } from '../options'

/** Where a project's migrations and seed are, as Supabase's tools have them. */
export const MIGRATIONS = join('supabase', 'migrations')
export const SEED = join('supabase', 'seed.sql')

const STANDARD = join('.oxbase', 'data')

/** The directory of the database: an absolute path, or `memory://`. */
export function dataDirectory(dir: string | undefined): string {
  const chosen = dir ?? (process.env['OXBASE_DATA_DIR'] || STANDARD)
  return isMemory(chosen) ? 'memory://' : resolve(chosen)
}

/** How a directory is named to the user. */
export function shownDirectory(dataDir: string): string {
  return isMemory(dataDir) ? 'the database in memory' : dataDir
}

/** The directory with the notes of this user's running servers. Made when it is not there. */
export function stateDirectory(): string {
  const { OXBASE_STATE_DIR, XDG_STATE_HOME, LOCALAPPDATA } = process.env
  const home = join(homedir(), '.local', 'state')
  const base = process.platform === 'win32' ? (LOCALAPPDATA ?? home) : (XDG_STATE_HOME ?? home)
  const directory = OXBASE_STATE_DIR || join(base, 'oxbase')
  // Notes lead to passwords.
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  return directory
}

/** The name under which a directory's server is noted. One in memory belongs to its project. */
export function stateKey(dataDir: string): string {
  const place = isMemory(dataDir) ? `memory://${process.cwd()}` : dataDir
  return createHash('sha256').update(place).digest('hex').slice(0, 16)
}

/** Where a server listens for the commands of its user. */
export function controlPath(key: string): string {
  if (process.platform !== 'win32') return join(stateDirectory(), `${key}.sock`)
  return `\\\\.\\pipe\\oxbase-${userInfo().username}-${key}`
}

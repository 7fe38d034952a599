/** What the files of a database directory tell without opening it, and how a copy of them is made. */
import { constants, type Dirent } from 'node:fs'
import { copyFile, lstat, mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RepairProblem } from '../repair'
import { decodeControlFile, walSegment, type ControlFile } from './control-file'

/** What a directory turned out to be. */
export interface Identity {
  kind: 'absent' | 'foreign' | 'oxbase'
  /** Why it is not one of ours. */
  reason?: string
  oxbaseVersion: string | null
  postgresVersion: string | null
}

const DESCRIPTOR = '.oliphaunt.json'
const DESCRIBED = {
  schema: 'oliphaunt-database-root-v1',
  engineFamily: 'wasix',
  pgdata: 'pgdata',
  postgresMajor: 18,
  physicalFormat: 'wasix-pg18-v1',
}
const POSTGRES = '18'
const FORMAT = 1

/** Without these nothing can be read. */
const ESSENTIAL = ['base', 'global', 'pg_multixact', 'pg_wal', 'pg_xact']
/** Often empty, so that archives and version control leave them out. */
const OFTEN_EMPTY = [
  'pg_commit_ts',
  'pg_dynshmem',
  'pg_logical',
  'pg_logical/mappings',
  'pg_logical/snapshots',
  'pg_multixact/members',
  'pg_multixact/offsets',
  'pg_notify',
  'pg_replslot',
  'pg_serial',
  'pg_snapshots',
  'pg_stat',
  'pg_stat_tmp',
  'pg_subtrans',
  'pg_tblspc',
  'pg_twophase',
  'pg_wal/archive_status',
  'pg_wal/summaries',
]

const text = (path: string) => readFile(path, 'utf8').then(String, () => null)
const isDirectory = (path: string) =>
  lstat(path).then(
    (status) => status.isDirectory(),
    () => false
  )

/** Recognises a directory, and reads only. */
export async function identify(path: string): Promise<Identity> {
  const nothing = { oxbaseVersion: null, postgresVersion: null }
  const status = await lstat(path).catch((error: NodeJS.ErrnoException) => error)
  if (status instanceof Error) {
    const reason = status.code === 'ENOENT' ? 'there is no such directory' : status.message
    return { kind: 'absent', reason, ...nothing }
  }
  if (!status.isDirectory()) return { kind: 'foreign', reason: 'it is not a directory', ...nothing }
  if (!(await isDirectory(join(path, 'pgdata')))) {
    const version = (await text(join(path, 'PG_VERSION')))?.trim()
    const reason =
      version === undefined
        ? 'it holds no oxbase database: there is no pgdata in it'
        : `it is a PostgreSQL ${version} data directory that oxbase did not make`
    return { kind: 'foreign', reason, ...nothing, postgresVersion: version ?? null }
  }
  const note = await text(join(path, 'pgdata', 'oxbase.version'))
  const { format, version } = parsed(note)
  const postgresVersion = (await text(join(path, 'pgdata', 'PG_VERSION')))?.trim() ?? null
  const oxbaseVersion = typeof version === 'string' ? version : null
  if (typeof format === 'number' && format > FORMAT) {
    const reason = `oxbase ${oxbaseVersion} made it in format ${format}; repair it with that version`
    return { kind: 'foreign', reason, oxbaseVersion, postgresVersion }
  }
  return { kind: 'oxbase', oxbaseVersion, postgresVersion }
}

function parsed(note: string | null): { format?: unknown; version?: unknown } {
  try {
    const value: unknown = JSON.parse(note ?? '{}')
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}

/** Copies a directory; files that cannot be read become problems, and the copy goes on. Gives the bytes copied. */
export async function copyDirectory(
  from: string,
  to: string,
  report: (problem: RepairProblem) => void,
  below = ''
): Promise<number> {
  await mkdir(to)
  let size = 0
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    const where = below === '' ? entry.name : `${below}/${entry.name}`
    try {
      if (entry.isDirectory()) size += await copyDirectory(source, target, report, where)
      else size += await copyOne(entry, source, target)
    } catch (error) {
      report({
        severity: 'error',
        what: `it cannot be read: ${(error as Error).message}`,
        where,
        advice: 'look for faults of the disk, and restore the file from a copy',
      })
    }
  }
  return size
}

/** What the process that has, or had, the directory open leaves in it for others. */
const OF_THE_PROCESS = new Set(['oxbase.pid', 'oxbase.socket', 'postmaster.pid', '.s.PGSQL.5432'])

async function copyOne(entry: Dirent, source: string, target: string): Promise<number> {
  if (OF_THE_PROCESS.has(entry.name)) return 0
  if (!entry.isFile()) throw new Error('it is neither a file nor a directory')
  await copyFile(source, target, constants.COPYFILE_FICLONE)
  return (await lstat(target)).size
}

/** Checks the files of a copy, and mends in it what carries no data. Gives what the control file says. */
export async function checkFiles(
  copy: string,
  report: (problem: RepairProblem) => void
): Promise<ControlFile | undefined> {
  const pgdata = join(copy, 'pgdata')
  const error = (what: string, where: string, advice: string) =>
    report({ severity: 'error', what, where, advice })
  if ((await text(join(copy, DESCRIPTOR))) === null) {
    error('it is missing', DESCRIPTOR, 'restore it from another database of the same version')
    await writeFile(join(copy, DESCRIPTOR), `${JSON.stringify(DESCRIBED)}\n`)
  }
  const version = (await text(join(pgdata, 'PG_VERSION')))?.trim()
  if (version !== POSTGRES) {
    const what = version === undefined ? 'it is missing' : `it says ${version} instead of 18`
    error(what, 'pgdata/PG_VERSION', 'restore it from a copy; a database of 18 has "18" in it')
    if (version === undefined) await writeFile(join(pgdata, 'PG_VERSION'), `${POSTGRES}\n`)
  }
  for (const name of ESSENTIAL) {
    if (await isDirectory(join(pgdata, name))) continue
    error('the directory is missing', `pgdata/${name}`, 'restore it from a copy')
  }
  for (const name of OFTEN_EMPTY) {
    if (await isDirectory(join(pgdata, name))) continue
    const advice =
      'make it anew if it was empty, and use a way of copying that keeps empty directories'
    report({
      severity: 'warning',
      what: 'the directory is missing',
      where: `pgdata/${name}`,
      advice,
    })
    await mkdir(join(pgdata, name), { recursive: true })
  }
  return checkControlFile(pgdata, error)
}

async function checkControlFile(
  pgdata: string,
  error: (what: string, where: string, advice: string) => void
): Promise<ControlFile | undefined> {
  const where = 'pgdata/global/pg_control'
  const bytes = await readFile(join(pgdata, 'global', 'pg_control')).catch(() => undefined)
  const control = bytes === undefined ? 'it is missing' : decodeControlFile(bytes)
  if (typeof control === 'string') {
    error(control, where, 'restore the whole directory from a copy: without it no data can be read')
    return undefined
  }
  const { timeline, segmentSize } = control
  const needed = [control.redo, control.checkpoint].map((at) =>
    walSegment(timeline, at, segmentSize)
  )
  const present = await readdir(join(pgdata, 'pg_wal')).catch(() => [] as string[])
  for (const segment of new Set(needed)) {
    if (present.includes(segment)) continue
    const advice = 'restore the file, or the whole directory, from a copy'
    error('the segment of the last checkpoint is missing', `pgdata/pg_wal/${segment}`, advice)
  }
  return control
}

/** Waits until everything in a directory is on the disk. Files at once: one by one they take seconds. */
export async function syncDirectory(path: string): Promise<void> {
  const entries = await readdir(path, { withFileTypes: true })
  await Promise.all(
    entries.map((entry) => {
      const name = join(path, entry.name)
      return entry.isDirectory() ? syncDirectory(name) : syncOne(name, 'r+')
    })
  )
  // Windows writes names with their files, and does not open directories.
  if (process.platform !== 'win32') await syncOne(path, 'r')
}

/** Waits until a file, or the names in a directory, are on the disk. */
export async function syncOne(path: string, flags: string): Promise<void> {
  const file = await open(path, flags)
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Removes a directory and what is in it, if it is there. */
export const removeDirectory = (path: string): Promise<void> =>
  rm(path, { recursive: true, force: true })

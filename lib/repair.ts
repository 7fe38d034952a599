/**
 * `repair`: what state a database directory is in, and what of it can be saved.
 * It works on a copy: the directory itself is only read.
 */
import { mkdir, mkdtemp, readdir, readFile, rename, rmdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import {
  checkFiles,
  copyDirectory,
  identify,
  removeDirectory,
  syncDirectory,
  syncOne,
} from './inspection/files'
import { Inspection } from './inspection/tables'
import { holdDirectory } from './native'
import { checkOptions } from './options'

/** What `repair` may be told. */
export interface RepairOptions {
  /** A new or empty directory, into which what can be saved is written. */
  to?: string | undefined
}

/** Something that is not as it should be. */
export interface RepairProblem {
  /** `error` for what is damaged or lost, `warning` for what was or can be mended. */
  severity: 'error' | 'warning'
  /** What is wrong. */
  what: string
  /** A file below the directory, a table or an index. */
  where: string
  /** What can be done. */
  advice: string
}

/** One of the user's tables. */
export interface RepairTable {
  schema: string
  name: string
  /** How many rows it has, when all of it can be read. */
  rows: number | null
  /** Whether all of it can be read. */
  readable: boolean
  /** The first error that reading it gave. */
  error: string | null
  /** How many rows were saved, when not all could be read and `to` was given. */
  saved: number | null
}

/** What `repair` found. */
export interface RepairReport {
  /** The directory, as an absolute path. */
  path: string
  /** Whether nothing is wrong. */
  ok: boolean
  /** What is wrong, in the order in which it was found. */
  problems: RepairProblem[]
  /** Version of oxbase that made the directory, when it is noted there. */
  oxbaseVersion: string | null
  /** Major version of PostgreSQL. */
  postgresVersion: string | null
  /** The process that has the directory open; nothing further is looked at then. */
  holder: number | null
  /** Bytes in its files. */
  size: number
  /** What PostgreSQL was doing when it wrote its control file last: `shut down` after a clean end. */
  state: string | null
  /** Whether pages carry checksums. */
  checksums: boolean | null
  /** Whether the copy could be opened, which recovers it from its log; null when it was not tried. */
  recovered: boolean | null
  /** The user's tables. */
  tables: RepairTable[]
  /** How many B-tree indexes were checked against their tables. */
  indexesChecked: number
  /** The directory that holds what was saved; null when nothing was. */
  saved: string | null
}

const CHECKS = {
  to: (value: unknown) =>
    typeof value === 'string' && value !== '' ? undefined : 'a string with the path of a directory',
}

/**
 * Looks at everything in a database directory and reports what is wrong; with `to`, writes what can be
 * saved into a new directory. The directory itself is never changed, and must not be open.
 *
 * @example
 * const report = await repair('./data', { to: './saved' })
 * for (const { severity, what, where, advice } of report.problems) console.log(severity, where, what, advice)
 */
export async function repair(dir: string, options: RepairOptions = {}): Promise<RepairReport> {
  if (typeof dir !== 'string' || dir === '') {
    throw new TypeError('oxbase: repair needs the path of a directory as a string')
  }
  checkOptions(options, CHECKS, 'repair')
  const path = resolve(dir)
  const to = options.to === undefined ? undefined : resolve(options.to)
  if (to !== undefined) await checkTarget(path, to)
  const { kind, reason, oxbaseVersion, postgresVersion } = await identify(path)
  const report: RepairReport = {
    path,
    ok: false,
    problems: [],
    oxbaseVersion,
    postgresVersion,
    holder: null,
    size: 0,
    state: null,
    checksums: null,
    recovered: null,
    tables: [],
    indexesChecked: 0,
    saved: null,
  }
  if (kind === 'oxbase') await inspect(report, to)
  else problem(report, reason ?? kind, path, 'give the directory of an oxbase database')
  report.ok = report.problems.length === 0
  return report
}

const problem = (report: RepairReport, what: string, where: string, advice: string) =>
  report.problems.push({ severity: 'error', what, where, advice })

/** The target is new or empty, and neither the directory nor a part of it. */
async function checkTarget(path: string, to: string): Promise<void> {
  const inside = relative(path, to)
  if (inside === '' || !inside.startsWith('..')) {
    throw new TypeError('oxbase: option "to" must be a directory outside of the one to repair')
  }
  const entries = await readdir(to).catch((error: NodeJS.ErrnoException) => error)
  if (Array.isArray(entries) ? entries.length > 0 : entries.code !== 'ENOENT') {
    throw new TypeError(`oxbase: option "to" must be a new or an empty directory, and ${to} is not`)
  }
}

async function inspect(report: RepairReport, to: string | undefined): Promise<void> {
  const parent = to === undefined ? tmpdir() : dirname(to)
  await mkdir(parent, { recursive: true })
  const work = await mkdtemp(join(parent, `.oxbase-repair-${process.pid}-`))
  const copy = join(work, 'data')
  const add = (found: RepairProblem) => report.problems.push(found)
  try {
    if (!(await copyHeld(report, copy))) return
    const control = await checkFiles(copy, add)
    report.state = control?.state ?? null
    report.checksums = control?.checksums ?? null
    const inspection = await openCopy(report, copy, to !== undefined)
    if (inspection === undefined) return
    try {
      await look(report, inspection, to !== undefined)
    } finally {
      await inspection.close()
    }
    if (to === undefined) return
    await rmdir(to).catch(() => undefined)
    await syncDirectory(copy)
    await rename(copy, to)
    if (process.platform !== 'win32') await syncOne(parent, 'r')
    report.saved = to
  } finally {
    await removeDirectory(work)
  }
}

/** Copies the directory while nobody can open it; false when somebody has it open. */
async function copyHeld(report: RepairReport, copy: string): Promise<boolean> {
  let hold
  try {
    hold = await holdDirectory(report.path)
  } catch (error) {
    const note = await readFile(join(report.path, 'pgdata', 'oxbase.pid'), 'utf8').catch(() => '')
    report.holder = Number.parseInt(note) || null
    problem(report, (error as Error).message, report.path, 'close it there, then run repair again')
    return false
  }
  try {
    report.size = await copyDirectory(report.path, copy, (found) => report.problems.push(found))
    return true
  } finally {
    hold.release()
  }
}

/** Opens the copy; where the plain way fails, once more past damaged pages and system indexes. */
async function openCopy(
  report: RepairReport,
  copy: string,
  durable: boolean
): Promise<Inspection | undefined> {
  const add = (found: RepairProblem) => report.problems.push(found)
  const forgiving = { zero_damaged_pages: 'on', ignore_system_indexes: 'on' }
  for (const settings of [{}, forgiving]) {
    try {
      const inspection = await Inspection.open(copy, durable, settings, add)
      report.recovered = true
      return inspection
    } catch (error) {
      if (report.recovered === false) continue
      report.recovered = false
      const what = (error as Error).message.replaceAll(copy, report.path)
      problem(
        report,
        what,
        'opening',
        'mend what stands above, or restore the directory from a copy'
      )
    }
  }
  return undefined
}

async function look(report: RepairReport, inspection: Inspection, save: boolean): Promise<void> {
  await inspection.prepare()
  report.tables = await inspection.tables()
  const { checked, damaged } = await inspection.indexes()
  report.indexesChecked = checked
  if (!save) return
  for (const table of report.tables) if (!table.readable) await inspection.save(table)
  for (const index of damaged) await inspection.reindex(index)
}

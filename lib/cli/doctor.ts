/** Looks at everything that oxbase needs, and says what is wrong and what to do. */
import { access, constants, mkdir, readdir, rm, statfs, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { Database } from '../database'
import { splitStatements } from '../native'
import { repair, type RepairReport } from '../repair'
import { findTool, type ToolName } from './tools'
import { bytes } from './text'

/** One thing that was looked at. */
export interface Finding {
  name: string
  /** `note` for what is not there, and need not be. */
  state: 'ok' | 'note' | 'error'
  what: string
  advice?: string
}

const OLDEST_NODE = 20
/** A database, its log and a copy of them. */
const ENOUGH_ROOM = 256 * 1024 * 1024

const messageOf = (error: unknown): string => (error as Error).message.replace(/^oxbase: /, '')

function checkNode(): Finding {
  const name = 'Node'
  const what = `${process.version} on ${process.platform}-${process.arch}`
  if (Number.parseInt(process.versions.node, 10) >= OLDEST_NODE) return { name, state: 'ok', what }
  return { name, state: 'error', what, advice: `install Node ${OLDEST_NODE} or later` }
}

function checkAddon(): Finding {
  const name = 'Addon'
  try {
    splitStatements('select 1')
    return { name, state: 'ok', what: 'it loads' }
  } catch (error) {
    const advice = 'install oxbase anew on this machine, without --no-optional'
    return { name, state: 'error', what: messageOf(error), advice }
  }
}

/** Where templates are kept; the engine decides it the same way. */
function cacheDirectory(): string {
  const { OXBASE_CACHE_DIR, XDG_CACHE_HOME, LOCALAPPDATA } = process.env
  if (OXBASE_CACHE_DIR) return OXBASE_CACHE_DIR
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'oxbase')
  if (process.platform === 'win32') return join(LOCALAPPDATA ?? homedir(), 'oxbase', 'cache')
  return join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'oxbase')
}

async function checkCache(): Promise<Finding> {
  const name = 'Cache'
  const directory = cacheDirectory()
  const probe = join(directory, `.doctor-${process.pid}`)
  try {
    await mkdir(directory, { recursive: true })
    await writeFile(probe, '')
    await rm(probe)
  } catch (error) {
    const advice = 'make it writable, or name another one in OXBASE_CACHE_DIR'
    return { name, state: 'error', what: messageOf(error), advice }
  }
  const templates = (await readdir(directory)).filter((each) =>
    /^template-[^.]*(\.\d+)*.*$/.test(each)
  )
  const kept = templates.some((each) => !each.endsWith('.lock'))
  const what = kept ? `${directory} is writable, and has a template` : `${directory} is writable`
  return { name, state: 'ok', what }
}

async function checkEngine(): Promise<Finding> {
  const name = 'Engine'
  try {
    const database = await Database.open({ dataDir: 'memory://' })
    try {
      const { rows } = await database.query<{ version: string }>(
        `select current_setting('server_version') as version`
      )
      return { name, state: 'ok', what: `PostgreSQL ${rows[0]?.version} answers` }
    } finally {
      await database.close()
    }
  } catch (error) {
    return { name, state: 'error', what: messageOf(error), advice: 'see the checks above' }
  }
}

function checkTool(tool: ToolName, without: string): Finding {
  const found = findTool(tool)
  if (found === undefined) return { name: tool, state: 'note', what: `not found: ${without}` }
  const { path, version, major } = found
  const isOld = tool === 'pg_dump' && major < 18
  if (!isOld) return { name: tool, state: 'ok', what: `${path}, version ${version}` }
  const what = `${path} is version ${version}: the one of version 18 that comes along is taken`
  return { name: tool, state: 'note', what }
}

/** The nearest directory that exists, for what is not made yet. */
async function existing(path: string): Promise<string> {
  try {
    await access(path, constants.F_OK)
    return path
  } catch {
    return path === dirname(path) ? path : existing(dirname(path))
  }
}

async function checkRoom(path: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(await existing(path))
  const free = bavail * bsize
  const finding = { name: 'Disk', what: `${bytes(free)} are free` }
  if (free >= ENOUGH_ROOM) return { ...finding, state: 'ok' }
  return { ...finding, state: 'error', advice: 'free space: PostgreSQL stops when there is none' }
}

function directoryFindings(report: RepairReport): Finding[] {
  const { path, holder, oxbaseVersion, postgresVersion, size, tables, state } = report
  const name = 'Directory'
  if (holder !== null) {
    const what = `process ${holder} has ${path} open; it is looked at when nobody has`
    return [{ name, state: 'note', what }]
  }
  const problems = report.problems.map(({ severity, what, where, advice }): Finding => ({
    name: where,
    state: severity === 'error' ? 'error' : 'note',
    what,
    advice,
  }))
  if (oxbaseVersion === null) return problems
  const made = `made by oxbase ${oxbaseVersion}, PostgreSQL ${postgresVersion ?? '?'}`
  const what = `${path}: ${made}, ${bytes(size)}, ${tables.length} tables, ${state ?? 'no state'}`
  return [{ name, state: 'ok', what }, ...problems]
}

/** Checks the installation, and with `dir` a database directory. */
export async function examine(dir: string | undefined): Promise<Finding[]> {
  const findings: Finding[] = [checkNode(), checkAddon()]
  findings.push(await checkCache())
  if (findings.every(({ state }) => state !== 'error')) findings.push(await checkEngine())
  findings.push(checkTool('psql', '`oxbase psql` takes the one of this package'))
  findings.push(checkTool('pg_dump', '`oxbase db dump` takes the one of this package'))
  findings.push(checkTool('pg_restore', 'dumps in other formats than SQL cannot be restored'))
  if (dir === undefined) return findings
  findings.push(await checkRoom(dir))
  findings.push(...directoryFindings(await repair(dir)))
  return findings
}

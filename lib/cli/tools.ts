/**
 * The programs of PostgreSQL that commands use, and which one is taken: the one on PATH, or the one that
 * comes with this package.
 */
import { spawn, spawnSync } from 'node:child_process'
import { accessSync, constants as modes } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, join } from 'node:path'
import { CliError } from './cli-error'
import type { Call } from './command'
import type { PgEnvironment } from './target'

/** A program that was found. */
export interface Tool {
  path: string
  /** What it says its version is: `18.1`. */
  version: string
  major: number
}

/** The server's own version; a dump by an older program is refused by it. */
const SERVER_MAJOR = 18

/** A program of PostgreSQL. */
export type ToolName = 'psql' | 'pg_dump' | 'pg_restore'

/** The path of a program on PATH, or of the one that a variable such as `OXBASE_PSQL` names. */
function findPath(name: ToolName): string | undefined {
  const named = process.env[`OXBASE_${name.toUpperCase()}`]
  if (named !== undefined && named !== '') return named === 'builtin' ? undefined : named
  const file = process.platform === 'win32' ? `${name}.exe` : name
  const places = (process.env['PATH'] ?? '').split(delimiter).filter((place) => place !== '')
  return places.map((place) => join(place, file)).find(isProgram)
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, modes.X_OK)
    return true
  } catch {
    return false
  }
}

/** Finds a program that works. */
export function findTool(name: ToolName): Tool | undefined {
  const path = findPath(name)
  if (path === undefined) return undefined
  const { stdout, status } = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 10_000 })
  const version = /\) (\d+(?:\.\d+|\w+)*)/.exec(stdout ?? '')?.[1]
  if (status !== 0 || version === undefined) return undefined
  return { path, version, major: Number.parseInt(version, 10) }
}

/** A pg_dump that is new enough. */
export function findDump(): Tool | undefined {
  const tool = findTool('pg_dump')
  return tool !== undefined && tool.major >= SERVER_MAJOR ? tool : undefined
}

/** What reads a dump in pg_dump's own formats. */
export function findRestore(): Tool {
  const tool = findTool('pg_restore')
  if (tool !== undefined) return tool
  throw new CliError('this dump is in a format of pg_dump that only pg_restore reads', {
    hint: 'install the client programs of PostgreSQL, or make the dump with pg_dump --format=plain',
  })
}

/** How a program is run. */
export interface ToolCall {
  path: string
  args: string[]
  environment: PgEnvironment
  /** Default: that of this program. */
  stdout?: 'ignore' | number
  handOver: Call<object>['handOver']
}

/** Runs a program at the terminal of this one, and gives its exit code as a shell does. */
export function runTool({ path, args, environment, stdout, handOver }: ToolCall): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(path, args, {
      env: { ...process.env, ...environment },
      stdio: ['inherit', stdout ?? 'inherit', 'inherit'],
      // npm and the like are scripts there.
      shell: process.platform === 'win32' && !path.endsWith('.exe'),
    })
    const takeBack = handOver((name) => {
      // Ctrl-C at a terminal reaches the program by itself; twice would be a second Ctrl-C.
      if (name !== 'SIGINT' || !process.stdin.isTTY) child.kill(name)
    })
    child.once('error', (error) => {
      takeBack()
      reject(error)
    })
    child.once('close', (code, name) => {
      takeBack()
      resolve(code ?? 128 + constants.signals[name ?? 'SIGTERM'])
    })
  })
}

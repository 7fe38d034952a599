// Python packages for the tests that need some, installed once into a cache folder with pip, each set in
// a folder of its own. Nothing is installed into the machine's Python.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const CACHE = fileURLToPath(new URL('../../node_modules/.cache/oxbase/python', import.meta.url))
/** How long an installation may take. */
const LIMIT = 240_000

/** Where the packages are, or why they are not there. */
export type Packages =
  { directory: string; reason?: undefined } | { directory?: undefined; reason: string }

/** The folder with these packages, `name==version` each, for PYTHONPATH. */
export function install(...packages: string[]): Packages {
  const version = spawnSync(
    'python3',
    ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'],
    {
      encoding: 'utf8',
    }
  )
  if (version.status !== 0) return { reason: 'there is no python3' }
  const name = [`python${version.stdout.trim()}`, ...packages].join('-').replace(/[^\w.=-]/g, '_')
  const directory = join(CACHE, name)
  if (existsSync(directory)) return { directory }
  mkdirSync(CACHE, { recursive: true })
  // Another process may install the same at the same time: what is complete takes the name.
  const scratch = mkdtempSync(join(CACHE, 'partial-'))
  const flags = ['--quiet', '--disable-pip-version-check', '--only-binary', ':all:', '--no-deps']
  const args = [
    '-m',
    'pip',
    'install',
    ...flags,
    '--target',
    join(scratch, 'packages'),
    ...packages,
  ]
  const { status, stderr } = spawnSync('python3', args, { encoding: 'utf8', timeout: LIMIT })
  if (status === 0) take(join(scratch, 'packages'), directory)
  rmSync(scratch, { recursive: true, force: true })
  if (existsSync(directory)) return { directory }
  return { reason: `pip does not install ${packages.join(', ')}: ${lastLine(stderr)}` }
}

function take(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if (!existsSync(to)) throw error
  }
}

const lastLine = (text: string | null) => text?.trim().split('\n').at(-1) ?? 'no answer in time'

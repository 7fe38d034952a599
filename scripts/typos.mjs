// Checks the spelling with `typos`: the one on PATH, or one that is installed into a cache folder first.
// When: in `npm run ready`.
import { existsSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import { mustRun, read, root, run } from './run.mjs'

const version = '1.52.0'
const cache = path.join(root, 'node_modules/.cache/oxbase/typos', version)
const cached = path.join(cache, 'bin', process.platform === 'win32' ? 'typos.exe' : 'typos')

/** The `typos` to run, installed as a Python wheel, or compiled where there is no Python. */
async function command() {
  if (read('typos', ['--version']) !== undefined) return 'typos'
  if (existsSync(cached)) return cached
  mkdirSync(cache, { recursive: true })
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps']
  const wheel = [...pip, '--root-user-action=ignore', '--target', cache, `typos==${version}`]
  const hasPip = read('python3', ['-m', 'pip', '--version']) !== undefined
  if (hasPip && (await run('python3', wheel)) === 0) return cached
  await mustRun('cargo', [
    'install',
    'typos-cli',
    '--locked',
    '--version',
    version,
    '--root',
    cache,
  ])
  return cached
}

await mustRun(await command(), ['--config', '.typos.toml'])

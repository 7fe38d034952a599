// node-postgres over a Unix socket to a native PostgreSQL with fsync on.

import { PgDatabase } from './pg-database.mjs'
import { treeMemory } from '../support/memory.mjs'

export async function open({ directory }) {
  const { startServer } = await import('../support/native.mjs')
  const { default: pg } = await import('pg')
  const server = await startServer(directory)
  return PgDatabase.open({
    Client: pg.Client,
    Pool: pg.Pool,
    config: server.config,
    relaxed: 'set synchronous_commit = off',
    serverMemory: () => treeMemory(server.pid),
    stop: () => server.stop(),
  })
}

// PGlite behind pglite-socket. A directory is no more durable than memory: PGlite runs PostgreSQL with fsync off.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'
import { freePorts } from '../../support/ports.mjs'

export async function open({ directory, storage, socket, maxConnections }) {
  mkdirSync(directory, { recursive: true })
  const db = await PGlite.create(storage === 'memory' ? 'memory://' : join(directory, 'data'))
  const address =
    socket === 'unix'
      ? { path: join(directory, '.s.PGSQL.5432') }
      : { host: '127.0.0.1', port: (await freePorts(1))[0] }
  const server = new PGLiteSocketServer({ db, maxConnections, ...address })
  await server.start()
  let closed
  const close = async () => {
    await server.stop()
    await db.close()
  }
  return {
    config: {
      host: address.host ?? directory,
      port: address.port ?? 5432,
      user: 'postgres',
      database: 'postgres',
    },
    close: () => (closed ??= close()),
  }
}

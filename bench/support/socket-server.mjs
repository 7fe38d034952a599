// PGlite behind pglite-socket, as a server process: node socket-server.mjs <data> <socket> <max>.
// Sends 'listening' to its parent when clients can connect, and ends with it.

import { PGlite } from '@electric-sql/pglite'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'

const [data, path, maxConnections] = process.argv.slice(2)
const db = await PGlite.create(data)
const server = new PGLiteSocketServer({ db, path, maxConnections: Number(maxConnections) })
await server.start()
process.send('listening')

process.once('disconnect', async () => {
  await server.stop()
  await db.close()
  process.exit()
})

// PGlite in the server's process, without a socket: what a tenant's database would cost that is opened by hand.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'

export async function openTenants({ directory }) {
  mkdirSync(directory, { recursive: true })
  let started = 0
  return {
    config: undefined,
    async start() {
      const begin = performance.now()
      const db = await PGlite.create(join(directory, `tenant-${started++}`))
      await db.query('select 1')
      const milliseconds = performance.now() - begin
      await db.close()
      return milliseconds
    },
    close() {},
  }
}

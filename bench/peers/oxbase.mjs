// oxbase: its own Client and Pool on the embedded engine.

import { PgDatabase } from './pg-database.mjs'

export async function open({ directory, inMemory }) {
  const { Client, Pool } = (await import('../../dist/index.js')).default
  return PgDatabase.open({
    Client,
    Pool,
    config: { dataDir: inMemory ? 'memory://' : directory },
    durable: () => ({ dataDir: `${directory}-durable` }),
  })
}

// PGlite in this process, on its event loop.

import { rmSync } from 'node:fs'

export async function open({ directory, inMemory }) {
  const { PGlite } = await import('@electric-sql/pglite')
  const db = await PGlite.create(inMemory ? 'memory://' : directory)
  const opened = [db]
  return {
    query: (text, values) => db.query(text, values),
    exec: (text) => db.exec(text),

    /** PGlite's API has no named statements; SQL has. */
    async prepared(name, text, [value]) {
      if (!prepared.has(db)) await db.exec(`prepare ${name}(int) as ${text}`)
      prepared.add(db)
      return db.query(`execute ${name}(${value})`)
    },

    /** A directory; PGlite runs PostgreSQL with fsync off (-F) and cannot be told otherwise. */
    async durable() {
      rmSync(directory, { recursive: true, force: true })
      const durable = await PGlite.create(directory)
      opened.push(durable)
      return durable
    },

    relaxed: () => db,

    /** PGlite queues by itself. */
    pool: () => ({ query: (text, values) => db.query(text, values), end: () => {}, max: 1 }),

    copy: (statement, chunks) =>
      db.query(statement.replace(/from stdin/i, `from '/dev/blob'`), [], {
        blob: new Blob(chunks),
      }),

    async notifier(channel, onPayload) {
      await db.listen(channel, onPayload)
      return (payload) => db.query('select pg_notify($1, $2)', [channel, payload])
    },

    serverMemory: () => 0,
    close: () => Promise.all(opened.map((each) => each.close())),
  }
}

const prepared = new WeakSet()

// Many lookups at once through a pool of 10; the figure is the time of all, per lookup.

import { expectRow, ids } from './seed.mjs'

const POOL_SIZE = 10
const LOOKUP = 'select id, name, score from items where id = $1'

export const pool = {
  name: 'pool',
  title: '5,000 lookups at once, pool of 10, each',
  unit: 'µs',
  setup: (db) => db.pool(POOL_SIZE),

  async round(_, connections, { quick }) {
    const count = quick ? 1000 : 5000
    const samples = []
    for (let batch = 0; batch < 2; batch++) {
      const start = performance.now()
      await Promise.all(
        Array.from(ids(count, batch + 1), async (id) =>
          expectRow(await connections.query(LOOKUP, [id]), id)
        )
      )
      samples.push(((performance.now() - start) * 1000) / count)
    }
    return samples
  },

  teardown: (_, connections) => connections.end(),
}

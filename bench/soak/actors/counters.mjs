// Updates that count: each acknowledged one must be in the counter once.

import { COUNTERS } from '../schema.mjs'

const TEXT = 'update counter set n = n + 1 where id = $1'

export const counters = {
  name: 'counters',
  share: 8,
  seats: ['client', 'pool', 'database'],
  pause: [10, 90],
  async step({ seat, random, world }) {
    const id = random.whole(1, COUNTERS)
    const counter = world.counters[id]
    try {
      if (random.chance(0.5)) await seat.query(TEXT, [id])
      else await seat.transaction((query) => query(TEXT, [id]))
      counter.acknowledged += 1
    } catch (error) {
      if (!error.uncommitted) counter.unknown += 1
      throw error
    }
  },
}

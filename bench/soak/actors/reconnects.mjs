// Clients that end and come back; some leave in the middle of a transaction, of which nothing stays.

import { recorded } from '../ledger.mjs'
import { INSERT } from '../schema.mjs'

export const reconnects = {
  name: 'reconnects',
  share: 4,
  seats: ['client'],
  pause: [50, 300],
  writes: true,
  async step({ seat, random, ledger, number }) {
    const leaves = random.chance(0.3)
    const numbers = ledger.begin()
    try {
      await recorded(ledger, numbers, async () => {
        if (leaves) await seat.query('begin')
        await seat.query(INSERT, [number, numbers[0]]).catch((error) => {
          throw leaves ? Object.assign(error, { uncommitted: true }) : error
        })
        return !leaves
      })
    } finally {
      await seat.close()
      await seat.open()
    }
  },
}

// Rows with a number each, in statements of their own; the database must have them once.

import { recorded } from '../ledger.mjs'
import { INSERT } from '../schema.mjs'

export const inserts = {
  name: 'inserts',
  share: 14,
  seats: ['client', 'pool', 'database'],
  pause: [10, 90],
  writes: true,
  async step({ seat, random, ledger, number, check }) {
    const numbers = ledger.begin()
    await recorded(ledger, numbers, async () => {
      const priority = random.whole(0, 3)
      const { rowCount } = await seat.query(INSERT, [number, numbers[0]], { priority })
      check(rowCount === 1, `an insert changed ${rowCount} rows`)
    })
  },
}

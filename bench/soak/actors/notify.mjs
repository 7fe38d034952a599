// Notifications with a number each: alone, several in a transaction, or in one that is rolled back.

import { recorded } from '../ledger.mjs'
import { RollBack } from '../seats.mjs'

const CHANNELS = ['soak_even', 'soak_odd']

/** The channel that an actor's notifications go to. */
export const channelOf = (number) => CHANNELS[number % 2]

/** The channels that a listener listens to: one of them, or both. */
export const channelsFor = (number) => (number % 3 === 0 ? CHANNELS : [channelOf(number)])

export const notify = {
  name: 'notify',
  share: 4,
  seats: ['client', 'pool', 'database'],
  pause: [20, 100],
  notifies: true,
  async step({ seat, random, world, number }) {
    const ledger = world.notifiers.get(number)
    const channel = channelOf(number)
    const together = random.whole(1, 4)
    const gives = random.chance(0.15)
    const numbers = ledger.begin(together)
    await recorded(ledger, numbers, async () => {
      if (together === 1 && !gives) {
        await seat.query('select pg_notify($1, $2)', [channel, `${number} ${numbers[0]}`])
        return true
      }
      return seat.transaction(async (query) => {
        for (const each of numbers) await query(`notify ${channel}, '${number} ${each}'`)
        if (gives) throw new RollBack()
      })
    })
  },
}

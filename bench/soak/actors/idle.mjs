// Clients that forget their COMMIT: `idle_in_transaction_session_timeout` ends them with 25P03.

import { setTimeout as sleep } from 'node:timers/promises'
import { recorded } from '../ledger.mjs'
import { INSERT } from '../schema.mjs'

const TIMEOUT_MS = 200
const LONGEST_MS = 10_000
const TIMED_OUT = '25P03'

/** Leaves a transaction open until the client is ended for it. */
async function forgets(seat, values) {
  try {
    await seat.query('begin')
    await seat.query(INSERT, values)
  } catch (error) {
    throw Object.assign(error, { uncommitted: true })
  }
  const until = performance.now() + LONGEST_MS
  while (seat.lost === undefined && performance.now() < until) await sleep(20)
  return false
}

export const idle = {
  name: 'idle',
  share: 2,
  seats: ['client'],
  config: { idle_in_transaction_session_timeout: TIMEOUT_MS },
  pause: [3_000, 8_000],
  writes: true,
  async step({ seat, ledger, number, fails }) {
    const numbers = ledger.begin()
    try {
      await recorded(ledger, numbers, () => forgets(seat, [number, numbers[0]]))
      const { lost } = seat
      await fails(lost ? Promise.reject(lost) : Promise.resolve(), TIMED_OUT)
    } finally {
      await seat.close()
      await seat.open()
    }
  },
}

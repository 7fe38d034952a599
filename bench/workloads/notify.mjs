// NOTIFY round trip: from sending pg_notify on one client to the event on another.

import { microsecondsEach, unsupported } from './clock.mjs'

const FIRST_TIMEOUT_MS = 2000

export const notify = {
  name: 'notify',
  title: 'NOTIFY to another client, round trip',
  unit: 'µs',

  async setup(db) {
    let timer
    const timeout = new Promise((_, reject) => {
      const reason = 'notifications do not reach another client'
      timer = setTimeout(() => reject(unsupported(reason)), FIRST_TIMEOUT_MS)
    })
    return Promise.race([twoClients(db), timeout]).finally(() => clearTimeout(timer))
  },

  round: (_, roundTrip, { quick }) => microsecondsEach(new Array(quick ? 50 : 300), roundTrip),
}

/** Connects both clients, and resolves with a function that makes one round trip. */
async function twoClients(db) {
  const waiting = new Map()
  const send = await db.notifier('bench', (payload) => waiting.get(payload)?.())
  let last = 0
  const roundTrip = async () => {
    const payload = String(++last)
    const arrived = new Promise((resolve) => waiting.set(payload, resolve))
    await Promise.all([send(payload), arrived])
    waiting.delete(payload)
  }
  await roundTrip()
  return roundTrip
}

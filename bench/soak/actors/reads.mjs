// Reads by key, which must show what was acknowledged, and sums that no moment may break.

import { ACCOUNTS, BALANCE, COUNTERS } from '../schema.mjs'

/** What others wrote and were told is there must be there, once. */
async function entry({ seat, random, world, check }) {
  const ledger = random.pick(world.writers)
  if (ledger === undefined || ledger.next === 1) return
  const number = random.whole(1, ledger.next - 1)
  const before = ledger.state(number)
  const text = 'select actor, seq from entry where actor = $1 and seq = $2'
  const { rowCount } = await seat.query(text, [ledger.actor, number])
  const where = `entry ${number} of actor ${ledger.actor}`
  if (before === 'acknowledged') check(rowCount === 1, `${where} is there ${rowCount} times`)
  if (before === 'rolled back') check(rowCount === 0, `${where} is there, and was rolled back`)
}

/** A counter never goes back. */
async function counter({ seat, random, world, check }) {
  const id = random.whole(1, COUNTERS)
  const least = world.counters[id].acknowledged
  const { rows } = await seat.query('select n from counter where id = $1', [id])
  check(Number(rows[0].n) >= least, `counter ${id} is ${rows[0].n}, after ${least} updates`)
}

async function balances({ seat, check }) {
  const { rows } = await seat.query('select sum(balance)::int as sum from account')
  check(rows[0].sum === ACCOUNTS * BALANCE, `the accounts have ${rows[0].sum}`)
}

export const reads = {
  name: 'reads',
  share: 20,
  seats: ['client', 'pool', 'database'],
  pause: [10, 60],
  step(actor) {
    const read = actor.random.pick([entry, entry, entry, counter, counter, balances])
    return read(actor)
  },
}

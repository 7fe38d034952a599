// Listeners: each must be given every notification that was acknowledged, exactly once and in order.

import { setTimeout as sleep } from 'node:timers/promises'
import { channelOf, channelsFor } from './notify.mjs'

/** How long a notification may be on its way after its sender was answered. */
const DELIVERY_MS = 5_000

/** What one listener was given of one notifier's numbers, from `first` on. */
export class Deliveries {
  #last
  #skipped = new Set()
  count = 0
  twice = []

  constructor(first) {
    this.first = first
    this.#last = first - 1
  }

  add(number) {
    this.count += 1
    for (let each = this.#last + 1; each < number; each += 1) this.#skipped.add(each)
    if (number > this.#last) this.#last = number
    else this.twice.push(number) // or out of order
  }

  /** What differs from the notifier's ledger. */
  compare(ledger) {
    const wrong = { missing: [], twice: this.twice, revived: [] }
    for (let number = this.first; number < ledger.next; number += 1) {
      const delivered = number <= this.#last && !this.#skipped.has(number)
      const state = ledger.state(number)
      if (state === 'acknowledged' && !delivered) wrong.missing.push(number)
      if (state === 'rolled back' && delivered) wrong.revived.push(number)
    }
    return wrong
  }
}

/** The notifiers that an actor listens to, by number. */
function heardBy({ number, world }) {
  const channels = channelsFor(number)
  return [...world.notifiers].filter(([notifier]) => channels.includes(channelOf(notifier)))
}

function receive(actor, payload) {
  const [notifier, number] = payload.split(' ').map(Number)
  actor.deliveries.get(notifier)?.add(number)
}

async function open(actor) {
  const { seat, number } = actor
  const heard = heardBy(actor).map(([notifier, { next }]) => [notifier, new Deliveries(next)])
  actor.deliveries = new Map(heard)
  for (const channel of channelsFor(number)) {
    if (seat.database) await seat.database.listen(channel, (payload) => receive(actor, payload))
    else await seat.query(`listen ${channel}`)
  }
  seat.client?.on('notification', ({ payload }) => receive(actor, payload))
}

/** Called when the notifiers have ended: waits for what is on its way, and compares. */
async function finish(actor) {
  const complete = ([notifier, ledger]) =>
    actor.deliveries.get(notifier).compare(ledger).missing.length === 0
  const until = performance.now() + DELIVERY_MS
  while (!heardBy(actor).every(complete) && performance.now() < until) await sleep(20)
  for (const [notifier, ledger] of heardBy(actor)) {
    const deliveries = actor.deliveries.get(notifier)
    actor.world.delivered(deliveries.count, deliveries.compare(ledger))
  }
}

export const listen = {
  name: 'listen',
  share: 8,
  seats: ['client', 'client', 'database'],
  pause: [200, 1000],
  open,
  finish,
  async step({ seat, check }) {
    const { rows } = await seat.query('select 1 as one')
    check(rows[0].one === 1, 'a listener has a wrong answer')
  },
}

// Statements that are cancelled, by `client.cancel` or an AbortSignal, while they run or wait.

import { createRequire } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'
import { ENDLESS, STOPPED } from './timeouts.mjs'

const { Client, Query } = createRequire(import.meta.url)('oxbase')

async function byClient({ seat, random, world, fails, check }) {
  let query
  const stopped = new Promise((resolve, reject) => {
    query = new Query(random.pick(ENDLESS), (error) => (error ? reject(error) : resolve()))
  })
  const failed = fails(stopped, STOPPED)
  seat.client.query(query)
  await sleep(random.whole(0, 200))
  new Client(world.config).cancel(seat.client, query)
  const { message } = await failed
  check(message === 'canceling statement due to user request', `57014 says "${message}"`)
}

/** What a signal stops is rejected with PostgreSQL's error, or with the signal's own reason. */
async function bySignal({ seat, random, fails }) {
  const controller = new AbortController()
  const text = random.pick(ENDLESS)
  const stopped = seat.query(text, [], { signal: controller.signal })
  const failed = fails(stopped, STOPPED, DOMException.ABORT_ERR)
  await sleep(random.whole(0, 200))
  controller.abort()
  await failed
}

export const cancels = {
  name: 'cancels',
  share: 3,
  seats: ['client', 'database'],
  pause: [4_000, 12_000],
  stops: true,
  async step(actor) {
    const { seat, random } = actor
    if (seat.client !== undefined && random.chance(0.5)) await byClient(actor)
    else await bySignal(actor)
    const { rows } = await seat.query('select 1 as one')
    actor.check(rows[0].one === 1, 'the statement after a cancel has a wrong answer')
  },
}

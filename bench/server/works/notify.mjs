// 1,000 notifications a second to 100 clients that only listen: how long each takes from when it was due to be sent to its
// arrival, at a listener of its own or at all 100. Every one must arrive.

import { unsupported } from '../../workloads/clock.mjs'

const LISTENERS = 100
const A_SECOND = 1000
const QUICK = { listeners: 10, rate: 200 }
const FIRST_TIMEOUT_MS = 2000
const LAST_TIMEOUT_MS = 20_000

/** Connects the listeners and the sender. Listener n and notification n are on the channel that `channels` gives n. */
async function setup(peer, { quick }, channels) {
  const { listeners: count, rate } = quick ? QUICK : { listeners: LISTENERS, rate: A_SECOND }
  const channelOf = channels(count)
  const listeners = []
  for (let n = 0; n < count; n++) {
    const listener = await peer.rawClient()
    await listener.query(`listen ${channelOf(n)}`)
    listeners.push(listener)
  }
  const state = { listeners, rate, sender: await peer.rawClient(), channelOf }
  await firstArrives(state)
  return state
}

/** Notifications that do not reach other clients at all are a lack, and no failure. */
async function firstArrives({ listeners, sender, channelOf }) {
  let timer
  const arrived = new Promise((resolve, reject) => {
    listeners[0].onNotification = resolve
    const reason = 'notifications do not reach another client'
    timer = setTimeout(() => reject(unsupported(reason)), FIRST_TIMEOUT_MS)
  })
  const sent = sender.query(`notify ${channelOf(0)}, 'first'`)
  await Promise.all([sent, arrived]).finally(() => clearTimeout(timer))
}

/** Sends at its times what is due; `dueAt[n]` is when notification n was. */
async function send({ sender, rate, channelOf }, seconds, dueAt) {
  const begin = performance.now()
  const total = Math.round(rate * seconds)
  const answers = []
  while (dueAt.length < total) {
    const due = Math.min(total, Math.ceil(((performance.now() - begin) * rate) / 1000))
    while (dueAt.length < due) {
      const n = dueAt.push(begin + (dueAt.length * 1000) / rate) - 1
      const answer = sender.query(`notify ${channelOf(n)}, '${n}'`)
      answer.catch(() => {}) // told below, when all are sent
      answers.push(answer)
    }
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  await Promise.all(answers)
  return total
}

async function round(state, seconds, copies) {
  const dueAt = []
  const samples = []
  const expected = Math.round(state.rate * seconds) * copies
  let timer
  const complete = new Promise((resolve, reject) => {
    const arrival = (payload) => {
      const due = dueAt[Number(payload)]
      if (due === undefined) return
      samples.push(performance.now() - due)
      if (samples.length === expected) resolve()
    }
    for (const listener of state.listeners) listener.onNotification = arrival
    const missed = () => reject(new Error(`${samples.length} of ${expected} notifications arrived`))
    timer = setTimeout(missed, seconds * 1000 + LAST_TIMEOUT_MS)
  })
  await Promise.all([send(state, seconds, dueAt), complete]).finally(() => clearTimeout(timer))
  return samples
}

function teardown(_, { listeners, sender }) {
  for (const client of [...listeners, sender]) client.destroy()
}

const notification = (name, title, channels, copiesFor) => ({
  name,
  title,
  section: 'notifications, latency',
  unit: 'ms',
  setup: (peer, _, options) => setup(peer, options, channels),
  round: (_, state, { seconds }) => round(state, seconds, copiesFor(state)),
  teardown,
})

export const notifications = [
  notification(
    'notify-one',
    '1,000 a second, each to one of 100 listeners',
    (count) => (n) => `bench_${n % count}`,
    () => 1
  ),
  notification(
    'notify-all',
    '1,000 a second, each to all of 100 listeners',
    () => () => 'bench',
    ({ listeners }) => listeners.length
  ),
]

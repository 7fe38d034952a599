// A database per tenant: how long it takes to make one and to wake one, many visitors at many tenants of which few may be
// awake, what an awake one takes, and what it costs to be routed.

import { millisecondsEach, unsupported } from '../../workloads/clock.mjs'
import { Random } from '../../soak/random.mjs'
import { median } from '../../support/stats.mjs'
import { drowsy, narrow, wide } from '../places.mjs'
import { visit } from './connect.mjs'
import { inLanes } from './lanes.mjs'

const section = 'tenants'
const AWAKE = 10
const VISITED = { tenants: 200, visitors: 50, lengthen: 5 }
const QUICK_VISITED = { tenants: 25, visitors: 8, lengthen: 1 }
/** Peers whose tenants to visit have been made. */
const visited = new WeakSet()

let made = 0

/** Makes a tenant with what it takes on this peer, and resolves when it has answered once. */
async function provision(peer, database, text) {
  if (peer.config === undefined) throw unsupported('it is no server')
  if (peer.creates) await visit(peer, {}, `create database ${database}`)
  return visit(peer, { database }, text)
}

const provisioning = {
  name: 'provision',
  title: 'a new tenant, to its first row',
  section,
  unit: 'ms',
  limit: 60,
  place: wide,
  async round(peer, _, { quick }) {
    const count = quick ? 1 : 3
    if (peer.config) return millisecondsEach(count, () => provision(peer, `made_${made++}`))
    const samples = []
    while (samples.length < count) samples.push(await peer.request('start'))
    return samples
  },
}

const waking = {
  name: 'wake',
  title: 'a sleeping tenant, to its next row',
  section,
  unit: 'ms',
  place: drowsy,
  async setup(peer) {
    await provision(peer, 'drowsy', 'create table notes (body text)')
    await peer.request('asleep')
    return peer.client({ database: 'drowsy' })
  },
  round: (peer, client, { quick }) =>
    millisecondsEach(
      quick ? 2 : 5,
      () => client.query('select count(*) from notes'),
      () => peer.request('asleep')
    ),
  teardown: (_, client) => client.end(),
}

const nameOf = (n) => `visited_${n}`
const sizes = ({ quick }) => (quick ? QUICK_VISITED : VISITED)

async function provisionVisited(peer, options) {
  const { tenants } = sizes(options)
  if (visited.has(peer)) return
  for (let n = 0; n < tenants; n++) {
    await provision(peer, nameOf(n), `create table whose as select '${nameOf(n)}'::text as name`)
  }
  visited.add(peer)
}

/** Visitors at random tenants. Resolves with the milliseconds of each visit and those of all. */
async function visitAll(peer, options) {
  const { tenants, visitors, lengthen } = sizes(options)
  const choices = new Random('visits', String(tenants))
  const samples = []
  const errors = []
  const attempt = async () => {
    const database = nameOf(choices.whole(0, tenants - 1))
    const begin = performance.now()
    try {
      const [row] = await visit(peer, { database }, 'select name from whose')
      if (row.name !== database) throw new Error(`${database} has the row of ${row.name}`)
      samples.push(performance.now() - begin)
    } catch (error) {
      errors.push(error.message)
    }
  }
  const seconds = await inLanes(visitors, options.seconds * lengthen, attempt)
  if (errors.length === 0) return { samples, seconds }
  const total = errors.length + samples.length
  throw new Error(`${errors.length} of ${total} visits failed: ${errors[0]}`)
}

const visiting = (name, title, unit, samplesOf) => ({
  name,
  title,
  section,
  unit,
  place: narrow,
  limit: 600,
  setup: (peer, _, options) => provisionVisited(peer, options),
  round: async (peer, _, options) => samplesOf(await visitAll(peer, options)),
})

const memory = {
  name: 'tenant-memory',
  title: 'an awake tenant, resident',
  section,
  unit: 'MiB',
  limit: 120,
  place: wide,
  round(peer) {
    if (peer.config === undefined) throw unsupported('it is no server')
    return peer.fresh({}, async (fresh) => {
      await provision(fresh, 'first')
      const before = await fresh.request('memory')
      for (let n = 0; n < AWAKE; n++) await provision(fresh, `awake_${n}`)
      return [((await fresh.request('memory')) - before) / AWAKE]
    })
  },
}

const routing = {
  name: 'route',
  title: 'a connection through the router, less one to a single server',
  section,
  unit: 'ms',
  place: wide,
  async setup(peer) {
    if (peer.single === undefined) throw unsupported('it has no single server beside it')
    await provision(peer, 'routed')
  },
  async round(peer, _, { quick }) {
    const times = { routed: [], single: [] }
    for (let n = quick ? 20 : 100; n > 0; n--) {
      times.routed.push(...(await millisecondsEach(1, () => visit(peer, { database: 'routed' }))))
      times.single.push(...(await millisecondsEach(1, () => visit(peer, peer.single))))
    }
    return [median(times.routed) - median(times.single)]
  },
}

export const tenantWorks = [
  provisioning,
  waking,
  visiting(
    'visits',
    '50 clients at 200 tenants, 20 awake: a visit',
    'ms',
    ({ samples }) => samples
  ),
  visiting(
    'visit-rate',
    '50 clients at 200 tenants, 20 awake: visits',
    '1/s',
    ({ samples, seconds }) => [samples.length / seconds]
  ),
  memory,
  routing,
]

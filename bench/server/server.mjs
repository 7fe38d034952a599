// One peer's server in a process of its own: `node server.mjs <peer>` waits for requests over IPC, as support/child.mjs
// does. A peer is a module with `open(place)`, and `openTenants(place)` if it routes to a database per tenant; `place` has
// { directory, storage, socket, maxConnections, tenants? }. Both resolve with { config, close() } and, where there is one:
// `pid` of the process that serves, `single` (a server without routing), `start()` and `asleep()` (see the actions).

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { answerRequests } from '../support/answer.mjs'
import { treeMemory } from '../support/memory.mjs'
import { unsupported } from '../workloads/clock.mjs'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc')

const SETTLED_MIB = 0.5
const SETTLING = { times: 20, ms: 250 }

const name = process.argv[2]
let server

const able = (action) => {
  if (server[action] === undefined) throw unsupported(`it has no "${action}"`)
  return server[action]()
}

function resident() {
  collectGarbage()
  return treeMemory(server.pid ?? process.pid)
}

const actions = {
  /** Starts serving, and resolves with where clients find it. */
  async open({ place }) {
    const peer = await import(`./peers/${name}.mjs`)
    const open = place.tenants ? peer.openTenants : peer.open
    server = await open(place)
    return { config: server.config, single: server.single, creates: server.creates }
  },

  /** MiB that are resident for the server, once that is so for a while: engines give back what starting took. */
  async memory() {
    if (process.platform !== 'linux') throw unsupported('there is no /proc')
    let last = resident()
    for (let n = 0; n < SETTLING.times; n++) {
      await new Promise((resolve) => setTimeout(resolve, SETTLING.ms))
      const current = resident()
      if (Math.abs(current - last) < SETTLED_MIB) return current
      last = current
    }
    return last
  },

  /** The milliseconds from nothing to the first row of a database, for a peer without a socket. */
  start: () => able('start'),

  /** Resolves when no tenant is awake. */
  asleep: () => able('asleep'),

  close: () => server?.close(),
}

await answerRequests(actions, () => server?.close())

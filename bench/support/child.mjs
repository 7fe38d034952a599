// One peer in a process of its own: `node child.mjs <peer>` waits for requests over IPC.

import { workloads } from '../workloads/index.mjs'
import { seed } from '../workloads/seed.mjs'
import { answerRequests } from './answer.mjs'

const peer = process.argv[2]
const states = new Map()
let database

const find = (name) => workloads.find((workload) => workload.name === name)

const actions = {
  /** A database that stays open for all workloads. */
  async open({ context }) {
    const { open } = await import(`../peers/${peer}.mjs`)
    database = await open(context)
    await seed(database)
  },

  async setup({ workload, options }) {
    states.set(workload, await find(workload).setup?.(database, options))
  },

  round({ workload, options }) {
    return find(workload).round(database, states.get(workload), options)
  },

  async teardown({ workload }) {
    await find(workload).teardown?.(database, states.get(workload))
    states.delete(workload)
  },

  /** A workload that has this process for itself. */
  once({ workload, context }) {
    return find(workload).once(() => import(`../peers/${peer}.mjs`), context)
  },

  async close() {
    await database?.close()
  },

  /** What a process takes that has loaded nothing. */
  resident() {
    return process.memoryUsage.rss() / 2 ** 20
  },
}

await answerRequests(actions)

// One peer in a process of its own: `node child.mjs <peer>` waits for requests over IPC, as support/child.mjs does.

import { answerRequests } from '../support/answer.mjs'
import { load } from './packages.mjs'
import { works } from './work.mjs'

const name = process.argv[2]
let peer

const find = (work) => works.find((each) => each.name === work)

const actions = {
  async open({ context }) {
    const { open } = await import(`./peers/${name}.mjs`)
    peer = await open({ ...context, load })
  },
  setup: ({ workload }) => find(workload).setup(peer),
  round: ({ workload, options }) => find(workload).round(peer, undefined, options),
  teardown() {},
  close: () => peer?.close(),
}

await answerRequests(actions)

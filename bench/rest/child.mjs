// One peer in a process of its own: `node child.mjs <peer>` waits for requests over IPC, as support/child.mjs does.

import { once } from 'node:events'
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

process.on('message', async ({ id, action, ...rest }) => {
  try {
    process.send({ id, value: await actions[action](rest) })
  } catch (error) {
    process.send({ id, error: error?.stack ?? String(error), unsupported: error?.unsupported })
  }
})
await once(process, 'disconnect')
process.exit()

// The child's side of one peer process: answers the runner's requests until the runner has gone.
// In: { id, action, ...arguments }. Out: { id, value } or { id, error, unsupported? }.

import { once } from 'node:events'

/** Has `actions[action](arguments)` answer each request; `leave` runs when nobody asks any more. */
export async function answerRequests(actions, leave) {
  process.on('message', async ({ id, action, ...rest }) => {
    try {
      reply({ id, value: await actions[action](rest) })
    } catch (error) {
      reply({ id, error: error?.stack ?? String(error), unsupported: error?.unsupported })
    }
  })
  await once(process, 'disconnect')
  await leave?.()
  process.exit()
}

function reply(message) {
  if (process.connected) process.send(message)
}

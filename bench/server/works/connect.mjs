// Connections: connect, one row, end; one after the other and four at once.

import { inLanes } from './lanes.mjs'

/** One connection from its beginning to its end. */
export async function visit(peer, over, text = 'select 1') {
  const client = await peer.client(over)
  const { rows } = await client.query(text)
  await client.end()
  return rows
}

const connection = (lanes, title) => ({
  name: `connect-${lanes}`,
  title: `connect, select 1, end; ${title}`,
  section: 'connections',
  unit: '1/s',
  async round(peer, _, { seconds }) {
    let count = 0
    const taken = await inLanes(lanes, seconds, async () => {
      await visit(peer)
      count += 1
    })
    return [count / taken]
  },
})

export const connections = [connection(1, 'one by one'), connection(4, 'four at once')]

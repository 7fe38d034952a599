// What 1,000 idle connections take: resident memory of a fresh server with them less that without. Each has run a statement.

const CONNECTIONS = 1000
const QUICK_CONNECTIONS = 100
const SPARE = 50

export const idle = {
  name: 'idle',
  title: '1,000 idle connections, resident',
  section: 'memory',
  unit: 'MiB',
  limit: 60,
  round(peer, _, { quick }) {
    const count = quick ? QUICK_CONNECTIONS : CONNECTIONS
    return peer.fresh({ maxConnections: count + SPARE }, async (fresh) => {
      const connect = async () => (await fresh.rawClient()).query('select 1')
      await connect()
      const before = await fresh.request('memory')
      for (let n = 0; n < count; n++) await connect()
      const taken = (await fresh.request('memory')) - before
      return [(taken * CONNECTIONS) / count]
    })
  },
}

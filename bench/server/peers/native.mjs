// A native PostgreSQL 18. In memory means here that commits wait for no disk.

import { startServer } from '../../support/native.mjs'
import { freePorts } from '../../support/ports.mjs'

export async function open({ directory, storage, socket, maxConnections }) {
  const [port] = socket === 'tcp' ? await freePorts(1) : [5432]
  const { pid, config, stop } = await startServer(directory, {
    host: socket === 'tcp' ? '127.0.0.1' : '',
    port,
    extra: {
      max_connections: String(maxConnections),
      synchronous_commit: storage === 'memory' ? 'off' : 'on',
    },
  })
  let closed
  return { pid, config, close: () => (closed ??= stop()) }
}

/** A tenant is a database of the one cluster; it takes a statement to make one. */
export async function openTenants(place) {
  return { ...(await open(place)), creates: true }
}

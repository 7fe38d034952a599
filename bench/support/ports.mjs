// TCP ports for servers that cannot choose one themselves.

import { once } from 'node:events'
import { createServer } from 'node:net'

/** Ports that were free a moment ago. */
export async function freePorts(count) {
  const holders = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(holders.map((holder) => once(holder, 'listening')))
  const ports = holders.map((holder) => holder.address().port)
  await Promise.all(holders.map((holder) => once(holder.close(), 'close')))
  return ports
}

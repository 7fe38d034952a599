// oxbase: its own server, and its router for tenants.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { unsupported } from '../../workloads/clock.mjs'

const SLEEP_LIMIT_MS = 30_000
const POLL_MS = 10

const configOf = (host, port) => ({ host, port, user: 'postgres', database: 'postgres' })

async function library() {
  return (await import('../../../dist/index.js')).default
}

export async function open({ directory, storage, socket, maxConnections }) {
  mkdirSync(directory, { recursive: true })
  const { startServer } = await library()
  const server = await startServer({
    dataDir: storage === 'memory' ? 'memory://' : join(directory, 'data'),
    maxConnections,
    ...(socket === 'unix' ? { path: directory } : { port: 0 }),
  })
  const config = socket === 'unix' ? configOf(directory, 5432) : configOf('127.0.0.1', server.port)
  return { config, close: () => server.stop() }
}

export async function openTenants(place) {
  const { startMultiTenantServer } = await library()
  if (startMultiTenantServer === undefined) {
    throw unsupported('this build has no startMultiTenantServer')
  }
  const router = await startMultiTenantServer({
    host: '127.0.0.1',
    port: 0,
    baseDir: join(place.directory, 'tenants'),
    logLevel: 'silent',
    ...place.tenants,
  })
  const single = await open({ ...place, directory: join(place.directory, 'single') })
  return {
    config: configOf('127.0.0.1', router.port),
    single: single.config,
    asleep: () => asleep(router),
    async close() {
      await router.stop()
      await single.close()
    },
  }
}

/** Resolves when every tenant of the router has fallen asleep. */
async function asleep(router) {
  const limit = performance.now() + SLEEP_LIMIT_MS
  while (router.getStats().pool.instances.some(({ awake }) => awake)) {
    if (performance.now() > limit) throw new Error('a tenant did not fall asleep')
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

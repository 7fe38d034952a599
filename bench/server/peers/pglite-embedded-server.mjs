// The router of @namastexlabs/pglite-embedded-server. It listens on TCP only, and keeps each database in a directory,
// with fsync off, since its PGlite knows no other way.

import { freePorts } from '../../support/ports.mjs'

// It writes a line to the console for each connection that has to wait.
console.log = () => {}

export async function openTenants({ directory, tenants: { maxInstances } }) {
  const { startMultiTenantServer } = await import('@namastexlabs/pglite-embedded-server')
  const [port] = await freePorts(1)
  const router = await startMultiTenantServer({
    host: '127.0.0.1',
    port,
    baseDir: directory,
    maxInstances,
    logLevel: 'silent',
  })
  let closed
  return {
    // It asks for a password, and takes any.
    config: {
      host: '127.0.0.1',
      port,
      user: 'postgres',
      database: 'postgres',
      password: 'postgres',
    },
    close: () => (closed ??= router.stop()),
  }
}

/** One database of it. The limit on connections is twice that on databases. */
export const open = (place) =>
  openTenants({ ...place, tenants: { maxInstances: place.maxConnections } })

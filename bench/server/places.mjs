// The places that the work is done at. At each, every peer has one server, open for all the work of that place.

const STORAGES = ['memory', 'durable']
const SOCKETS = ['unix', 'tcp']
const MAX_CONNECTIONS = 200

/** Where one database is served: in memory or durable, over a Unix socket or TCP on loopback. */
export const servers = STORAGES.flatMap((storage) =>
  SOCKETS.map((socket) => ({
    name: `${storage}-${socket}`,
    title: `${storage}, ${socket}`,
    storage,
    socket,
    maxConnections: MAX_CONNECTIONS,
  }))
)

/** A place where each database is a tenant's, over TCP: the routers that we compare with know nothing else. */
const tenantsAt = (name, tenants) => ({
  name,
  title: 'tenants, tcp',
  storage: 'durable',
  socket: 'tcp',
  maxConnections: MAX_CONNECTIONS,
  tenants,
})

/** All tenants may be awake. */
export const wide = tenantsAt('tenants-wide', { maxInstances: 200 })
/** Far fewer may be awake than there are. */
export const narrow = tenantsAt('tenants-narrow', { maxInstances: 20 })
/** A tenant that has nothing to do falls asleep soon. */
export const drowsy = tenantsAt('tenants-drowsy', { maxInstances: 20, idleTimeout: 100 })

export const places = [...servers, wide, narrow, drowsy]

/** Which peers there is nothing to compare with at which places: each says where it belongs. */
const BELONGS = {
  // PGlite alone is no server.
  pglite: ({ tenants }) => tenants !== undefined,
  // It serves one database.
  'pglite-socket': ({ tenants }) => tenants === undefined,
  // It listens on TCP only.
  'pglite-embedded-server': ({ socket }) => socket === 'tcp',
}

/** Whether a peer is one to compare with at a place. */
export function belongs(peer, place) {
  return BELONGS[peer]?.(place) ?? true
}

/** The newline protocol: a line of SQL in, a line of JSON out. */
export type { NdjsonLimits, NdjsonServerOptions } from './options'
export { PGliteServer } from './pglite-server'
export type { PGliteServerConfig } from './pglite-server'
export { NdjsonServer } from './server'
export type { NdjsonServerStats } from './server'
export { startNdjsonServer } from './start'

/** The configuration of a client: checked, and given a stream into a session. */
import type { Duplex } from 'node:stream'
import pg from 'pg'
import { checkSessionOptions, type SessionOptions } from '../options'
import { OwnSource, SOURCE, type DatabaseSource } from '../source'
import { SessionStream } from './stream'

/** What `pg.Client` takes, and where the database is. Host, port and TLS settings have no effect. */
export interface ClientConfig extends pg.ClientConfig, SessionOptions {}

/** What a query may say beyond what `pg` knows. */
export interface QueryOptions {
  /** Priority of this query, 0 (first) to 3. Default: the client's. */
  priority?: number | undefined
  /** Stops the query: it fails with the signal's reason at once. */
  signal?: AbortSignal | undefined
}

/** A configuration that may carry a source, as pools and `Database` pass it. */
interface InternalConfig extends ClientConfig {
  [SOURCE]?: DatabaseSource
  connection?: unknown
  /** Whether `statementTimeout` bounds the waiting, too, as it does for a pooler. */
  countsWaiting?: boolean
}

/** Key under which a BEGIN says where in the application it comes from. */
export const CALL_SITE = Symbol('oxbase.callSite')

const clientQuery: unknown = Reflect.get(pg.Client.prototype, 'query')
const SIMPLE = new Set(['name', 'priority', 'text', 'values'])

/** Whether a configuration is no more than a text, values, a name and a priority. */
export function isSimple(config: object): config is { values?: unknown } {
  // Whoever wrapped the method (to trace queries, say) wants to see the whole configuration.
  if (Reflect.get(pg.Client.prototype, 'query') !== clientQuery) return false
  for (const key in config) if (!SIMPLE.has(key)) return false
  const { text, submit } = config as { text?: unknown; submit?: unknown }
  return typeof text === 'string' && submit === undefined
}

/** Copies a configuration with its hidden properties (a pool hides the password). */
function copyConfig(config: string | ClientConfig | undefined): InternalConfig {
  if (typeof config === 'string') return { connectionString: config }
  if (config === undefined || config === null) return {}
  return Object.defineProperties({}, Object.getOwnPropertyDescriptors(config))
}

/** Checks the configuration and gives it a stream into a session, unless it brings its own. */
export function withStream(config: string | ClientConfig | undefined): object {
  const copy = copyConfig(config)
  checkSessionOptions(copy)
  if (copy.stream !== undefined || copy.connection !== undefined) return copy
  const { priority, queueTimeout, statementTimeout, countsWaiting } = copy
  const stream = new SessionStream(copy[SOURCE] ?? new OwnSource(copy), {
    ...(priority !== undefined && { priority }),
    ...(queueTimeout !== undefined && { queueTimeout }),
    ...(statementTimeout !== undefined && { statementTimeout }),
    ...(countsWaiting !== undefined && { countsWaiting }),
  })
  return Object.assign(copy, { stream: (): Duplex => stream, ssl: false })
}

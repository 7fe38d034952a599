/** Opens what a client asks: the embedded database or a server, with everything that is to be in it. */
import pg from 'pg'
import { Database } from '../database'
import { supabaseSql } from '../native'
import type { DatabaseOptions } from '../options'
import { keepInMemory } from '../source'
import { applyDrizzle } from './drizzle'
import { applyMigrations, applySchema, applySeed, ensureRecords } from './migrations'
import { configOf, type FetchOptions } from './options'
import { RestConnection } from './rest-connection'
import type { ScriptSession } from './script'

/** What is open once it is. `database` is absent with `url`. */
export interface Opened {
  rest: Promise<RestConnection>
  database: Database | undefined
}

/** One at a time: two who fill the same database do not apply the same thing twice. */
export const LOCK = 'select pg_catalog.pg_advisory_lock(7221045091235)'
/** Lets the next one do it. */
export const UNLOCK = 'select pg_catalog.pg_advisory_unlock(7221045091235)'
const SEARCH_PATH = 'set search_path to "$user", public, extensions'

/** The keys of our options that say where the embedded database is and how it runs. */
const DATABASE_KEYS = [
  'dataDir',
  'name',
  'relaxedDurability',
  'settings',
  'extensions',
  'maxQueueSize',
  'queueTimeout',
  'statementTimeout',
  'deadlockTimeout',
  'agingThresholdMs',
  'scheduling',
  'join',
] as const

/** Applies what the options say to be in the database. */
async function fill(session: ScriptSession, options: FetchOptions): Promise<void> {
  const { schema, migrations, drizzle, seed } = options
  if ([schema, migrations, drizzle, seed].every((each) => each === undefined)) return
  await session.query(LOCK)
  try {
    await session.query(SEARCH_PATH)
    await ensureRecords(session)
    if (schema !== undefined) await applySchema(session, schema)
    if (migrations !== undefined) await applyMigrations(session, migrations)
    if (drizzle !== undefined) await applyDrizzle(session, drizzle.schema)
    if (seed !== undefined) await applySeed(session, seed)
  } finally {
    await session.query(UNLOCK).catch(() => undefined)
  }
}

/** Fills a server's database, and connects the REST layer to it. */
async function openServer(url: string, options: FetchOptions): Promise<RestConnection> {
  const contents = [options.schema, options.migrations, options.drizzle, options.seed]
  if (options.prepare === true || contents.some((each) => each !== undefined)) {
    const session = new pg.Client({ connectionString: url })
    session.on('error', () => undefined)
    await session.connect()
    try {
      if (options.prepare === true) await session.query(supabaseSql())
      await fill(session, options)
    } finally {
      await session.end()
    }
  }
  return RestConnection.remote(url, configOf(options))
}

/** Opens the database that the options name. Returns at once; what fails is told by `rest`. */
export function open(options: FetchOptions): Opened {
  if (options.url !== undefined) {
    const rest = openServer(options.url, options)
    rest.catch(() => undefined)
    return { rest, database: undefined }
  }
  const own = Object.fromEntries(
    DATABASE_KEYS.flatMap((key) => (options[key] === undefined ? [] : [[key, options[key]]]))
  ) as DatabaseOptions
  const supabase = options.prepare !== false
  const prepare = async (session: ScriptSession): Promise<void> => {
    // Everybody who names no database shares it, whether this client is closed or not.
    if (options.dataDir === undefined) await keepInMemory(own)
    await fill(session, options)
  }
  const database = Database.opening({ ...own, supabase }, prepare)
  const rest = database
    .opened()
    .then((native) => RestConnection.embedded(native, configOf(options)))
  rest.catch(() => undefined)
  return { rest, database }
}

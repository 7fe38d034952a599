// Local Supabase clients for tests: each on a database of its own, closed with the test.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type * as Oxbase from 'oxbase'
import { onTestFinished } from 'vitest'
import { temporaryDirectory } from '../../support/embedded'
import { load } from '../../support/oxbase'

export const { createFetch, createLocalSupabaseClient, signJwt } = load()

export type Options = Oxbase.LocalSupabaseOptions

/** A client of a private database in memory, unless the options say otherwise. */
export function createClient(options: Options = {}) {
  const place = options.url === undefined ? { dataDir: 'memory://' } : {}
  const supabase = createLocalSupabaseClient({ ...place, ...options })
  onTestFinished(() => supabase.close())
  return supabase
}

/** A directory with these files. */
export function directoryOf(files: Record<string, string>): string {
  const directory = join(temporaryDirectory(), 'files')
  mkdirSync(directory)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text)
  return directory
}

/** The rows of a query on the client's database. */
export async function rows(
  supabase: { db: Oxbase.Database },
  sql: string,
  values?: unknown[]
): Promise<unknown[]> {
  return (await supabase.db.query(sql, values)).rows as unknown[]
}

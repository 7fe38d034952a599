/** The migrations of a project: those in supabase/migrations, and those that the database has had. */
import { readdir } from 'node:fs/promises'
import type pg from 'pg'
import { applyMigrations, ensureRecords } from '../supabase/migrations'
import { LOCK, UNLOCK } from '../supabase/open'
import { CliError } from './cli-error'
import { MIGRATIONS } from './paths'

/** A file in supabase/migrations. */
export interface MigrationFile {
  version: string
  name: string
  file: string
}

const FILE = /^([0-9]+)_(.*)\.sql$/

/** The project's migrations, in their order. None when there is no such directory. */
export async function listMigrationFiles(): Promise<MigrationFile[]> {
  const files = await readdir(MIGRATIONS).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  return files.sort().flatMap((file) => {
    const [, version, name] = FILE.exec(file) ?? []
    return version === undefined ? [] : [{ version, name: name as string, file }]
  })
}

/** The versions that a database has had. */
export async function appliedVersions(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ present: boolean }>(
    `select to_regclass('supabase_migrations.schema_migrations') is not null as present`
  )
  if (rows[0]?.present !== true) return []
  const applied = await client.query<{ version: string }>(
    'select version from supabase_migrations.schema_migrations order by version'
  )
  return applied.rows.map(({ version }) => version)
}

function checkOrder(files: MigrationFile[], applied: string[], includeAll: boolean): void {
  const known = new Set(files.map(({ version }) => version))
  const unknown = applied.filter((version) => !known.has(version))
  if (unknown.length > 0) {
    throw new CliError(
      `the database has had migrations that are not in ${MIGRATIONS}: ${unknown.join(', ')}`,
      {
        hint: 'get their files, or start over with `oxbase db reset`',
      }
    )
  }
  const last = applied.at(-1) ?? ''
  const had = new Set(applied)
  const late = files.filter(({ version }) => !had.has(version) && version < last)
  if (late.length === 0 || includeAll) return
  const names = late.map(({ file }) => file).join(', ')
  throw new CliError(`these migrations come before the last one that was applied: ${names}`, {
    hint: 'add --include-all to apply them all the same',
  })
}

/** Applies what the database has not had, each as a whole or not at all, and gives it. */
export async function migrateUp(
  client: pg.ClientBase,
  includeAll: boolean
): Promise<MigrationFile[]> {
  const files = await listMigrationFiles()
  await client.query(LOCK)
  try {
    const applied = await appliedVersions(client)
    checkOrder(files, applied, includeAll)
    const had = new Set(applied)
    const pending = files.filter(({ version }) => !had.has(version))
    if (pending.length === 0) return []
    await client.query('set search_path to "$user", public, extensions')
    await ensureRecords(client)
    await applyMigrations(client, MIGRATIONS)
    return pending
  } finally {
    await client.query(UNLOCK).catch(() => undefined)
  }
}

/**
 * What a database has been given: migrations as Supabase's CLI records them, and the texts of `schema`
 * and `seed`. Everything is applied once.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hashOf, readScripts, runScript, type Script, type ScriptSession } from './script'

const MIGRATION_FILE = /^([0-9]+)_(.*)\.sql$/

/** The tables are those of the CLI, but for `schema_files`, which it does not have. */
const TABLES = `
  create schema if not exists supabase_migrations;
  create table if not exists supabase_migrations.schema_migrations (version text not null primary key);
  alter table supabase_migrations.schema_migrations add column if not exists statements text[];
  alter table supabase_migrations.schema_migrations add column if not exists name text;
  create table if not exists supabase_migrations.seed_files (path text not null primary key, hash text not null);
  create table if not exists supabase_migrations.schema_files (
    hash text not null primary key, path text not null, applied_at timestamptz not null default now()
  )`

/** Makes the tables in which it is noted what was applied. */
export async function ensureRecords(session: ScriptSession): Promise<void> {
  const { rows } = await session.query(
    `select to_regclass('supabase_migrations.schema_files') is null as absent`
  )
  if ((rows[0] as { absent: boolean }).absent) await session.query(TABLES)
}

/** Applies the texts of the option `schema` that the database has not had. */
export async function applySchema(
  session: ScriptSession,
  schema: string | readonly string[]
): Promise<void> {
  for (const script of await readScripts(schema, 'schema')) {
    const hash = hashOf(script.text)
    const known = await session.query(
      'select from supabase_migrations.schema_files where hash = $1',
      [hash]
    )
    if (known.rowCount !== 0) continue
    await runScript(session, script, async () => {
      await session.query(
        'insert into supabase_migrations.schema_files (hash, path) values ($1, $2)',
        [hash, script.name]
      )
    })
  }
}

interface Migration {
  version: string
  name: string
  file: string
}

/** The migrations in a directory, in their order. Other files are passed over, as the CLI does. */
async function listMigrations(directory: string): Promise<Migration[]> {
  let files: string[]
  try {
    files = await readdir(directory)
  } catch (cause) {
    const message = `oxbase: the directory of option "migrations" cannot be read: ${directory}`
    throw new Error(message, { cause })
  }
  return files.sort().flatMap((file) => {
    const [, version, name] = MIGRATION_FILE.exec(file) ?? []
    return version === undefined ? [] : [{ version, name: name as string, file }]
  })
}

/** Applies the migrations that the database has not had, each as a whole or not at all. */
export async function applyMigrations(session: ScriptSession, directory: string): Promise<void> {
  const migrations = await listMigrations(directory)
  const applied = await session.query('select version from supabase_migrations.schema_migrations')
  const known = new Set((applied.rows as { version: string }[]).map(({ version }) => version))
  for (const { version, name, file } of migrations) {
    if (known.has(version)) continue
    const script: Script = { name: file, text: await readFile(join(directory, file), 'utf8') }
    await runScript(session, script, async (statements) => {
      await session.query(
        `insert into supabase_migrations.schema_migrations (version, name, statements)
         values ($1, $2, $3)`,
        [version, name, statements]
      )
    })
    known.add(version)
  }
}

/** Applies the seeds that the database has not had. A seed whose text has changed is not applied again. */
export async function applySeed(
  session: ScriptSession,
  seed: string | readonly string[]
): Promise<void> {
  for (const script of await readScripts(seed, 'seed')) {
    const hash = hashOf(script.text)
    const path = script.name === 'seed' ? `seed:${hash}` : script.name
    const known = await session.query(
      'select from supabase_migrations.seed_files where path = $1',
      [path]
    )
    if (known.rowCount !== 0) continue
    await runScript(session, script, async () => {
      await session.query(
        'insert into supabase_migrations.seed_files (path, hash) values ($1, $2)',
        [path, hash]
      )
    })
  }
}

/**
 * Tables from a Drizzle schema, by drizzle-kit's own API: what it would write as a migration is run.
 * The snapshot of what was made is kept in the database, so that a later opening makes the difference.
 */
import { loadPeer } from './peer'
import { runScript, type ScriptSession } from './script'

/** What is used of `drizzle-kit/api`. */
interface DrizzleKit {
  generateDrizzleJson(imports: Record<string, unknown>, previous?: string): object
  generateMigration(previous: object, current: object): Promise<string[]>
}

const TABLE = `create table if not exists supabase_migrations.drizzle_snapshots (
  id bigint generated always as identity primary key, snapshot jsonb not null)`
const LAST = 'select snapshot from supabase_migrations.drizzle_snapshots order by id desc limit 1'

/** Applies what a Drizzle schema has and the database has not. */
export async function applyDrizzle(
  session: ScriptSession,
  schema: Record<string, unknown>
): Promise<void> {
  const kit = loadPeer(
    'drizzle-kit/api',
    'option "drizzle"',
    'drizzle-kit drizzle-orm'
  ) as DrizzleKit
  await session.query(TABLE)
  const last = (await session.query(LAST)).rows[0] as { snapshot: { id?: string } } | undefined
  const previous = last?.snapshot ?? kit.generateDrizzleJson({})
  const current = kit.generateDrizzleJson({ ...schema }, last?.snapshot.id)
  const statements = await kit.generateMigration(previous, current)
  if (statements.length === 0) return
  const script = { name: 'drizzle', text: statements.map((each) => `${each}\n;`).join('\n') }
  await runScript(session, script, async () => {
    await session.query(
      'insert into supabase_migrations.drizzle_snapshots (snapshot) values ($1)',
      [JSON.stringify(current)]
    )
  })
}

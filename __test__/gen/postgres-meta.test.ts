// What postgres-meta itself generates, run as Supabase's command runs it, on the reference server.
// `vitest -u` writes the golden files: see scripts/golden-types.mjs.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, inject, test } from 'vitest'
import { name as provider } from '../support/provider'
import { cases, goldenFile, schemaOf, type Case } from './cases'
import { createDatabase } from './database'

const require = createRequire(import.meta.url)
const server = path.join(
  path.dirname(require.resolve('@supabase/postgres-meta')),
  '../server/server.js'
)

test.runIf(provider === 'reference').each(cases)(
  'postgres-meta generates the golden file of $name',
  async (each) => {
    const database = await createDatabase(schemaOf(each))
    await expect(await generate(each, database.name)).toMatchFileSnapshot(goldenFile(each))
  }
)

/** The server program generates types, instead of serving, when its environment says so. */
async function generate(each: Case, database: string): Promise<string> {
  const { host, port } = inject('reference')
  const url = new URL(`postgresql://postgres@localhost:${port}/${database}`)
  url.searchParams.set('host', host)
  if (each.role) url.searchParams.set('options', `-crole=${each.role}`)
  const env = {
    NODE_NO_WARNINGS: '1',
    PATH: process.env['PATH'],
    PG_META_DB_URL: url.href,
    PG_META_GENERATE_TYPES: 'typescript',
    PG_META_GENERATE_TYPES_INCLUDED_SCHEMAS: each.schemas.join(','),
    PG_META_GENERATE_TYPES_DETECT_ONE_TO_ONE_RELATIONSHIPS: String(
      each.detectOneToOneRelationships
    ),
    PG_META_POSTGREST_VERSION: each.postgrestVersion ?? '',
  }
  const child = spawn(process.execPath, [server], { env, timeout: 50_000 })
  const [output, errors] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  expect(errors).toBe('')
  // It prints the text as a line.
  return output.replace(/\n$/, '')
}

/** Runs SQL files statement by statement, as Supabase's CLI does, and says which statement failed. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type pg from 'pg'
import { splitStatements, type NativeStatement } from '../native'

/** Who runs the statements: a session of the embedded database or of a server. */
export interface ScriptSession {
  query(text: string, values?: unknown[]): Promise<pg.QueryResult>
}

/** SQL with the name by which errors call it. */
export interface Script {
  /** A file name, or the name of the option that had the text. */
  name: string
  text: string
}

/**
 * Extensions of the hosted platform that this engine does not have. Stock migrations create them in
 * their first lines and do without most of them; what calls their functions fails.
 */
const PLATFORM_EXTENSIONS = new Set([
  'hypopg',
  'index_advisor',
  'pg_cron',
  'pg_graphql',
  'pg_jsonschema',
  'pg_net',
  'pg_stat_monitor',
  'pg_stat_statements',
  'pg_tle',
  'pgaudit',
  'pgjwt',
  'pgmq',
  'pgsodium',
  'pgtap',
  'plpgsql_check',
  'supabase-dbdev',
  'supabase_vault',
  'wrappers',
])

/** A line for psql, which newer versions of pg_dump write around a dump. */
const META_COMMAND = /^\\(?:un)?restrict\b.*$/gm
const COMMENT_ON_EXTENSION = /^comment\s+on\s+extension\s+(?:"([^"]+)"|([\w]+))/i
const LONGEST_STATEMENT = 2000

/** Whether a text is SQL, and not the name of a file with it. */
export function isSql(text: string): boolean {
  return /\s/.test(text.trim()) || text.includes(';') || text.trim() === ''
}

/** Reads an option that is SQL text, or the name of one file or more. */
export async function readScripts(
  option: string | readonly string[],
  name: string
): Promise<Script[]> {
  if (typeof option === 'string' && isSql(option)) return [{ name, text: option }]
  const files = typeof option === 'string' ? [option] : option
  return Promise.all(
    files.map(async (file) => {
      if (isSql(file)) return { name, text: file }
      try {
        return { name: file, text: await readFile(file, 'utf8') }
      } catch (cause) {
        throw new Error(`oxbase: the file of option "${name}" cannot be read: ${file}`, { cause })
      }
    })
  )
}

/** Tells one text from another. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** The statements of a script that are to be run, without those about extensions of the platform. */
export function statementsOf(text: string): NativeStatement[] {
  return splitStatements(text.replace(META_COMMAND, '')).filter(({ text: sql, extension }) => {
    const [, quoted, plain] = COMMENT_ON_EXTENSION.exec(sql) ?? []
    const named = extension ?? quoted ?? plain?.toLowerCase()
    return named === undefined || !PLATFORM_EXTENSIONS.has(named)
  })
}

/** The error of a statement, with what it was and where it stands. */
function failed(script: Script, statement: string, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause)
  const shown =
    statement.length > LONGEST_STATEMENT ? `${statement.slice(0, LONGEST_STATEMENT)}…` : statement
  return new Error(`oxbase: ${script.name}: ${reason}\nStatement: ${shown}`, { cause })
}

/**
 * The engine carries extensions that it has to be opened again for, which no transaction survives: that
 * is done before there is one. An extension that cannot be had fails where it is created.
 */
async function provideExtensions(
  session: ScriptSession,
  statements: NativeStatement[]
): Promise<void> {
  const names = statements.flatMap(({ extension }) => extension ?? [])
  if (names.length === 0) return
  const installed = await session.query('select extname from pg_catalog.pg_extension')
  const known = new Set((installed.rows as { extname: string }[]).map(({ extname }) => extname))
  for (const name of names.filter((each) => !known.has(each))) {
    const quoted = `"${name.replaceAll('"', '""')}"`
    await session.query('begin')
    await session.query(`create extension if not exists ${quoted}`).catch(() => undefined)
    await session.query('rollback')
  }
}

/** What a statement fails with whose extension is not loaded yet, and is before the next transaction. */
const MODULE_MISSING = '58P01'
const MOST_RUNS = 5

/** Runs all of a script, and `after`, or nothing. */
export async function runScript(
  session: ScriptSession,
  script: Script,
  after: (statements: string[]) => Promise<void>
): Promise<void> {
  const statements = statementsOf(script.text)
  await provideExtensions(session, statements)
  for (let run = 1; ; run += 1) {
    try {
      await runOnce(session, script, statements, after)
      return
    } catch (error) {
      const { code } = ((error as Error).cause ?? {}) as { code?: string }
      if (code !== MODULE_MISSING || run === MOST_RUNS) throw error
    }
  }
}

async function runOnce(
  session: ScriptSession,
  script: Script,
  statements: NativeStatement[],
  after: (statements: string[]) => Promise<void>
): Promise<void> {
  await session.query('begin')
  try {
    for (const { text } of statements) {
      try {
        await session.query(text)
      } catch (error) {
        throw failed(script, text, error)
      }
    }
    await after(statements.map(({ text }) => text))
    const { command } = await session.query('commit')
    if (command === 'ROLLBACK') throw new Error(`oxbase: ${script.name}: it was rolled back`)
  } catch (error) {
    await session.query('rollback').catch(() => undefined)
    throw error
  }
}

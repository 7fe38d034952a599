/**
 * Reads a plain SQL dump into a database, as it comes: statements one by one, the data of COPY as a
 * stream. All of it is one transaction, unless that is not wanted.
 */
import { createInterface } from 'node:readline'
import type pg from 'pg'
import { statementsOf } from '../supabase/script'
import { CliError } from './cli-error'
import { openText, SqlScript } from './sql/script'
import { formatError } from './sql/format'
import { runText } from './sql/statement'

/** What is told while a dump is read. */
export interface RestoreProgress {
  bytes: number
  statements: number
}

/** How a dump is read. */
export interface RestoreOptions {
  transaction: boolean
  signal: AbortSignal
  onProgress?: (progress: RestoreProgress) => void
}

const EXTENSION = /^\s*create\s+extension\b|^\s*comment\s+on\s+extension\b/i
/** Commands of psql that newer versions of pg_dump write, and that need nothing done. */
const HARMLESS = /^\\(un)?restrict\b/
const EXTENSION_LINE = /^create extension (?:if not exists )?(?:"([^"]+)"|(\w+))/i

/** What every project has from the start, and what dumps of a project create all the same. */
const PLATFORM_OBJECT =
  /^create\s+(event\s+trigger|publication)\s+"?(issue_\w+|pgrst_\w+_watch|supabase_realtime)\b/i

/** Whether a statement makes what the database has from the start. */
async function isThere(client: pg.ClientBase, text: string): Promise<boolean> {
  const [, kind, name] = PLATFORM_OBJECT.exec(text) ?? []
  if (kind === undefined) return false
  const sql = /^p/i.test(kind)
    ? 'select from pg_publication where pubname = $1'
    : 'select from pg_event_trigger where evtname = $1'
  return (await client.query(sql, [name])).rowCount !== 0
}

/** The extensions that a file creates. The engine provides one before the transaction that needs it. */
async function extensionsOf(file: string): Promise<string[]> {
  const names: string[] = []
  const input = createInterface({ input: (await openText(file)) as NodeJS.ReadableStream })
  for await (const line of input) {
    const [, quoted, plain] = EXTENSION_LINE.exec(line) ?? []
    if (statementsOf(line).length === 0) continue
    const name = quoted ?? plain
    if (name !== undefined) names.push(name)
  }
  return names
}

/** Has the engine load extensions, which it cannot do within a transaction. */
async function provide(client: pg.ClientBase, names: string[]): Promise<void> {
  for (const name of names) {
    const quoted = `"${name.replaceAll('"', '""')}"`
    await client.query('begin')
    // What cannot be had fails where it is created.
    await client.query(`create extension if not exists ${quoted}`).catch(() => undefined)
    await client.query('rollback')
  }
}

function refuseCommand(text: string, line: number): never {
  throw new CliError(`line ${line}: ${text.split(/\s/, 1)[0]} is a command of psql`, {
    hint: 'make the dump with pg_dump without --create, or read it with `oxbase psql -f`',
  })
}

/** The error of a statement, with the line of the file in which it begins. */
function failed(error: unknown, text: string, line: number, transaction: boolean): Error {
  if (!('severity' in (error as object))) return error as Error
  const what = formatError(error as object, text).replace(/^\w+: +/, '')
  return new CliError(`line ${line}: ${what}`, {
    hint: transaction
      ? 'nothing was changed: mend the file, or the database, and try again'
      : 'what comes before that line was done',
    cause: error,
  })
}

/** Runs a dump, and gives the number of its statements. */
export async function restoreText(
  client: pg.ClientBase,
  chunks: AsyncIterable<string>,
  options: RestoreOptions,
  progress: RestoreProgress
): Promise<number> {
  const script = new SqlScript(chunks)
  const input = (): AsyncIterable<string> => script.copyData()
  for (;;) {
    options.signal.throwIfAborted()
    const piece = await script.next()
    if (piece === undefined) return progress.statements
    const { kind, text, line } = piece
    if (kind === 'command') {
      if (HARMLESS.test(text)) continue
      refuseCommand(text, line)
    }
    // Extensions of the hosted platform that this engine does not have are passed over.
    if (EXTENSION.test(text) && statementsOf(text).length === 0) continue
    if (PLATFORM_OBJECT.test(text) && (await isThere(client, text))) continue
    await runText(client, text, { input }).catch((error: unknown) => {
      throw failed(error, text, line, options.transaction)
    })
    progress.statements += 1
    options.onProgress?.(progress)
  }
}

/** Reads a dump from a file, or from `chunks`. */
export async function restore(
  client: pg.ClientBase,
  source: { file: string } | { chunks: AsyncIterable<string> },
  options: RestoreOptions
): Promise<RestoreProgress> {
  const progress: RestoreProgress = { bytes: 0, statements: 0 }
  let chunks: AsyncIterable<string>
  if ('file' in source) {
    await provide(client, await extensionsOf(source.file))
    chunks = await openText(source.file, (bytes) => (progress.bytes = bytes))
  } else {
    chunks = source.chunks
  }
  if (options.transaction) await client.query('begin')
  try {
    await restoreText(client, chunks, options, progress)
    if (options.transaction) await commit(client)
  } catch (error) {
    if (options.transaction) await client.query('rollback').catch(() => undefined)
    throw error
  }
  return progress
}

async function commit(client: pg.ClientBase): Promise<void> {
  const { command } = await client.query('commit')
  if (command === 'COMMIT') return
  throw new CliError('the transaction was rolled back', {
    hint: 'see what the file does at its end',
  })
}

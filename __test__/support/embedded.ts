// For the tests of what only the embedded database has: everything opened here is closed with the test.
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type * as Oxbase from 'oxbase'
import { onTestFinished } from 'vitest'
import { load, privateDatabase } from './oxbase'

export { privateDatabase }
export const { Client, Database, DatabaseError, Pool, PGlitePooler, QueryPriority } = load()

export type Client = Oxbase.Client
export type Database = Oxbase.Database
export type Options = NonNullable<Parameters<typeof Oxbase.Database.open>[0]>
type ClientOptions = NonNullable<ConstructorParameters<typeof Oxbase.Client>[0]>
type PoolOptions = NonNullable<ConstructorParameters<typeof Oxbase.Pool>[0]>

/** An open database, private and in memory unless the options say otherwise. */
export async function open(options: Options = {}): Promise<Database> {
  const database = await Database.open({ ...privateDatabase(), ...options })
  onTestFinished(() => database.close())
  return database
}

/** A connected client of the database that the options name. */
export async function connect(options: ClientOptions | string): Promise<Client> {
  const client = new Client(options)
  onTestFinished(() => client.end())
  await client.connect()
  return client
}

/** A pool of the database that the options name. */
export function createPool(options: PoolOptions) {
  const pool = new Pool(options)
  onTestFinished(async () => {
    if (!pool.ending) await pool.end()
  })
  return pool
}

/** An empty directory that is removed with the test. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'oxtest-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** The value in the first column of the first row. */
export async function value(on: Pick<Database, 'query'> | Client, text: string): Promise<unknown> {
  const { rows } = await (on as Database).query(text)
  return Object.values(rows[0] as object)[0] as unknown
}

/** Runs CommonJS text in a worker thread, and resolves with the one message that it posts. */
export async function inWorker(text: string, workerData: unknown = {}): Promise<unknown> {
  const prelude = `const { parentPort, workerData } = require('node:worker_threads');
    const oxbase = require('oxbase');`
  const body = `${prelude} (async () => { ${text} })().then((v) => parentPort.postMessage(v))`
  const worker = new Worker(body, { eval: true, workerData })
  const ended = once(worker, 'exit')
  const [message] = (await once(worker, 'message')) as [unknown]
  await ended
  return message
}

// The database a conformance file runs on, chosen by PROVIDER: `reference` is `pg` on a native
// PostgreSQL, `oxbase` is the embedded one. Each file gets an empty database of its own. Known
// differences stand in conformance/divergences.json: such a test must fail, and a pass is an error.
import { createRequire } from 'node:module'
import { afterAll, beforeAll, beforeEach, inject, onTestFinished } from 'vitest'
import type pg from 'pg'
import { divergenceOf } from './divergences'
import * as oxbase from './oxbase'

type Pg = typeof pg
const require = createRequire(import.meta.url)

export const name = process.env['PROVIDER'] === 'reference' ? 'reference' : 'oxbase'
const database = `test_${process.pid}_${Date.now().toString(36)}`
const library = name === 'reference' ? (require('pg') as Pg) : (oxbase.load() as unknown as Pg)

export const { Client, Pool, Query, Result, DatabaseError, types } = library
export { library as pg }

/** What `new Client` and `new Pool` need to reach the database of this file. */
export const config = (
  name === 'reference'
    ? { ...inject('reference'), user: 'postgres', database }
    : oxbase.privateDatabase(database)
) as pg.ClientConfig

let shared: pg.Client

beforeAll(async () => {
  if (name === 'reference') await inMaintenance(`create database ${database}`)
  shared = new Client(config)
  await shared.connect()
})

afterAll(async () => {
  await shared.end()
  if (name === 'reference') await inMaintenance(`drop database ${database} with (force)`)
})

beforeEach(({ task }) => {
  if (name === 'oxbase' && divergenceOf(task.file.name, task.name))
    Object.assign(task, { fails: true })
})

/** Runs SQL on a client that all tests of the file share. It must leave no state behind. */
export function query(text: string | QueryOptions, values?: unknown[]): Promise<pg.QueryResult> {
  return shared.query(text as pg.QueryConfig, values)
}

/** What a query takes: more than the types of `pg` tell. */
export interface QueryOptions extends Partial<pg.QueryConfig> {
  binary?: boolean
  queryMode?: 'extended'
  query_timeout?: number
  rowMode?: 'array'
  rows?: number
}

/** A connected client that ends with the test. */
export async function connect(extra: pg.ClientConfig = {}): Promise<pg.Client> {
  const client = unconnected(extra)
  await client.connect()
  return client
}

/** A client that ends with the test, connected or not. */
export function unconnected(extra: pg.ClientConfig = {}): pg.Client {
  const client = new Client({ ...config, ...extra })
  onTestFinished(() => client.end())
  return client
}

/** A pool that ends with the test. */
export function createPool(extra: pg.PoolConfig = {}): pg.Pool {
  const pool = new Pool({ ...config, ...extra })
  onTestFinished(async () => {
    if (!pool.ending) await pool.end()
  })
  return pool
}

async function inMaintenance(sql: string): Promise<void> {
  const client = new Client({ ...config, database: 'postgres' })
  await client.connect()
  await client.query(sql)
  await client.end()
}

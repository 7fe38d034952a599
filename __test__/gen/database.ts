// An empty database for one test, on the provider's PostgreSQL.
import { onTestFinished } from 'vitest'
import type pg from 'pg'
import { privateDatabase } from '../support/oxbase'
import { Client, config, name as provider } from '../support/provider'

/** A database with a schema in it, that goes with the test. */
export interface TestDatabase {
  client: pg.Client
  /** What `generateTypes` is given. */
  query(sql: string): Promise<unknown[]>
  name: string
}

let count = 0

export async function createDatabase(schema: string): Promise<TestDatabase> {
  const name = `gen_${process.pid}_${(count += 1)}`
  const client = new Client(await place(name))
  onTestFinished(() => client.end())
  await client.connect()
  await client.query(schema)
  const query = async (sql: string): Promise<unknown[]> => (await client.query(sql)).rows
  return { client, query, name }
}

async function place(name: string): Promise<pg.ClientConfig> {
  if (provider !== 'reference') return privateDatabase(name) as pg.ClientConfig
  await inMaintenance(`create database ${name}`)
  onTestFinished(() => inMaintenance(`drop database ${name} with (force)`))
  return { ...config, database: name }
}

async function inMaintenance(sql: string): Promise<void> {
  const client = new Client({ ...config, database: 'postgres' })
  await client.connect()
  await client.query(sql)
  await client.end()
}

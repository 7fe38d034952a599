// The server that a file about the protocol talks to, chosen by PROVIDER: a database of its own on a
// native PostgreSQL, or a wire server of its own, also one whose database is open in another process;
// all through a Unix socket. Known differences stand in conformance/divergences.json.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, inject } from 'vitest'
import { divergenceOf } from './divergences'
import type { Parameters } from './frontend'
import { hold } from './keeper'
import { load, privateDatabase } from './oxbase'
import { bounded, connectWire, type Place, type Wire } from './wire'
import pg from 'pg'

const reference = process.env['PROVIDER'] === 'reference'
const joined = process.env['PROVIDER'] === 'joined'
export const database = reference ? `wire_${process.pid}_${Date.now().toString(36)}` : 'postgres'

/** Where this file's server listens. */
export const place: Place = reference ? await createDatabase() : await startWireServer()

/** The least that a start-up packet says. */
export const self: Parameters = { user: 'postgres', database }

beforeEach(({ task }) => {
  if (!reference && divergenceOf(task.file.name, task.name)) Object.assign(task, { fails: true })
})

/** A connection whose session has begun. */
export function connect(parameters: Parameters = {}, version?: number): Promise<Wire> {
  return connectWire(place, { ...self, ...parameters }, version)
}

async function createDatabase(): Promise<Place> {
  const { host, port } = inject('reference')
  await inMaintenance(`create database ${database}`)
  afterAll(() => inMaintenance(`drop database ${database} with (force)`))
  return { path: join(host, `.s.PGSQL.${port}`) }
}

async function inMaintenance(sql: string): Promise<void> {
  const client = new pg.Client({ ...inject('reference'), user: 'postgres', database: 'postgres' })
  await client.connect()
  await client.query(sql)
  await client.end()
}

async function startWireServer(): Promise<Place> {
  const directory = mkdtempSync(join(tmpdir(), 'oxwire-'))
  const path = join(directory, 'socket')
  const dataDir = join(directory, 'data')
  const holder = joined ? await hold({ dataDir }) : undefined
  const server = await load().startServer({ ...(joined ? { dataDir } : privateDatabase()), path })
  afterAll(async () => {
    await bounded(server.stop(), 'the end of the server')
    await holder?.end()
    rmSync(directory, { recursive: true, force: true })
  })
  return { path }
}

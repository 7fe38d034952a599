// The server a driver's file runs on, chosen by PROVIDER: `reference` is a database of its own on a
// native PostgreSQL, `oxbase` is a wire server of its own, in a process of its own, so that a client
// that blocks this process cannot block the server; `joined` is one whose database is open in yet another
// process. Known differences: conformance/divergences.json.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeEach, inject, onTestFinished } from 'vitest'
import { divergenceOf } from './divergences'
import { hold, keep } from './keeper'

/** Where a client finds the database of a file. */
export interface Address {
  host: string
  port: number
  user: string
  database: string
  /** `postgres://…` over TCP. */
  url: string
  /** The directory of the Unix socket: what libpq-like clients take as host. */
  socketDirectory: string
}

const reference = process.env['PROVIDER'] === 'reference'
const joined = process.env['PROVIDER'] === 'joined'

/** The process of a wire server: says where it listens, and ends with its standard input. */
const SERVER = `
const { startServer } = require('oxbase')
startServer(JSON.parse(process.argv[1])).then((server) => {
  console.log(JSON.stringify({ port: server.port }))
  process.stdin.resume().on('end', () => server.stop().then(() => process.exit()))
})`

/** The address of this file's server, which stands as long as the file's tests run. */
export const address: Address = reference ? await createDatabase() : await startWireServer()

/** The variables with which programs of libpq find the database. */
export const environment = {
  PGHOST: address.host,
  PGPORT: String(address.port),
  PGUSER: address.user,
  PGDATABASE: address.database,
  PGCONNECT_TIMEOUT: '10',
}

beforeEach(({ task }) => {
  if (!reference && divergenceOf(task.file.name, task.name)) Object.assign(task, { fails: true })
})

/** A connected client of node-postgres that ends with the test: for what a test prepares or looks at. */
export async function connect(): Promise<pg.Client> {
  const client = new pg.Client(address.url)
  onTestFinished(() => client.end())
  await client.connect()
  return client
}

/** The rows of one statement on a connection of its own. */
export async function rows(text: string): Promise<unknown[]> {
  const client = new pg.Client(address.url)
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(text)).rows
  } finally {
    await client.end()
  }
}

/**
 * Sends requests one after the other until what they ask for is there: a cancel request may come
 * before the statement runs, and then the server ignores it.
 */
export async function repeatUntil<T>(answer: Promise<T>, ask: () => Promise<unknown>): Promise<T> {
  let answered = false
  const end = answer.finally(() => (answered = true)).catch(() => undefined)
  const asked: Promise<unknown>[] = []
  while (!answered) {
    const taken = ask()
    asked.push(taken)
    // A client that tells nobody when its request was taken is asked again after a moment.
    await Promise.race([end, Promise.all([taken, pause(5)]), pause(500)])
  }
  // What is still on its way would stop the next statement.
  await Promise.race([Promise.allSettled(asked), pause(5000)])
  return answer
}

async function createDatabase(): Promise<Address> {
  const { host: socketDirectory, port } = inject('reference')
  const database = `driver_${process.pid}_${Date.now().toString(36)}`
  const maintenance = { host: socketDirectory, port, user: 'postgres', database: 'postgres' }
  await run(maintenance, `create database ${database}`)
  afterAll(() => run(maintenance, `drop database ${database} with (force)`))
  return located(port, database, socketDirectory)
}

async function run(config: pg.ClientConfig, sql: string): Promise<void> {
  const client = new pg.Client(config)
  await client.connect()
  await client.query(sql)
  await client.end()
}

async function startWireServer(): Promise<Address> {
  const path = mkdtempSync(join(tmpdir(), 'oxwire-'))
  // As the reference is set up, and with a short wait for the database: a client that blocks itself fails.
  const settings = { max_prepared_transactions: 4 }
  const place = { host: '127.0.0.1', port: 0, path }
  const dataDir = joined ? join(path, 'data') : 'memory://'
  const options = { dataDir, settings, queueTimeout: 15_000 }
  const holder = joined ? await hold(options) : undefined
  const server = await keep(SERVER, { ...options, ...place })
  afterAll(async () => {
    await server.end()
    await holder?.end()
    rmSync(path, { recursive: true, force: true })
  })
  return located((JSON.parse(server.line) as { port: number }).port, 'postgres', path)
}

function located(port: number, database: string, socketDirectory: string): Address {
  const [host, user] = ['127.0.0.1', 'postgres']
  const url = `postgres://${user}@${host}:${port}/${database}`
  return { host, port, user, database, url, socketDirectory }
}

// What requests are made of where the database matters and not the answer's form: a database of the
// file's own that looks like a project, by PROVIDER embedded or on a native server, and requests to it.
import { afterAll, inject } from 'vitest'
import pg from 'pg'
import { load, privateDatabase } from '../../support/oxbase'
import { collect } from '../rest/support/http'

const { Client, createFetch, signJwt } = load()

export const remote = process.env['PROVIDER'] === 'remote'

export type FetchOptions = NonNullable<Parameters<typeof createFetch>[0]>
export type LocalFetch = ReturnType<typeof createFetch>

export interface Call {
  /** The claims of the token. Without them the request is anonymous. */
  as?: Parameters<typeof signJwt>[0]
  body?: unknown
  headers?: Record<string, string>
  signal?: AbortSignal
}

export interface Answer {
  status: number
  headers: Record<string, string>
  /** What JSON tells, or the text. */
  body: unknown
}

export const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' }
export const SERVICE = { role: 'service_role' }

/** Sends one request. */
export async function send(
  fetch: LocalFetch,
  method: string,
  path: string,
  { as, body, headers, signal }: Call = {}
): Promise<Answer> {
  const response = await fetch(`http://localhost/rest/v1${path}`, {
    method,
    headers: {
      ...(as && { authorization: `Bearer ${signJwt(as)}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  })
  const text = await response.text()
  const type = response.headers.get('content-type') ?? ''
  return {
    status: response.status,
    headers: collect(response.headers),
    body: /^application\/(openapi\+)?json/.test(type) ? (JSON.parse(text) as unknown) : text,
  }
}

/** The whole answer that is an error. */
export function refused(
  status: number,
  code: string,
  message: string,
  { details = null, hint = null }: { details?: string | null; hint?: string | null } = {}
): Answer {
  const headers = { ...JSON_TYPE, 'proxy-status': `PostgREST; error=${code}` }
  return { status, headers, body: { code, message, details, hint } }
}

/** The whole answer that is one value of a function. */
export function returned(body: unknown): Answer {
  return { status: 200, headers: { ...JSON_TYPE, 'content-range': '0-0/*' }, body }
}

/** A database that ends with the file. */
export interface World {
  fetch: LocalFetch
  /** Where it is, if it is a server's. */
  url: string | undefined
  /** Sends a request with the world's `fetch`. */
  send(method: string, path: string, call?: Call): Promise<Answer>
  /** Another `fetch` on the same database. */
  open(options?: FetchOptions): LocalFetch
  /** A connected client that may do everything. The caller, or the end of the file, ends it. */
  connect(): Promise<pg.Client>
  /** The rows of a query that may do everything. */
  rows(sql: string): Promise<unknown[]>
}

/** Makes a database with this schema, and a `fetch` on it. */
export async function openWorld(schema: string, options: FetchOptions = {}): Promise<World> {
  const place = remote ? await onServer(schema) : embedded(schema)
  const opened: LocalFetch[] = []
  const clients: pg.Client[] = []
  const open = (more: FetchOptions = {}) => {
    const db = { schemas: ['public'], ...options.db, ...more.db }
    const fetch = createFetch({ ...place.database, ...options, ...more, db })
    opened.push(fetch)
    return fetch
  }
  const connect = async () => {
    const client = place.client()
    clients.push(client)
    client.on('error', () => undefined)
    await client.connect()
    return client
  }
  const fetch = open()
  // The schema is applied, and read.
  await send(fetch, 'GET', '/')
  const owner = await connect()
  afterAll(async () => {
    await Promise.all(opened.map((one) => one.close()))
    await Promise.all(clients.map((client) => client.end()))
    await place.drop()
  })
  return {
    fetch,
    url: place.database.url,
    open,
    connect,
    send: (method, path, call) => send(fetch, method, path, call),
    rows: async (sql) => (await owner.query(sql)).rows as unknown[],
  }
}

interface Place {
  database: FetchOptions
  client(): pg.Client
  drop(): Promise<void>
}

function embedded(schema: string): Place {
  const database = privateDatabase(`requests_${process.pid}_${Date.now().toString(36)}`)
  return {
    database: { ...database, schema },
    client: () => new Client(database) as unknown as pg.Client,
    drop: () => Promise.resolve(),
  }
}

/** An address of a database as somebody. */
export function urlOf(server: { host: string; port: number }, user: string, name: string): string {
  return `postgres://${user}@${encodeURIComponent(server.host)}:${server.port}/${name}`
}

async function onServer(schema: string): Promise<Place> {
  const server = inject('reference')
  const name = `requests_${process.pid}_${Date.now().toString(36)}`
  const maintenance = new pg.Client({ ...server, user: 'postgres', database: 'postgres' })
  await maintenance.connect()
  // Roles belong to the whole cluster, and other files make the same ones.
  await maintenance.query('select pg_advisory_lock(12)')
  await maintenance.query(`create database ${name}`)
  const prepared = createFetch({ url: urlOf(server, 'postgres', name), prepare: true, schema })
  const { status } = await send(prepared, 'GET', '/')
  await prepared.close()
  await maintenance.query('select pg_advisory_unlock(12)')
  if (status !== 200) throw new Error(`the database was not prepared: ${status}`)
  return {
    database: { url: urlOf(server, 'authenticator', name) },
    client: () => new pg.Client({ ...server, user: 'postgres', database: name }),
    async drop() {
      await maintenance.query(`drop database ${name} with (force)`)
      await maintenance.end()
    },
  }
}

/** Resolves once a query has a row: what is waited for is in the database, and no event tells it. */
export async function until(client: Pick<pg.Client, 'query'>, sql: string): Promise<void> {
  for (;;) {
    const { rowCount } = await client.query(sql)
    if (rowCount !== 0) return
    await new Promise((resolve) => setImmediate(resolve))
  }
}

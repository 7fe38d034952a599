// PostgREST 12 over HTTP, on a native PostgreSQL whose commits wait for no disk, as the others' do not.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { freePorts } from '../../support/ports.mjs'
import { supabase, SECRET } from '../client.mjs'
import { postgrestBinary } from '../packages.mjs'
import { rowsText, schemaText } from '../schema.mjs'

const READY_LIMIT_MS = 30_000
const POLL_MS = 50

const ROLES = `
  create role anon nologin noinherit;
  create role authenticator login noinherit;
  grant anon to authenticator;
  alter default privileges in schema public grant all on tables to anon;
  alter default privileges in schema public grant all on sequences to anon;
  alter role authenticator set synchronous_commit = off;`

async function fill(config) {
  const { default: pg } = await import('pg')
  const client = new pg.Client(config)
  await client.connect()
  await client.query(ROLES)
  await client.query(schemaText)
  await client.query(rowsText)
  await client.end()
}

async function ready(server, adminPort) {
  const limit = performance.now() + READY_LIMIT_MS
  while (performance.now() < limit && server.exitCode === null) {
    const answer = await fetch(`http://127.0.0.1:${adminPort}/ready`).catch(() => undefined)
    if (answer?.status === 200) return
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
  throw new Error('PostgREST was not ready in time')
}

/** Starts PostgREST, and resolves with it and its port once it has read the schema. */
async function startPostgREST({ host, port: databasePort, database }) {
  const [port, adminPort] = await freePorts(2)
  const env = {
    PGRST_DB_URI: `postgresql://authenticator@/${database}?host=${host}&port=${databasePort}`,
    PGRST_DB_SCHEMAS: 'public',
    PGRST_DB_ANON_ROLE: 'anon',
    PGRST_JWT_SECRET: SECRET,
    PGRST_SERVER_HOST: '127.0.0.1',
    PGRST_SERVER_PORT: String(port),
    PGRST_ADMIN_SERVER_PORT: String(adminPort),
    PGRST_LOG_LEVEL: 'error',
  }
  const server = spawn(postgrestBinary(), [], { env, stdio: 'ignore' })
  process.once('exit', () => server.kill('SIGKILL'))
  await ready(server, adminPort)
  return { server, port }
}

export async function open({ directory }) {
  const { startServer } = await import('../../support/native.mjs')
  const database = await startServer(directory)
  await fill(database.config)
  const { server, port } = await startPostgREST(database.config)
  // supabase-js asks below /rest/v1, where a gateway would be; PostgREST answers at the root.
  const direct = (input, init) => fetch(String(input).replace('/rest/v1', ''), init)
  return {
    client: supabase(direct, { url: `http://127.0.0.1:${port}` }),
    async close() {
      const ended = once(server, 'exit')
      server.kill('SIGTERM')
      await ended
      await database.stop()
    },
  }
}

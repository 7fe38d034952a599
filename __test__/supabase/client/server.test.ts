// The same client on a PostgreSQL server.
import { afterAll, beforeAll, expect, test } from 'vitest'
import pg from 'pg'
import { failure } from '../../support/answers'
import { startReference, type Reference } from '../../support/reference'
import { createClient, createFetch, directoryOf } from './support'

let server: Reference
let url: string

beforeAll(async () => {
  server = await startReference()
  url = `postgres://postgres@${encodeURIComponent(server.host)}:${server.port}/postgres`
})
afterAll(() => server.stop())

const migrations = directoryOf.bind(null, {
  '20240101000000_notes.sql': `
    create table notes (id bigint generated always as identity primary key, owner uuid default auth.uid(), body text);
    alter table notes enable row level security;
    create policy own on notes using (owner = auth.uid());`,
})

test('a server is made to look like a project on request, and is given the migrations', async () => {
  const supabase = createClient({ url, prepare: true, migrations: migrations() })
  const token = supabase.signJwt({ sub: '11111111-1111-4111-8111-111111111111' })
  const insert = supabase.from('notes').insert({ body: 'hello' }).select('body')
  const made = await insert.setHeader('Authorization', `Bearer ${token}`)
  expect([made.error, made.data, made.status]).toEqual([null, [{ body: 'hello' }], 201])
  expect((await supabase.from('notes').select()).data).toEqual([])
  expect(() => supabase.db).toThrow('there is no embedded database with option "url"')
})

test('what the server has had is not applied again', async () => {
  const service = createClient({ url, key: 'service_role', migrations: migrations() })
  expect((await service.from('notes').select('body')).data).toEqual([{ body: 'hello' }])
})

test('an aborted request stops its SQL on the server', async () => {
  const client = new pg.Client(url)
  await client.connect()
  await client.query(
    `create or replace function slow() returns void language sql as 'select pg_sleep(30)'; notify pgrst, 'reload schema'`
  )
  const fetch = createFetch({ url })
  const controller = new AbortController()
  const running = fetch('http://x/rest/v1/rpc/slow', { method: 'POST', signal: controller.signal })
  setTimeout(() => controller.abort(new Error('enough')), 500)
  expect((await failure(running)).message).toBe('enough')
  const still = `select count(*)::int from pg_stat_activity where state = 'active' and query like '%slow%' and pid <> pg_backend_pid()`
  const count = async () => ((await client.query(still)).rows[0] as { count: number }).count
  for (let tries = 0; tries < 50 && (await count()) > 0; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  expect(await count()).toBe(0)
  await fetch.close()
  await client.end()
})

test('a server that is not there is told', async () => {
  const fetch = createFetch({ url: 'postgres://postgres@127.0.0.1:1/postgres', schema: 'select 1' })
  expect((await failure(fetch('http://x/rest/v1/notes'))).message).toContain('ECONNREFUSED')
  await fetch.close()
})

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { failure } from '../../support/answers'
import { privateDatabase, temporaryDirectory } from '../../support/embedded'
import { createClient, directoryOf, rows } from './support'

const TABLE = 'create table todos (id int primary key, title text)'

test('schema is SQL text', async () => {
  const supabase = createClient({ schema: `${TABLE}; insert into todos values (1, 'a')` })
  expect(await rows(supabase, 'select * from todos')).toEqual([{ id: 1, title: 'a' }])
})

test('schema is the name of a file, or several files, applied in their order', async () => {
  const files = directoryOf({ 'b.sql': TABLE, 'a.sql': "insert into todos values (1, 'a')" })
  const one = createClient({ schema: join(files, 'b.sql') })
  expect(await rows(one, 'select * from todos')).toEqual([])
  const both = createClient({ schema: [join(files, 'b.sql'), join(files, 'a.sql')] })
  expect(await rows(both, 'select id from todos')).toEqual([{ id: 1 }])
})

test('a file that is not there is named', async () => {
  const supabase = createClient({ schema: 'nowhere.sql' })
  expect((await failure(rows(supabase, 'select 1'))).message).toBe(
    'oxbase: the file of option "schema" cannot be read: nowhere.sql'
  )
})

test('a schema is applied once to a database', async () => {
  const dataDir = temporaryDirectory()
  const first = createClient({ dataDir, schema: TABLE })
  await rows(first, 'insert into todos values (1)')
  await first.close()
  const second = createClient({ dataDir, schema: TABLE })
  expect(await rows(second, 'select id from todos')).toEqual([{ id: 1 }])
  await second.close()
  const changed = createClient({ dataDir, schema: `${TABLE};` })
  expect((await failure(rows(changed, 'select 1'))).message).toBe(
    `oxbase: schema: relation "todos" already exists\nStatement: ${TABLE}`
  )
})

test('two clients share a database and its schema', async () => {
  const place = privateDatabase()
  const [one, other] = [
    createClient({ ...place, schema: TABLE }),
    createClient({ ...place, schema: TABLE }),
  ]
  await rows(one, 'insert into todos values (7)')
  expect(await rows(other, 'select id from todos')).toEqual([{ id: 7 }])
})

test('a schema that fails leaves nothing', async () => {
  const place = privateDatabase()
  const failing = createClient({ ...place, schema: `${TABLE}; create tabel x ()` })
  expect((await failure(rows(failing, 'select 1'))).message).toContain(
    'Statement: create tabel x ()'
  )
  const next = createClient({ ...place, schema: TABLE })
  expect(await rows(next, 'select * from todos')).toEqual([])
})

test('a seed comes after the schema and the migrations, once', async () => {
  const dataDir = temporaryDirectory()
  const files = directoryOf({ 'seed.sql': "insert into todos values (1, 'file')" })
  const migrations = directoryOf({ '1_todos.sql': TABLE })
  const seed = [join(files, 'seed.sql'), "insert into todos values (2, 'text')"]
  const first = createClient({ dataDir, migrations, seed })
  expect(await rows(first, 'select id from todos order by id')).toEqual([{ id: 1 }, { id: 2 }])
  await rows(first, 'delete from todos')
  await first.close()
  const second = createClient({ dataDir, migrations, seed })
  expect(await rows(second, 'select id from todos')).toEqual([])
  expect(await rows(second, 'select count(*)::int from supabase_migrations.seed_files')).toEqual([
    { count: 2 },
  ])
})

test('a seed whose text has changed is not applied again', async () => {
  const dataDir = temporaryDirectory()
  const files = directoryOf({ 'seed.sql': 'insert into todos values (1)' })
  const seed = join(files, 'seed.sql')
  const first = createClient({ dataDir, schema: TABLE, seed })
  expect(await rows(first, 'select id from todos')).toHaveLength(1)
  await first.close()
  writeFileSync(seed, 'insert into todos values (2)')
  const second = createClient({ dataDir, schema: TABLE, seed })
  expect(await rows(second, 'select id from todos')).toEqual([{ id: 1 }])
})

test('a seed may make users with passwords', async () => {
  const supabase = createClient({
    seed: `insert into auth.users (id, email, encrypted_password)
           values (uuid_generate_v4(), 'ada@example.com', crypt('secret', gen_salt('bf', 4)))`,
  })
  expect(
    await rows(
      supabase,
      `select encrypted_password = crypt('secret', encrypted_password) as ok from auth.users`
    )
  ).toEqual([{ ok: true }])
})

test('nothing is noted in a database that is given nothing', async () => {
  const supabase = createClient()
  expect(await rows(supabase, `select to_regnamespace('supabase_migrations') as schema`)).toEqual([
    { schema: null },
  ])
})

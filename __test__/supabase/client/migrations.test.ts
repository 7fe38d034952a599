import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { failure } from '../../support/answers'
import { DatabaseError, privateDatabase, temporaryDirectory } from '../../support/embedded'
import { createClient, directoryOf, rows } from './support'

const TWO = {
  '20240102000000_add_done.sql': 'alter table todos add done boolean not null default false;',
  '20240101000000_create_todos.sql':
    '-- the first; of two\ncreate table todos (id int primary key, title text);\ninsert into todos values (1, $$a;b$$);',
}
const APPLIED = 'select version, name from supabase_migrations.schema_migrations order by version'

test('migrations are applied in the order of their versions, and recorded as the CLI records them', async () => {
  const supabase = createClient({ migrations: directoryOf(TWO) })
  expect(await rows(supabase, 'select * from todos')).toEqual([
    { id: 1, title: 'a;b', done: false },
  ])
  expect(
    await rows(supabase, 'select * from supabase_migrations.schema_migrations order by version')
  ).toEqual([
    {
      version: '20240101000000',
      name: 'create_todos',
      statements: [
        'create table todos (id int primary key, title text)',
        'insert into todos values (1, $$a;b$$)',
      ],
    },
    {
      version: '20240102000000',
      name: 'add_done',
      statements: ['alter table todos add done boolean not null default false'],
    },
  ])
})

test('files that are no migrations are passed over', async () => {
  const migrations = directoryOf({ ...TWO, 'README.md': '#', 'notes.sql': 'syntax error' })
  const supabase = createClient({ migrations })
  expect(await rows(supabase, APPLIED)).toHaveLength(2)
})

test('what was applied is not applied again, and what is new is', async () => {
  const dataDir = temporaryDirectory()
  const migrations = directoryOf(TWO)
  const first = createClient({ dataDir, migrations })
  expect(await rows(first, APPLIED)).toHaveLength(2)
  await first.close()
  writeFileSync(join(migrations, '20240103000000_more.sql'), 'insert into todos values (2)')
  const second = createClient({ dataDir, migrations })
  expect(await rows(second, 'select id from todos order by id')).toEqual([{ id: 1 }, { id: 2 }])
  expect(await rows(second, APPLIED)).toHaveLength(3)
})

test('two clients that open one database at once apply each migration once', async () => {
  const migrations = directoryOf(TWO)
  const place = privateDatabase()
  const clients = [1, 2, 3].map(() => createClient({ ...place, migrations }))
  const counts = await Promise.all(
    clients.map((client) => rows(client, 'select count(*)::int from todos'))
  )
  expect(counts).toEqual([[{ count: 1 }], [{ count: 1 }], [{ count: 1 }]])
})

test('a migration that fails is undone as a whole; those before it stay', async () => {
  const dataDir = temporaryDirectory()
  const migrations = directoryOf({
    ...TWO,
    '20240103000000_broken.sql': 'create table half (id int);\ninsert into nowhere values (1);',
  })
  const supabase = createClient({ dataDir, migrations })
  const error = await failure(rows(supabase, 'select 1'))
  expect(error.message).toBe(
    'oxbase: 20240103000000_broken.sql: relation "nowhere" does not exist\nStatement: insert into nowhere values (1)'
  )
  expect(error.cause).toBeInstanceOf(DatabaseError)
  expect(error.cause).toMatchObject({ code: '42P01', position: '13' })
  await supabase.close()
  const later = createClient({ dataDir })
  expect(await rows(later, APPLIED)).toHaveLength(2)
  expect(await rows(later, `select to_regclass('half') as half`)).toEqual([{ half: null }])
})

test('every request and every call tells why, again and again', async () => {
  const supabase = createClient({ migrations: directoryOf({ '1_x.sql': 'selec 1' }) })
  const first = await supabase.from('todos').select()
  expect(first.error?.message).toContain('1_x.sql: syntax error at or near "selec"')
  expect((await supabase.from('todos').select()).error?.message).toBe(first.error?.message)
  const told = await Promise.all([
    failure(supabase.db.query('select 1')),
    failure(supabase.db.exec('select 1')),
    failure(supabase.db.transaction(async () => undefined)),
    failure(supabase.db.listen('x', () => undefined)),
  ])
  for (const { message } of told) expect(message).toContain('Statement: selec 1')
})

test('a directory that is not there is named', async () => {
  const supabase = createClient({ migrations: '/nowhere/migrations' })
  expect((await failure(rows(supabase, 'select 1'))).message).toBe(
    'oxbase: the directory of option "migrations" cannot be read: /nowhere/migrations'
  )
})

test('a migration may create an extension that this engine brings', async () => {
  const supabase = createClient({
    migrations: directoryOf({
      '1_vector.sql':
        'create schema tools; create extension if not exists vector with schema extensions; create extension citext with schema tools; create table v (v extensions.vector(3), name tools.citext)',
    }),
  })
  expect(await rows(supabase, 'select extname from pg_extension order by 1')).toEqual(
    ['citext', 'pgcrypto', 'plpgsql', 'uuid-ossp', 'vector'].map((extname) => ({ extname }))
  )
})

test('an extension that nobody has fails, and its migration is not applied', async () => {
  const supabase = createClient({
    migrations: directoryOf({ '1_x.sql': 'create extension postgis' }),
  })
  expect((await failure(rows(supabase, 'select 1'))).message).toContain(
    '1_x.sql: extension "postgis" is not available'
  )
})

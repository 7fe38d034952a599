import { boolean, integer, pgSchema, pgTable, text } from 'drizzle-orm/pg-core'
import { expect, test } from 'vitest'
import { temporaryDirectory } from '../../support/embedded'
import { createClient, rows } from './support'

const users = pgTable('users', {
  id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
  name: text('name').notNull(),
})
const todos = pgTable('todos', {
  id: integer('id').primaryKey(),
  title: text('title').notNull(),
  owner: integer('owner').references(() => users.id),
})
const COLUMNS = `select table_name || '.' || column_name as name from information_schema.columns
  where table_schema = 'public' order by table_name, ordinal_position`

test('the tables of a Drizzle schema are made', async () => {
  const supabase = createClient({ drizzle: { schema: { users, todos } } })
  await rows(supabase, `insert into users (name) values ('ada')`)
  await rows(supabase, `insert into todos values (1, 'ship', 1)`)
  expect(await rows(supabase, COLUMNS)).toEqual(
    ['todos.id', 'todos.title', 'todos.owner', 'users.id', 'users.name'].map((name) => ({ name }))
  )
})

test('a later opening adds what the schema has gained, and keeps the rows', async () => {
  const dataDir = temporaryDirectory()
  const first = createClient({ dataDir, drizzle: { schema: { users } } })
  await rows(first, `insert into users (name) values ('ada')`)
  await first.close()
  const same = createClient({ dataDir, drizzle: { schema: { users } } })
  expect(await rows(same, 'select name from users')).toEqual([{ name: 'ada' }])
  await same.close()
  const wider = pgTable('users', {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    name: text('name').notNull(),
    admin: boolean('admin').notNull().default(false),
  })
  const later = createClient({ dataDir, drizzle: { schema: { users: wider, todos } } })
  expect(await rows(later, 'select * from users')).toEqual([{ id: 1, name: 'ada', admin: false }])
})

test('tables may be in schemas of their own', async () => {
  const app = pgSchema('app')
  const notes = app.table('notes', { id: integer('id').primaryKey() })
  const supabase = createClient({ drizzle: { schema: { app, notes } } })
  expect(await rows(supabase, 'select * from app.notes')).toEqual([])
})

test('the seed finds the tables', async () => {
  const supabase = createClient({
    drizzle: { schema: { users } },
    seed: `insert into users (name) values ('x');`,
  })
  expect(await rows(supabase, 'select name from users')).toEqual([{ name: 'x' }])
})

// Drizzle over node-postgres and over postgres.js: query builder, relational queries, transactions,
// migrations, and drizzle-kit, which compares a schema with the database's and changes the latter.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eq, relations, sql } from 'drizzle-orm'
import { drizzle as overPg } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import {
  boolean,
  doublePrecision,
  integer,
  jsonb,
  numeric,
  pgTable,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core'
import { drizzle as overPostgresJs } from 'drizzle-orm/postgres-js'
import pg from 'pg'
import postgres from 'postgres'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { failure } from '../support/answers'
import { address, rows } from '../support/server'
import { startNode } from '../support/child'

const authors = pgTable('authors', {
  id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
  name: text('name').notNull().unique(),
})
const books = pgTable('books', {
  id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
  title: text('title').notNull(),
  author: integer('author').references(() => authors.id),
})
const values = pgTable('all_values', {
  n: integer('n'),
  d: doublePrecision('d'),
  exact: numeric('exact'),
  b: boolean('b'),
  t: text('t'),
  at: timestamp('at', { withTimezone: true }),
  j: jsonb('j'),
  u: uuid('u'),
  list: text('list').array(),
})
const schema = {
  authors,
  books,
  values,
  authorRelations: relations(authors, ({ many }) => ({ books: many(books) })),
  bookRelations: relations(books, ({ one }) => ({
    writer: one(authors, { fields: [books.author], references: [authors.id] }),
  })),
}
const TABLES = `drop table if exists books, authors, all_values;
create table authors (id int generated always as identity primary key, name text not null unique);
create table books (id int generated always as identity primary key, title text not null,
  author int references authors);
create table all_values (n int, d float8, exact numeric, b boolean, t text, at timestamptz, j jsonb,
  u uuid, list text[])`

function openPg() {
  const pool = new pg.Pool({ connectionString: address.url, max: 3 })
  onTestFinished(() => pool.end())
  return overPg(pool, { schema })
}

function openPostgresJs() {
  const client = postgres(address.url, { max: 3, onnotice: () => undefined })
  onTestFinished(() => client.end())
  return overPostgresJs(client, { schema }) as unknown as ReturnType<typeof openPg>
}

describe.each([
  ['node-postgres', openPg],
  ['postgres.js', openPostgresJs],
])('over %s', (_, open) => {
  beforeAll(() => rows(TABLES))

  test('rows are inserted, joined, updated and deleted', async () => {
    const db = open()
    const [ada] = await db.insert(authors).values({ name: 'ada' }).returning()
    expect(ada).toEqual({ id: 1, name: 'ada' })
    await db.insert(books).values([{ title: 'Notes', author: 1 }, { title: 'More' }])
    const joined = await db
      .select({ title: books.title, name: authors.name })
      .from(books)
      .leftJoin(authors, eq(books.author, authors.id))
      .orderBy(books.id)
    expect(joined).toEqual([
      { title: 'Notes', name: 'ada' },
      { title: 'More', name: null },
    ])
    const renamed = db.update(books).set({ title: 'Much more' }).where(eq(books.title, 'More'))
    expect(await renamed.returning({ id: books.id })).toEqual([{ id: 2 }])
    expect(await db.delete(books).where(eq(books.id, 2)).returning()).toHaveLength(1)
  })

  test('a relational query answers nested objects', async () => {
    const db = open()
    expect(await db.query.authors.findMany({ with: { books: true } })).toEqual([
      { id: 1, name: 'ada', books: [{ id: 1, title: 'Notes', author: 1 }] },
    ])
    const book = db.query.books.findFirst({ columns: { title: true }, with: { writer: true } })
    expect(await book).toEqual({ title: 'Notes', writer: { id: 1, name: 'ada' } })
  })

  test('values of every column type come back as they were stored', async () => {
    const db = open()
    const stored = {
      n: -2147483648,
      d: 1e-300,
      exact: '12345678901234567890.5',
      b: true,
      t: 'O\'Neil "ü" 😀 \\',
      at: new Date('2024-02-29T12:34:56.789Z'),
      j: { a: [1, null, { b: 'ü' }] },
      u: '0191d7c2-0000-7000-8000-000000000001',
      list: ['a,b', '"', '\\', ''],
    }
    expect(await db.insert(values).values(stored).returning()).toEqual([stored])
    expect(await db.select().from(values)).toEqual([stored])
  })

  test('a prepared statement runs with other placeholders', async () => {
    const db = open()
    const twice = db
      .select({ n: sql<number>`${sql.placeholder('n')}::int * 2` })
      .from(sql`(select) as one_row`)
      .prepare('twice')
    expect(await twice.execute({ n: 1 })).toEqual([{ n: 2 }])
    expect(await twice.execute({ n: 21 })).toEqual([{ n: 42 }])
  })

  test('a transaction commits, a nested one goes back, and an error undoes all', async () => {
    const db = open()
    await db.transaction(async (tx) => {
      await tx.insert(authors).values({ name: 'kept' })
      const inner = tx.transaction(async (nested) => {
        await nested.insert(authors).values({ name: 'undone' })
        nested.rollback()
      })
      await expect(inner).rejects.toThrow('Rollback')
    })
    const thrown = db.transaction(async (tx) => {
      await tx.insert(authors).values({ name: 'gone' })
      throw new Error('none of it')
    })
    await expect(thrown).rejects.toThrow('none of it')
    const names = await db.select({ name: authors.name }).from(authors).orderBy(authors.name)
    expect(names).toEqual([{ name: 'ada' }, { name: 'kept' }])
  })

  test('an error has the cause with its SQLSTATE, and the pool goes on', async () => {
    const db = open()
    const error = await failure(db.insert(authors).values({ name: 'ada' }))
    expect(error.cause).toMatchObject({ code: '23505' })
    expect(await db.$count(authors, eq(authors.name, 'ada'))).toBe(1)
  })
})

test('migrations of a folder run once', async () => {
  const db = openPg()
  const migrationsFolder = scratch()
  const entry = {
    idx: 0,
    version: '7',
    when: 1_700_000_000_000,
    tag: '0000_first',
    breakpoints: true,
  }
  mkdirSync(join(migrationsFolder, 'meta'))
  writeFileSync(
    join(migrationsFolder, 'meta/_journal.json'),
    JSON.stringify({ version: '7', dialect: 'postgresql', entries: [entry] })
  )
  writeFileSync(
    join(migrationsFolder, '0000_first.sql'),
    'create table migrated (n int);\n--> statement-breakpoint\ninsert into migrated values (1);'
  )
  await migrate(db, { migrationsFolder })
  await migrate(db, { migrationsFolder })
  expect(await rows('select * from migrated')).toEqual([{ n: 1 }])
})

test('drizzle-kit push makes the tables of a schema, and changes them with it', async () => {
  const directory = scratch()
  const first = `id: integer('id').primaryKey(), name: text('name').notNull()`
  const second = `${first}, tags: text('tags').array().notNull().default([])`
  const version = `select xmin::text as version from pg_class where relname = 'pushed'`
  await push(directory, first)
  await rows(`insert into pushed values (1, 'ada')`)
  await push(directory, second)
  expect(await rows('select * from pushed')).toEqual([{ id: 1, name: 'ada', tags: [] }])
  const before = await rows(version)
  await push(directory, second)
  expect(await rows(version)).toEqual(before)
})

function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), 'oxdrizzle-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** Runs `drizzle-kit push` with a schema of one table with these columns. */
async function push(directory: string, columns: string): Promise<void> {
  const file = join(directory, 'schema.ts')
  writeFileSync(
    file,
    `import { integer, pgTable, text } from '${import.meta.resolve('drizzle-orm/pg-core')}'
export const pushed = pgTable('pushed', { ${columns} })`
  )
  const flags = ['--dialect=postgresql', `--schema=${file}`, `--url=${address.url}`]
  const bin = join(import.meta.dirname, '../../node_modules/drizzle-kit/bin.cjs')
  const only = ['--tablesFilter=pushed', '--force']
  const { outcome } = startNode([bin, 'push', ...flags, ...only])
  expect(await outcome).toMatchObject({ code: 0 })
}

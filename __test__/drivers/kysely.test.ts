// Kysely over node-postgres: builder, transactions, streaming, migrations and introspection.
import { CompiledQuery, Kysely, Migrator, PostgresDialect, sql } from 'kysely'
import type { Generated, Migration } from 'kysely'
import pg from 'pg'
import Cursor from 'pg-cursor'
import { expect, onTestFinished, test } from 'vitest'
import { failure } from '../support/answers'
import { address, repeatUntil, rows } from '../support/server'

interface Tables {
  person: { id: Generated<number>; name: string; born: Date | null; tags: string[] }
  pet: { id: Generated<number>; owner: number; name: string }
  kept: { n: number }
}

function open(max = 4): Kysely<Tables> {
  const pool = new pg.Pool({ connectionString: address.url, max })
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool, cursor: Cursor }) })
  onTestFinished(() => db.destroy())
  return db
}

async function withPeople(db: Kysely<Tables>): Promise<void> {
  await db.schema.dropTable('pet').ifExists().execute()
  await db.schema.dropTable('person').ifExists().execute()
  await db.schema
    .createTable('person')
    .addColumn('id', 'integer', (c) => c.primaryKey().generatedAlwaysAsIdentity())
    .addColumn('name', 'text', (c) => c.notNull().unique())
    .addColumn('born', 'timestamptz')
    .addColumn('tags', sql`text[]`, (c) => c.notNull().defaultTo('{}'))
    .execute()
  await db.schema
    .createTable('pet')
    .addColumn('id', 'integer', (c) => c.primaryKey().generatedAlwaysAsIdentity())
    .addColumn('owner', 'integer', (c) => c.notNull().references('person.id'))
    .addColumn('name', 'text', (c) => c.notNull())
    .execute()
}

test('built statements insert, join, update and delete', async () => {
  const db = open()
  await withPeople(db)
  const born = new Date('1815-12-10T00:00:00.000Z')
  const people = [
    { name: 'ada', born, tags: ['a,b', '"'] },
    { name: 'bob', born: null, tags: [] },
  ]
  const made = await db.insertInto('person').values(people).returningAll().execute()
  expect(made).toEqual(people.map((person, i) => ({ id: i + 1, ...person })))
  await db.insertInto('pet').values({ owner: 1, name: 'rex' }).execute()
  const joined = db
    .selectFrom('person')
    .leftJoin('pet', 'pet.owner', 'person.id')
    .select(['person.name', 'pet.name as pet'])
    .orderBy('person.id')
  expect(await joined.execute()).toEqual([
    { name: 'ada', pet: 'rex' },
    { name: 'bob', pet: null },
  ])
  const updated = await db
    .updateTable('person')
    .set({ name: 'Bob' })
    .where('name', '=', 'bob')
    .executeTakeFirst()
  expect(updated.numUpdatedRows).toBe(1n)
  const deleted = await db.deleteFrom('pet').where('owner', 'in', [1, 2]).executeTakeFirst()
  expect(deleted.numDeletedRows).toBe(1n)
})

test('a conflict is resolved as the statement says', async () => {
  const db = open()
  await withPeople(db)
  const upsert = (tags: string[]) =>
    db
      .insertInto('person')
      .values({ name: 'ada', tags })
      .onConflict((c) => c.column('name').doUpdateSet({ tags: (e) => e.ref('excluded.tags') }))
      .returning('tags')
      .executeTakeFirstOrThrow()
  expect(await upsert(['one'])).toEqual({ tags: ['one'] })
  expect(await upsert(['two'])).toEqual({ tags: ['two'] })
})

test('a transaction commits, and is rolled back when its function throws', async () => {
  const db = open()
  await db.schema.createTable('kept').addColumn('n', 'integer').execute()
  await db.transaction().execute((trx) => trx.insertInto('kept').values({ n: 1 }).execute())
  const thrown = db
    .transaction()
    .setIsolationLevel('serializable')
    .execute(async (trx) => {
      await trx.insertInto('kept').values({ n: 2 }).execute()
      throw new Error('none of it')
    })
  await expect(thrown).rejects.toThrow('none of it')
  expect(await rows('select n from kept')).toEqual([{ n: 1 }])
})

test('a controlled transaction goes back to its savepoint', async () => {
  const db = open()
  await withPeople(db)
  const trx = await db.startTransaction().execute()
  await trx.insertInto('person').values({ name: 'ada', tags: [] }).execute()
  const inner = await trx.savepoint('here').execute()
  await inner.insertInto('person').values({ name: 'bob', tags: [] }).execute()
  await inner.rollbackToSavepoint('here').execute()
  await trx.commit().execute()
  expect(await rows('select name from person')).toEqual([{ name: 'ada' }])
})

test('an error keeps its SQLSTATE and fields, and the connection goes on', async () => {
  const db = open(1)
  await withPeople(db)
  const add = () => db.insertInto('person').values({ name: 'ada', tags: [] }).execute()
  await add()
  expect(await failure(add())).toMatchObject({
    code: '23505',
    constraint: 'person_name_key',
    detail: 'Key (name)=(ada) already exists.',
  })
  expect(await db.selectFrom('person').select('name').execute()).toEqual([{ name: 'ada' }])
})

test('rows are streamed in chunks through a cursor', async () => {
  const db = open(1)
  const query = db.selectFrom(sql<{ n: number }>`generate_series(1, 1000)`.as<'s'>(sql`s(n)`))
  const seen: number[] = []
  for await (const { n } of query.select('s.n').stream(100)) seen.push(n)
  expect(seen).toEqual(Array.from({ length: 1000 }, (_, i) => i + 1))
})

test('a session that another one cancels gets 57014, and the pool goes on', async () => {
  const [db, other] = [open(1), open(1)]
  const asked = await db.executeQuery<{ pid: number }>(
    CompiledQuery.raw('select pg_backend_pid() as pid')
  )
  const stopped = failure(db.executeQuery(CompiledQuery.raw('select pg_sleep(20)')))
  const cancel = () =>
    other.executeQuery(CompiledQuery.raw('select pg_cancel_backend($1)', [asked.rows[0]?.pid]))
  expect(await repeatUntil(stopped, cancel)).toMatchObject({ code: '57014' })
  expect((await sql`select 1 as one`.execute(db)).rows).toEqual([{ one: 1 }])
})

test('migrations run once, in order, and go back', async () => {
  const db = open()
  const table = (name: string): Migration => ({
    up: (on) => on.schema.createTable(name).addColumn('n', 'integer').execute(),
    down: (on) => on.schema.dropTable(name).execute(),
  })
  const migrations = { '1_first': table('first'), '2_second': table('second') }
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } })
  const steps = async (run: Promise<Awaited<ReturnType<typeof migrator.migrateToLatest>>>) => {
    const { error, results } = await run
    return { error, done: results?.map((r) => `${r.direction} ${r.migrationName} ${r.status}`) }
  }
  const up = ['Up 1_first Success', 'Up 2_second Success']
  expect(await steps(migrator.migrateToLatest())).toEqual({ error: undefined, done: up })
  expect(await steps(migrator.migrateToLatest())).toEqual({ error: undefined, done: [] })
  const down = ['Down 2_second Success']
  expect(await steps(migrator.migrateDown())).toEqual({ error: undefined, done: down })
  const names = await rows(`select to_regclass('first') is not null as first,
    to_regclass('second') is not null as second`)
  expect(names).toEqual([{ first: true, second: false }])
})

test('two migrators at once run each migration once', async () => {
  const make = () => {
    const db = open()
    const up = (on: Kysely<unknown>) =>
      on.schema.createTable('raced').addColumn('n', 'integer').execute()
    const provider = { getMigrations: async () => ({ raced: { up } }) }
    const names = { migrationTableName: 'races', migrationLockTableName: 'races_lock' }
    return new Migrator({ db, provider, ...names })
  }
  const outcomes = await Promise.all([make().migrateToLatest(), make().migrateToLatest()])
  expect(outcomes.map(({ error }) => error)).toEqual([undefined, undefined])
  expect(outcomes.flatMap(({ results }) => results ?? [])).toHaveLength(1)
})

test('introspection finds tables and columns', async () => {
  const db = open()
  await withPeople(db)
  const tables = await db.introspection.getTables()
  const person = tables.find(({ name }) => name === 'person')
  expect(person?.columns.map((c) => [c.name, c.dataType, c.isNullable, c.hasDefaultValue])).toEqual(
    [
      ['id', 'int4', false, false],
      ['name', 'text', false, false],
      ['born', 'timestamptz', true, false],
      ['tags', '_text', false, true],
    ]
  )
})

// Knex over node-postgres: builder, transactions, streams, schema and migrations.
import knex from 'knex'
import type { Knex } from 'knex'
import { expect, onTestFinished, test } from 'vitest'
import { failure } from '../support/answers'
import { address, rows } from '../support/server'

const { host, port, user, database, url, socketDirectory } = address

function open(connection: Knex.Config['connection'] = url, max = 4): Knex {
  const db = knex({ client: 'pg', connection, pool: { min: 0, max } })
  onTestFinished(() => db.destroy())
  return db
}

test.each([
  ['a URL', url],
  ['options', { host, port, user, database }],
  ['the directory of the Unix socket', { host: socketDirectory, port, user, database }],
])('a client connects by %s', async (_, connection) => {
  const { rows } = await open(connection).raw('select current_database() as d')
  expect(rows).toEqual([{ d: database }])
})

test('built statements insert, select, update, upsert and delete', async () => {
  const db = open()
  await db.schema.createTable('person', (table) => {
    table.increments('id')
    table.string('name').notNullable().unique()
    table.jsonb('extra')
    table.specificType('tags', 'text[]')
    table.timestamp('born')
  })
  const born = new Date('1815-12-10T00:00:00.000Z')
  const ada = { name: 'ada', extra: { a: [1, null] }, tags: ['x,y', '"'], born }
  expect(await db('person').insert(ada).returning('*')).toEqual([{ id: 1, ...ada }])
  expect(await db('person').where({ id: 1 }).update({ name: 'Ada' })).toBe(1)
  const upsert = db('person')
    .insert({ name: 'Ada', tags: ['z'] })
    .onConflict('name')
  expect(await upsert.merge(['tags']).returning(['name', 'tags'])).toEqual([
    { name: 'Ada', tags: ['z'] },
  ])
  expect(
    await db('person')
      .whereRaw('extra @> ?', [{ a: [1] }])
      .pluck('name')
  ).toEqual(['Ada'])
  expect(await db('person').del()).toBe(1)
})

test('the schema builder alters tables, and knows what is there', async () => {
  const db = open()
  await db.schema.createTable('shape', (table) => table.integer('n'))
  await db.schema.alterTable('shape', (table) => {
    table.string('t', 10).defaultTo('x')
    table.index(['n'], 'shape_n')
  })
  expect(await db.schema.hasTable('shape')).toBe(true)
  expect(await db.schema.hasColumn('shape', 't')).toBe(true)
  expect(await db('shape').columnInfo()).toMatchObject({
    n: { type: 'integer', nullable: true },
    t: { type: 'character varying', maxLength: 10 },
  })
})

test('a transaction commits, and is rolled back when its function throws', async () => {
  const db = open()
  await db.schema.createTable('moved', (table) => table.integer('n'))
  await db.transaction(async (trx) => {
    await trx('moved').insert({ n: 1 })
    const inner = trx.transaction(async (savepoint) => {
      await savepoint('moved').insert({ n: 2 })
      throw new Error('not this')
    })
    await expect(inner).rejects.toThrow('not this')
  })
  const thrown = db.transaction(async (trx) => {
    await trx('moved').insert({ n: 3 })
    throw new Error('none of it')
  })
  await expect(thrown).rejects.toThrow('none of it')
  expect(await rows('select n from moved')).toEqual([{ n: 1 }])
})

test('an error keeps its SQLSTATE, and the connection goes on', async () => {
  const db = open(url, 1)
  expect(await failure(db.raw('select 1 / ?::int', [0]))).toMatchObject({ code: '22012' })
  expect((await db.raw('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('a query that takes too long is cancelled on the server', async () => {
  const db = open()
  const slow = db.raw('select pg_sleep(20)').timeout(200, { cancel: true })
  expect(await failure(slow)).toMatchObject({ name: 'KnexTimeoutError' })
  const begun = performance.now()
  expect((await db.raw('select 1 as one')).rows).toEqual([{ one: 1 }])
  expect(performance.now() - begun).toBeLessThan(10_000)
})

test('rows are streamed', async () => {
  const db = open()
  const stream = db.select('n').from(db.raw('generate_series(1, 1000) as n')).stream()
  const seen = (await stream.toArray()) as { n: number }[]
  expect(seen.map(({ n }) => n)).toEqual(Array.from({ length: 1000 }, (_, i) => i + 1))
})

test('transactions at once wait for each other, and all take effect', async () => {
  const db = open()
  await db.schema.createTable('counter', (table) => table.integer('n'))
  await db('counter').insert({ n: 0 })
  const raise = () =>
    db.transaction(async (trx) => {
      const row = await trx<{ n: number }>('counter').forUpdate().first()
      await trx('counter').update({ n: (row?.n ?? 0) + 1 })
    })
  await Promise.all(Array.from({ length: 12 }, raise))
  expect(await rows('select n from counter')).toEqual([{ n: 12 }])
})

test('migrations run once, in order, and go back', async () => {
  const db = open()
  const table = (name: string) => ({
    name,
    up: (on: Knex) => on.schema.createTable(name, (t) => t.integer('n')),
    down: (on: Knex) => on.schema.dropTable(name),
  })
  const all = [table('first'), table('second')]
  const migrationSource: Knex.MigrationSource<(typeof all)[0]> = {
    getMigrations: async () => all,
    getMigrationName: ({ name }) => name,
    getMigration: async (migration) => migration,
  }
  const { migrate } = db
  expect(await migrate.latest({ migrationSource })).toEqual([1, ['first', 'second']])
  expect(await migrate.latest({ migrationSource })).toEqual([1, []])
  expect(await migrate.down({ migrationSource })).toEqual([1, ['second']])
  expect(await migrate.currentVersion({ migrationSource })).toBe('first')
  expect(await rows(`select to_regclass('second') as t`)).toEqual([{ t: null }])
})

test('a migration that fails leaves nothing behind', async () => {
  const db = open()
  const wrong = async (on: Knex) => {
    await on.schema.createTable('half', (t) => t.integer('n'))
    await on.raw('select 1 / 0')
  }
  const migrationSource: Knex.MigrationSource<string> = {
    getMigrations: async () => ['wrong'],
    getMigrationName: (name) => name,
    getMigration: async () => ({ up: wrong, down: async () => undefined }),
  }
  const log = Object.fromEntries(['warn', 'error', 'debug'].map((level) => [level, () => {}]))
  const quiet = knex({ client: 'pg', connection: url, log, migrations: { tableName: 'failing' } })
  onTestFinished(() => quiet.destroy())
  expect(await failure(quiet.migrate.latest({ migrationSource }))).toMatchObject({ code: '22012' })
  expect(await db.schema.hasTable('half')).toBe(false)
  expect(await quiet.migrate.list({ migrationSource })).toEqual([[], ['wrong']])
})

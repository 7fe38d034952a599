// TypeORM over node-postgres: entities by their schema, synchronize, migrations, query runner.
import { DataSource, EntitySchema } from 'typeorm'
import type { DataSourceOptions, MigrationInterface, QueryRunner } from 'typeorm'
import { expect, onTestFinished, test } from 'vitest'
import { failure } from '../support/answers'
import { address, repeatUntil, rows } from '../support/server'

interface Author {
  id: number
  name: string
  mood: 'fine' | 'low'
  extra: unknown
  tags: string[]
  score: string | null
  born: Date | null
  picture: Buffer | null
  token: string | null
  books: Book[]
}
interface Book {
  id: number
  title: string
  author: Author | null
}

const Author = new EntitySchema<Author>({
  name: 'Author',
  tableName: 'author',
  columns: {
    id: { type: 'int', primary: true, generated: 'increment' },
    name: { type: 'varchar', length: 100, unique: true },
    mood: { type: 'enum', enum: ['fine', 'low'], default: 'fine' },
    extra: { type: 'jsonb', default: {} },
    tags: { type: 'text', array: true, default: [] },
    score: { type: 'numeric', precision: 20, scale: 2, nullable: true },
    born: { type: 'timestamptz', nullable: true },
    picture: { type: 'bytea', nullable: true },
    token: { type: 'uuid', nullable: true },
  },
  relations: { books: { type: 'one-to-many', target: 'Book', inverseSide: 'author' } },
})
const Book = new EntitySchema<Book>({
  name: 'Book',
  tableName: 'book',
  columns: {
    id: { type: 'int', primary: true, generated: 'increment' },
    title: { type: 'text' },
  },
  relations: {
    author: { type: 'many-to-one', target: 'Author', inverseSide: 'books', onDelete: 'CASCADE' },
  },
  indices: [{ columns: ['title'] }],
})

async function open(options: Partial<DataSourceOptions> = {}): Promise<DataSource> {
  const base = { type: 'postgres' as const, url: address.url, entities: [Author, Book] }
  const source = new DataSource({ ...base, ...options } as DataSourceOptions)
  onTestFinished(() => source.destroy())
  return source.initialize()
}

/** With tables of the entities and no rows. */
const openEmpty = () => open({ synchronize: true, dropSchema: true })

test('synchronize makes the tables, and has nothing to do afterwards', async () => {
  const source = await openEmpty()
  expect((await source.driver.createSchemaBuilder().log()).upQueries).toEqual([])
  const again = await open()
  expect((await again.driver.createSchemaBuilder().log()).upQueries).toEqual([])
})

test('an entity comes back with each of its values', async () => {
  const source = await openEmpty()
  const ada = {
    name: 'ada "ü" 😀',
    mood: 'low' as const,
    extra: { a: [1, null] },
    tags: ['a,b', '"', '\\'],
    score: '123456789012345678.25',
    born: new Date('2024-02-29T12:34:56.789Z'),
    picture: Buffer.from([0, 255, 92]),
    token: '0191d7c2-0000-7000-8000-000000000001',
  }
  await source.getRepository(Author).save({ ...ada })
  expect(await source.getRepository(Author).find()).toEqual([{ id: 1, ...ada }])
})

test('relations are saved, joined and removed with their owner', async () => {
  const source = await openEmpty()
  const authors = source.getRepository(Author)
  const ada = await authors.save({ name: 'ada' })
  await source.getRepository(Book).save([{ title: 'Notes', author: ada }, { title: 'None' }])
  const found = await authors.find({ relations: { books: true }, select: { name: true } })
  expect(found).toEqual([{ name: 'ada', books: [{ id: 1, title: 'Notes' }] }])
  const counted = await source
    .getRepository(Book)
    .createQueryBuilder('book')
    .leftJoin('book.author', 'author')
    .where('author.name = :name or book.title in (:...titles)', { name: 'ada', titles: ['None'] })
    .getCount()
  expect(counted).toBe(2)
  await authors.delete(ada.id)
  expect(await rows('select title from book')).toEqual([{ title: 'None' }])
})

test('a uuid that the database makes has its extension created', async () => {
  const Token = new EntitySchema<{ id: string }>({
    name: 'Token',
    columns: { id: { type: 'uuid', primary: true, generated: 'uuid' } },
  })
  const source = await open({ entities: [Token], synchronize: true, dropSchema: true })
  const { id } = await source.getRepository(Token).save({})
  expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  expect(await rows(`select extname from pg_extension where extname like 'uuid%'`)).toEqual([
    { extname: 'uuid-ossp' },
  ])
})

test('an upsert changes the row that is there', async () => {
  const source = await openEmpty()
  const authors = source.getRepository(Author)
  for (const mood of ['fine', 'low'] as const) await authors.upsert({ name: 'ada', mood }, ['name'])
  expect(await rows('select name, mood from author')).toEqual([{ name: 'ada', mood: 'low' }])
})

test('a transaction commits, and is rolled back when its function throws', async () => {
  const source = await openEmpty()
  await source.transaction((manager) => manager.save(Author, { name: 'kept' }))
  const thrown = source.transaction('SERIALIZABLE', async (manager) => {
    await manager.save(Author, { name: 'gone' })
    throw new Error('none of it')
  })
  await expect(thrown).rejects.toThrow('none of it')
  expect(await rows('select name from author')).toEqual([{ name: 'kept' }])
})

test('a query runner holds one connection, and nests transactions as savepoints', async () => {
  const source = await openEmpty()
  const runner = source.createQueryRunner()
  await runner.startTransaction()
  await runner.manager.save(Author, { name: 'kept' })
  await runner.startTransaction()
  await runner.manager.save(Author, { name: 'undone' })
  await runner.rollbackTransaction()
  await runner.commitTransaction()
  const pid = () => runner.query('select pg_backend_pid() as pid') as Promise<unknown>
  expect(await pid()).toEqual(await pid())
  await runner.release()
  expect(await rows('select name from author')).toEqual([{ name: 'kept' }])
})

test('an error keeps the SQLSTATE and fields, and the connection goes on', async () => {
  const source = await openEmpty()
  const authors = source.getRepository(Author)
  await authors.insert({ name: 'ada' })
  expect(await failure(authors.insert({ name: 'ada' }))).toMatchObject({
    name: 'QueryFailedError',
    driverError: { code: '23505', detail: 'Key (name)=(ada) already exists.', table: 'author' },
  })
  expect(await authors.count()).toBe(1)
})

test('a pessimistic lock makes another transaction wait', async () => {
  const source = await openEmpty()
  await source.getRepository(Author).insert({ name: 'ada', extra: { n: 0 } })
  const raise = () =>
    source.transaction(async (manager) => {
      const lock = { mode: 'pessimistic_write' as const }
      const ada = await manager.findOneOrFail(Author, { where: { name: 'ada' }, lock })
      const { n } = ada.extra as { n: number }
      await manager.update(Author, ada.id, { extra: { n: n + 1 } } as object)
    })
  await Promise.all(Array.from({ length: 10 }, raise))
  expect(await rows('select extra from author')).toEqual([{ extra: { n: 10 } }])
})

test('rows are streamed', async () => {
  const source = await openEmpty()
  const names = Array.from({ length: 250 }, (_, i) => ({ name: `n${i}` }))
  await source.getRepository(Author).insert(names.map((row) => ({ ...row })))
  const builder = source.getRepository(Author).createQueryBuilder('a').select('a.name', 'name')
  const seen = (await (await builder.orderBy('a.id').stream()).toArray()) as { name: string }[]
  expect(seen.map(({ name }) => ({ name }))).toEqual(names)
})

class First1700000000001 implements MigrationInterface {
  name = 'First1700000000001'
  up = (runner: QueryRunner) => runner.query('create table migrated (n int)')
  down = (runner: QueryRunner) => runner.query('drop table migrated')
}
class Second1700000000002 implements MigrationInterface {
  name = 'Second1700000000002'
  up = (runner: QueryRunner) => runner.query('create index migrated_n on migrated (n)')
  down = (runner: QueryRunner) => runner.query('drop index migrated_n')
}

test('migrations run once, in order, and go back', async () => {
  const migrations = [First1700000000001, Second1700000000002]
  const source = await open({ migrations, dropSchema: true })
  const names = async () => (await source.runMigrations()).map(({ name }) => name)
  expect(await names()).toEqual(['First1700000000001', 'Second1700000000002'])
  expect(await names()).toEqual([])
  await source.undoLastMigration()
  expect(
    await rows(`select to_regclass('migrated') is not null as t,
    to_regclass('migrated_n') is not null as i`)
  ).toEqual([{ t: true, i: false }])
})

test('a migration that fails is undone with all that came before it', async () => {
  class Wrong1700000000003 implements MigrationInterface {
    name = 'Wrong1700000000003'
    up = (runner: QueryRunner) => runner.query('select 1 / 0')
    down = async () => undefined
  }
  const source = await open({
    migrations: [First1700000000001, Wrong1700000000003],
    dropSchema: true,
  })
  expect(await failure(source.runMigrations())).toMatchObject({ driverError: { code: '22012' } })
  expect(await rows(`select to_regclass('migrated') as t`)).toEqual([{ t: null }])
})

test('a statement that runs is cancelled by another connection', async () => {
  const source = await open()
  const runner = source.createQueryRunner()
  const [me] = (await runner.query('select pg_backend_pid() as pid')) as [{ pid: number }]
  const stopped = failure(runner.query('select pg_sleep(20)'))
  const cancel = () => source.query('select pg_cancel_backend($1)', [me.pid])
  expect(await repeatUntil(stopped, cancel)).toMatchObject({ driverError: { code: '57014' } })
  expect(await runner.query('select 1 as one')).toEqual([{ one: 1 }])
  await runner.release()
})

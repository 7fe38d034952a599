// Prisma Client 7 with its adapter for node-postgres. The client is generated from prisma/schema.prisma,
// which needs nothing from outside. `prisma migrate` needs the schema engine, a binary that is in no
// npm package: it is tested where PRISMA_SCHEMA_ENGINE_BINARY names one.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PrismaPg } from '@prisma/adapter-pg'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { failure } from '../support/answers'
import { address, repeatUntil, rows } from '../support/server'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const SOURCE = fileURLToPath(new URL('prisma', import.meta.url))
const engine = process.env['PRISMA_SCHEMA_ENGINE_BINARY']

type Call = (args?: object) => Promise<unknown>
type Model = Record<
  'create' | 'createMany' | 'findMany' | 'findUnique' | 'update' | 'upsert' | 'deleteMany',
  Call
> &
  Record<'count' | 'aggregate' | 'groupBy' | 'createManyAndReturn', Call>
/** What the tests use of the generated client. */
interface Client {
  author: Model
  book: Model
  everything: Model
  $transaction(
    work: ((tx: Client) => Promise<unknown>) | Promise<unknown>[],
    options?: object
  ): Promise<unknown>
  $queryRaw(text: TemplateStringsArray, ...values: unknown[]): Promise<unknown>
  $queryRawUnsafe(text: string, ...values: unknown[]): Promise<unknown>
  $executeRaw(text: TemplateStringsArray, ...values: unknown[]): Promise<number>
  $connect(): Promise<void>
  $disconnect(): Promise<void>
}

let directory: string
let PrismaClient: new (options: object) => Client

beforeAll(async () => {
  // Inside of the repository, where the generated modules find the packages they import.
  mkdirSync(join(ROOT, '.cache'), { recursive: true })
  directory = mkdtempSync(join(ROOT, '.cache/prisma-'))
  cpSync(SOURCE, directory, { recursive: true })
  const output = 'output = "./generated"\n  moduleFormat = "esm"\n  provider = "prisma-client"'
  const schema = readFileSync(join(SOURCE, 'schema.prisma'), 'utf8')
  writeFileSync(
    join(directory, 'schema.prisma'),
    schema.replace('provider = "prisma-client"', output)
  )
  writeFileSync(
    join(directory, 'prisma.config.mjs'),
    `export default { schema: 'schema.prisma', migrations: { path: 'migrations' },
      datasource: { url: ${JSON.stringify(address.url)} } }`
  )
  // Generating does not run the schema engine, but looks for it, and would download it.
  const { code, output: said } = await prisma(['generate'], {
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
  })
  expect(code, said).toBe(0)
  const generated: unknown = await import(join(directory, 'generated/client.ts'))
  PrismaClient = (generated as { PrismaClient: typeof PrismaClient }).PrismaClient
})

afterAll(() => rmSync(directory, { recursive: true, force: true }))

beforeEach(async () => {
  await rows('drop schema public cascade; create schema public')
  await rows(readFileSync(join(SOURCE, 'migrations/20240101000000_first/migration.sql'), 'utf8'))
})

/** Runs the command line in the folder of the schema. */
async function prisma(args: string[], env: Record<string, string> = {}) {
  const bin = join(ROOT, 'node_modules/prisma/build/index.js')
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: directory,
    env: { ...process.env, CHECKPOINT_DISABLE: '1', PRISMA_HIDE_UPDATE_MESSAGE: '1', ...env },
    timeout: 50_000,
    killSignal: 'SIGKILL',
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, output }
}

function open(): Client {
  const client = new PrismaClient({
    adapter: new PrismaPg({ connectionString: address.url, max: 4 }),
  })
  onTestFinished(() => client.$disconnect())
  return client
}

test('records are created with their relations, found, changed and deleted', async () => {
  const { author, book } = open()
  const data = {
    email: 'ada@x',
    books: { create: [{ title: 'Notes', pages: 3 }, { title: 'More' }] },
  }
  expect(await author.create({ data, include: { books: true } })).toEqual({
    id: 1,
    email: 'ada@x',
    mood: 'fine',
    books: [
      { id: 1, title: 'Notes', pages: 3, authorId: 1 },
      { id: 2, title: 'More', pages: 0, authorId: 1 },
    ],
  })
  const where = { title: { contains: 'ote', mode: 'insensitive' }, author: { mood: 'fine' } }
  expect(await book.findMany({ where, select: { title: true } })).toEqual([{ title: 'Notes' }])
  const change = { where: { id: 2 }, data: { pages: { increment: 5 } }, select: { pages: true } }
  expect(await book.update(change)).toEqual({ pages: 5 })
  expect(await author.deleteMany({ where: { email: { startsWith: 'ada' } } })).toEqual({ count: 1 })
  expect(await book.count()).toBe(0)
})

test('values of every type come back as they were stored', async () => {
  const { everything } = open()
  const data = {
    id: '0191d7c2-0000-7000-8000-000000000001',
    int: -2147483648,
    big: 9223372036854775807n,
    float: 1e-300,
    flag: true,
    text: 'O\'Neil "ü" 😀 \\',
    bytes: new Uint8Array([0, 255, 92]),
    at: new Date('2024-02-29T12:34:56.789Z'),
    day: new Date('2024-02-29T00:00:00.000Z'),
    json: { a: [1, null, { b: 'ü' }] },
    list: ['a,b', '"', '\\', ''],
    numbers: [1, -2],
    nothing: null,
  }
  const exact = '12345678901234567890.123456789'
  const made = (await everything.create({ data: { ...data, exact } })) as { exact: unknown }
  expect({ ...made, exact: String(made.exact) }).toEqual({ ...data, exact })
})

test('an upsert makes a record, and then changes it', async () => {
  const { author } = open()
  const where = { email: 'ada@x' }
  const upsert = () => author.upsert({ where, create: where, update: { mood: 'low' } })
  expect(await upsert()).toMatchObject({ id: 1, mood: 'fine' })
  expect(await upsert()).toMatchObject({ id: 1, mood: 'low' })
})

test('records are counted, grouped and summed up', async () => {
  const { book } = open()
  const data = [1, 2, 3, 4].map((pages) => ({ title: pages % 2 ? 'odd' : 'even', pages }))
  expect(await book.createMany({ data })).toEqual({ count: 4 })
  expect(await book.aggregate({ _sum: { pages: true }, _avg: { pages: true } })).toEqual({
    _sum: { pages: 10 },
    _avg: { pages: 2.5 },
  })
  const by = { by: ['title'], _count: true, _max: { pages: true }, orderBy: { title: 'asc' } }
  expect(await book.groupBy(by)).toEqual([
    { title: 'even', _count: 2, _max: { pages: 4 } },
    { title: 'odd', _count: 2, _max: { pages: 3 } },
  ])
})

test('a list of operations is one transaction', async () => {
  const db = open()
  const both = db.$transaction([
    db.author.create({ data: { email: 'one@x' } }),
    db.author.create({ data: { email: 'one@x' } }),
  ])
  expect(await failure(both)).toMatchObject({ code: 'P2002' })
  expect(await db.author.count()).toBe(0)
})

test('an interactive transaction commits, and is rolled back when its function throws', async () => {
  const db = open()
  await db.$transaction(async (tx) => tx.author.create({ data: { email: 'kept@x' } }), {
    isolationLevel: 'Serializable',
  })
  const thrown = db.$transaction(async (tx) => {
    await tx.author.create({ data: { email: 'gone@x' } })
    throw new Error('none of it')
  })
  await expect(thrown).rejects.toThrow('none of it')
  expect(await db.author.findMany({ select: { email: true } })).toEqual([{ email: 'kept@x' }])
})

test('transactions at once all take effect', async () => {
  const db = open()
  await db.book.create({ data: { title: 'counted' } })
  const raise = () =>
    db.$transaction(async (tx) => {
      await tx.$queryRaw`select * from "Book" where id = 1 for update`
      const found = (await tx.book.findUnique({ where: { id: 1 } })) as { pages: number }
      await tx.book.update({ where: { id: 1 }, data: { pages: found.pages + 1 } })
    })
  await Promise.all(Array.from({ length: 8 }, raise))
  expect(await rows('select pages from "Book"')).toEqual([{ pages: 8 }])
})

test('raw queries have parameters, and answer rows or a count', async () => {
  const db = open()
  const text = "it's"
  expect(await db.$queryRaw`select ${42}::int + 1 as n, ${text} as t`).toEqual([{ n: 43, t: text }])
  expect(await db.$executeRaw`insert into "Author" (email) values (${'a'}), (${'b'})`).toBe(2)
})

test.each([
  ['a value that is there already', 'P2002', { data: { email: 'ada@x' } }],
  ['a reference to nothing', 'P2003', { data: { title: 'x', authorId: 99 } }],
])('%s is refused with %s, and the client goes on', async (_, code, args) => {
  const db = open()
  await db.author.create({ data: { email: 'ada@x' } })
  const wrong = 'email' in args.data ? db.author.create(args) : db.book.create(args)
  expect(await failure(wrong)).toMatchObject({ code })
  expect(await db.author.count()).toBe(1)
})

test('an error of a raw query has the SQLSTATE', async () => {
  const error = await failure(open().$queryRawUnsafe('select 1 / $1::int', 0))
  expect(error).toMatchObject({
    code: 'P2010',
    meta: { driverAdapterError: { cause: { originalCode: '22012' } } },
  })
})

test('a running query is cancelled by another connection', async () => {
  const db = open()
  const work = db.$transaction(
    async (tx) => {
      const [me] = (await tx.$queryRaw`select pg_backend_pid() as pid`) as [{ pid: number }]
      const stopped = failure(tx.$queryRawUnsafe('select pg_sleep(20)::text'))
      const cancel = () => db.$queryRaw`select pg_cancel_backend(${me.pid}::int)`
      return repeatUntil(stopped, cancel)
    },
    { timeout: 40_000 }
  )
  expect(await work).toMatchObject({
    meta: { driverAdapterError: { cause: { originalCode: '57014' } } },
  })
  expect(await db.author.count()).toBe(0)
})

test('many queries at once are answered by the pool', async () => {
  const db = open()
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, n) => db.$queryRaw`select ${n}::int as n`)
  )
  expect(answers).toEqual(Array.from({ length: 50 }, (_, n) => [{ n }]))
})

test('migrations are deployed once, and leave nothing to do', async ({ skip }) => {
  if (!engine) skip('PRISMA_SCHEMA_ENGINE_BINARY names no schema engine')
  await rows('drop schema public cascade; create schema public')
  for (const said of ['have been successfully applied', 'No pending migrations']) {
    const { code, output } = await prisma(['migrate', 'deploy'])
    expect({ code, said: output.includes(said) }, output).toEqual({ code: 0, said: true })
  }
  const flags = ['--from-config-datasource', '--to-schema', 'schema.prisma', '--exit-code']
  const { code, output } = await prisma(['migrate', 'diff', ...flags])
  expect(code, output).toBe(0)
})

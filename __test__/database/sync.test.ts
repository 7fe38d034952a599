import { expect, test } from 'vitest'
import { answer } from '../support/answers'
import { connect, DatabaseError, open, privateDatabase, type Database } from '../support/embedded'

const thrown = (body: () => unknown): Error & { code?: string } => {
  try {
    body()
  } catch (error) {
    return error as Error
  }
  throw new Error('expected an error')
}
const ONE = [{ one: 1 }]
const works = (database: Database) =>
  expect(database.querySync('select 1 as one').rows).toEqual(ONE)

test('querySync answers before it returns', async () => {
  const database = await open()
  expect(answer(database.querySync("select $1::int as n, 'é' as t", [7]))).toEqual({
    command: 'SELECT',
    rowCount: 1,
    oid: null,
    rows: [{ n: 7, t: 'é' }],
    fields: ['n', 't'],
  })
  expect(database.querySync('select 1, 2', [], { rowMode: 'array' }).rows).toEqual([[1, 2]])
})

test('execSync runs a script and answers each result', async () => {
  const database = await open()
  const results = database.execSync(
    'create table t (n int); insert into t values (1); select * from t'
  )
  expect(results.map((result) => result.command)).toEqual(['CREATE', 'INSERT', 'SELECT'])
})

test('an error is thrown as a DatabaseError, and the next call works', async () => {
  const database = await open()
  const error = thrown(() => database.querySync('select 1 / 0'))
  expect(error).toBeInstanceOf(DatabaseError)
  expect(error.code).toBe('22012')
  works(database)
})

test('a hundred thousand rows and a value of ten megabytes come through', async () => {
  const database = await open()
  const { rows } = database.querySync('select n from generate_series(1, 100000) n')
  expect([rows.length, rows[99_999]]).toEqual([100_000, { n: 100_000 }])
  const text = 'x'.repeat(10_000_000)
  expect(
    (database.querySync('select $1::text as v', [text]).rows[0] as { v: string }).v === text
  ).toBe(true)
})

test('the session of the blocking calls keeps its settings and its transaction', async () => {
  const database = await open()
  database.execSync("create table t (n int); set work_mem = '9MB'")
  database.execSync('begin; insert into t values (1)')
  expect(database.querySync('show work_mem').rows).toEqual([{ work_mem: '9MB' }])
  database.execSync('rollback')
  expect(database.querySync('select count(*)::int as n from t').rows).toEqual([{ n: 0 }])
  expect((await database.query('show work_mem')).rows).toEqual([{ work_mem: '4MB' }])
})

test('blocking and other calls may be mixed', async () => {
  const database = await open()
  const pending = [1, 2, 3].map((n) => database.query('select $1::int as n', [n]))
  expect(database.querySync('select 9 as n').rows).toEqual([{ n: 9 }])
  const results = await Promise.all(pending)
  expect(results.map((result) => result.rows[0] as unknown)).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
})

test('a blocking call inside a callback works', async () => {
  const options = privateDatabase()
  const database = await open(options)
  const client = await connect(options)
  const inner = await new Promise((resolve, reject) => {
    client.query('select 1', () => {
      try {
        resolve(database.querySync('select 2 as two').rows)
      } catch (error) {
        reject(error as Error)
      }
    })
  })
  expect(inner).toEqual([{ two: 2 }])
})

test('a blocking call whose turn cannot come ends by queueTimeout', async () => {
  const options = { ...privateDatabase(), queueTimeout: 100, deadlockTimeout: 0 }
  const database = await open(options)
  const client = await connect({ ...options, application_name: 'holder' })
  await client.query('begin')
  expect(thrown(() => database.querySync('select 1')).code).toBe('55P03')
  await client.query('commit')
  works(database)
})

test('copy has no source and no target in a blocking call', async () => {
  const database = await open()
  database.execSync('create table t (n int)')
  expect(thrown(() => database.execSync('copy t from stdin'))).toMatchObject({ code: '57014' })
  expect(database.execSync('copy (select 1) to stdout')[0]).toMatchObject({
    command: 'COPY',
    rowCount: 1,
  })
  works(database)
})

test('a value that cannot be sent is thrown, and the next call works', async () => {
  const database = await open()
  const circular: Record<string, unknown> = {}
  circular['self'] = circular
  expect(thrown(() => database.querySync('select $1::text', [circular])).message).toMatch(
    /circular/
  )
  works(database)
})

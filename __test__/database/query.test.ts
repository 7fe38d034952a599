import { expect, test } from 'vitest'
import { answer, failure } from '../support/answers'
import { Database, DatabaseError, open } from '../support/embedded'

test('query answers as a client does', async () => {
  const database = await open()
  expect(answer(await database.query("select $1::int as n, 'x' as t", [1]))).toEqual({
    command: 'SELECT',
    rowCount: 1,
    oid: null,
    rows: [{ n: 1, t: 'x' }],
    fields: ['n', 't'],
  })
})

test('query takes a row mode and a priority', async () => {
  const database = await open()
  const { rows } = await database.query('select 1, 2', [], { rowMode: 'array', priority: 0 })
  expect(rows).toEqual([[1, 2]])
})

test('query runs one statement alone', async () => {
  const database = await open()
  expect(await failure(database.query('select 1; select 2', [1]))).toMatchObject({ code: '42601' })
})

test('an error is a DatabaseError, and the database goes on', async () => {
  const database = await open()
  const error = await failure(database.query('select 1 / 0'))
  expect(error).toBeInstanceOf(DatabaseError)
  expect(error).toMatchObject({ code: '22012', severity: 'ERROR' })
  expect((await database.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('exec runs a script and answers each result', async () => {
  const database = await open()
  const results = await database.exec(
    'create table t (n int); insert into t values (1), (2); select * from t'
  )
  expect(results.map((result) => [result.command, result.rowCount])).toEqual([
    ['CREATE', null],
    ['INSERT', 2],
    ['SELECT', 2],
  ])
  expect(await database.exec('select 1 as one')).toMatchObject([{ rows: [{ one: 1 }] }])
})

test('queries at once are all answered, each with its own rows', async () => {
  const database = await open()
  const results = await Promise.all(
    Array.from({ length: 200 }, (_, n) => database.query('select $1::int as n', [n]))
  )
  expect(results.map((result) => (result.rows[0] as { n: number }).n)).toEqual(
    results.map((_, n) => n)
  )
})

test('a query that is aborted is rejected with the reason, and the database goes on', async () => {
  const database = await open()
  const gone = AbortSignal.abort(new Error('before'))
  expect((await failure(database.query('select 1', [], { signal: gone }))).message).toBe('before')
  const controller = new AbortController()
  const running = database.query('select pg_sleep(20)', [], { signal: controller.signal })
  controller.abort(new Error('in the middle'))
  expect((await failure(running)).message).toBe('in the middle')
  expect((await database.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('a database opens with no options at all', async () => {
  const database = await Database.open()
  expect((await database.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  await database.close()
})

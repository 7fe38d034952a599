import { expect, test } from 'vitest'
import { failure } from '../support/answers'
import { open, PGlitePooler, QueryPriority } from '../support/embedded'

test('a pooler answers queries by priority', async () => {
  const pooler = await PGlitePooler.create(await open())
  const results = await Promise.all(
    [QueryPriority.LOW, QueryPriority.MEDIUM, QueryPriority.HIGH, QueryPriority.CRITICAL].map(
      (priority) => pooler.query('select $1::int as p', [priority], priority)
    )
  )
  expect(results.map((result) => result.rows[0] as unknown)).toEqual([
    { p: 3 },
    { p: 2 },
    { p: 1 },
    { p: 0 },
  ])
  await pooler.stop()
})

test('the priorities have their numbers', () => {
  expect([
    QueryPriority.CRITICAL,
    QueryPriority.HIGH,
    QueryPriority.MEDIUM,
    QueryPriority.LOW,
  ]).toEqual([0, 1, 2, 3])
})

test('a pooler runs transactions', async () => {
  const database = await open()
  const pooler = await PGlitePooler.create(database)
  await pooler.query('create table t (n int)')
  await pooler.transaction(async (tx) => {
    await tx.query('insert into t values (1)')
  }, QueryPriority.HIGH)
  const error = await failure(
    pooler.transaction(async (tx) => {
      await tx.query('insert into t values (2)')
      throw new Error('no')
    })
  )
  expect(error.message).toBe('no')
  expect((await pooler.query('select n from t')).rows).toEqual([{ n: 1 }])
  await pooler.stop()
})

test('a pooler counts', async () => {
  const pooler = await PGlitePooler.create(await open())
  await pooler.query('select 1')
  await failure(pooler.query('select 1 / 0'))
  expect(pooler.metrics()).toEqual({
    totalEnqueued: 2,
    totalDequeued: 2,
    totalTimedOut: 0,
    totalErrors: 1,
    currentSize: 0,
    avgWaitTimeMs: expect.any(Number) as number,
    sizeByPriority: { 0: 0, 1: 0, 2: 0, 3: 0 },
  })
  await pooler.stop()
})

test('a pooler before its start and after its end refuses, and can be started again', async () => {
  const pooler = new PGlitePooler(await open())
  expect((await failure(Promise.resolve().then(() => pooler.query('select 1')))).message).toMatch(
    /start/
  )
  await pooler.start()
  await pooler.start()
  expect((await pooler.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  await pooler.stop()
  await pooler.stop()
  expect((await failure(Promise.resolve().then(() => pooler.query('select 1')))).message).toMatch(
    /stop/
  )
  await pooler.start()
  expect((await pooler.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  await pooler.stop()
})

test('a pooler that is full refuses', async () => {
  const pooler = await PGlitePooler.create(await open(), { maxQueueSize: 1 })
  const first = pooler.query('select 1 as one')
  expect((await failure(pooler.query('select 2'))).message).toMatch(/full/)
  expect((await first).rows).toEqual([{ one: 1 }])
  await pooler.stop()
})

test('waiting longer than defaultTimeout is refused and counted', async () => {
  const database = await open()
  const pooler = await PGlitePooler.create(database, { defaultTimeout: 50 })
  const error = await database.transaction(async (tx) => {
    await tx.query('select 1')
    return failure(pooler.query('select 2'))
  })
  expect(error.code).toBe('55P03')
  expect(pooler.metrics()).toMatchObject({ totalTimedOut: 1, totalErrors: 1 })
  await pooler.stop()
})

test('a pooler takes a database and known options', async () => {
  expect(() => new PGlitePooler({} as never)).toThrow(TypeError)
  const database = await open()
  expect(() => new PGlitePooler(database, { maxQueue: 3 } as never)).toThrow(/maxQueueSize/)
  expect(() => new PGlitePooler(database, { defaultTimeout: '5' } as never)).toThrow(TypeError)
})

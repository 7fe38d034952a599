import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { failure } from '../support/answers'
import {
  connect,
  createPool,
  open,
  PGlitePooler,
  privateDatabase,
  value,
} from '../support/embedded'

const ENDLESS = 'do $$ begin loop end loop; end $$'

/** A signal that is aborted after a while, and its reason. */
function soon(milliseconds = 150) {
  const controller = new AbortController()
  const reason = new Error('no longer wanted')
  setTimeout(() => controller.abort(reason), milliseconds)
  return { signal: controller.signal, reason }
}

/** How long it takes until a promise is settled, in milliseconds. */
async function timed(promise: Promise<unknown>): Promise<number> {
  const started = performance.now()
  await promise.catch(() => undefined)
  return performance.now() - started
}

test('a running query is stopped, and rejected with the reason', async () => {
  const options = privateDatabase()
  const [client, other] = [await connect(options), await connect(options)]
  const { signal, reason } = soon()
  expect(await failure(client.query({ text: ENDLESS, signal }))).toBe(reason)
  expect((await other.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  expect((await client.query('select $1::int as two', [2])).rows).toEqual([{ two: 2 }])
  expect(getEventListeners(signal, 'abort')).toEqual([])
})

test('the promise is rejected at once, whatever the statement does', async () => {
  const client = await connect(privateDatabase())
  const took = await timed(client.query({ text: ENDLESS, signal: AbortSignal.timeout(100) }))
  expect(took).toBeLessThan(5000)
  const error = await failure(client.query({ text: ENDLESS, signal: AbortSignal.timeout(100) }))
  expect(error.name).toBe('TimeoutError')
})

test('a signal that is aborted already keeps the query from being sent', async () => {
  const client = await connect(privateDatabase())
  await client.query('create table t (n int)')
  const reason = new Error('before')
  const signal = AbortSignal.abort(reason)
  expect(await failure(client.query({ text: 'insert into t values (1)', signal }))).toBe(reason)
  expect(await value(client, 'select count(*)::int from t')).toBe(0)
})

test('a reason may be anything', async () => {
  const client = await connect(privateDatabase())
  const given = (reason: unknown) =>
    failure(client.query({ text: 'select 1', signal: AbortSignal.abort(reason) }))
  expect(await given('a text')).toBe('a text')
  expect(await given(0)).toBe(0)
  expect((await given(undefined)).name).toBe('AbortError')
  expect((await given(null)).name).toBe('AbortError')
  const controller = new AbortController()
  const running = failure(client.query({ text: ENDLESS, signal: controller.signal }))
  setTimeout(() => controller.abort('a text'), 50)
  expect(await running).toBe('a text')
})

test('a query in the line of its client is taken out of it', async () => {
  const client = await connect(privateDatabase())
  await client.query('create table t (n int)')
  const first = client.query('select 1 as one from pg_sleep(0.4)')
  const { signal, reason } = soon(50)
  const waiting = client.query({ text: 'insert into t values (1)', signal })
  const last = client.query('select 3 as three')
  expect(await failure(waiting)).toBe(reason)
  expect((await first).rows).toEqual([{ one: 1 }])
  expect((await last).rows).toEqual([{ three: 3 }])
  expect(await value(client, 'select count(*)::int from t')).toBe(0)
})

test('a query that waits for the transaction of another client is taken out of the queue', async () => {
  const options = privateDatabase()
  const [holder, client] = [await connect(options), await connect(options)]
  await holder.query('create table t (n int)')
  await holder.query('begin')
  const { signal, reason } = soon(100)
  expect(await failure(client.query({ text: 'insert into t values (1)', signal }))).toBe(reason)
  await holder.query('insert into t values (2)')
  await holder.query('commit')
  expect((await client.query('select n from t')).rows).toEqual([{ n: 2 }])
})

test('in a transaction the block has failed until its rollback', async () => {
  const client = await connect(privateDatabase())
  await client.query('create table t (n int)')
  await client.query('begin')
  await client.query('insert into t values (1)')
  const { signal } = soon()
  await failure(client.query({ text: ENDLESS, signal }))
  expect((await failure(client.query('select 1'))).code).toBe('25P02')
  await client.query('rollback')
  expect(await value(client, 'select count(*)::int from t')).toBe(0)
})

test('a callback is called once, with the reason', async () => {
  const client = await connect(privateDatabase())
  const { signal, reason } = soon()
  const calls: unknown[] = []
  await new Promise<void>((resolve) => {
    client.query({ text: ENDLESS, signal }, (error) => {
      calls.push(error)
      resolve()
    })
  })
  await client.query('select 1')
  expect(calls).toEqual([reason])
})

test('a query in time is answered, and nothing listens to the signal any more', async () => {
  const client = await connect(privateDatabase())
  const { signal } = new AbortController()
  const query = { text: 'select $1::int as n', signal }
  const results = await Promise.all([1, 2, 3].map((n) => client.query(query, [n])))
  expect(results.map(({ rows }) => rows as unknown)).toEqual([[{ n: 1 }], [{ n: 2 }], [{ n: 3 }]])
  expect((await failure(client.query({ text: 'select 1 / 0', signal }))).code).toBe('22012')
  expect(getEventListeners(signal, 'abort')).toEqual([])
  expect(Object.keys(query)).toEqual(['text', 'signal'])
})

test('one signal may stop many queries', async () => {
  const pool = createPool({ ...privateDatabase(), max: 4 })
  const { signal, reason } = soon(300)
  const warnings: unknown[] = []
  process.on('warning', (warning) => warnings.push(warning))
  const outcomes = await Promise.allSettled(
    Array.from({ length: 30 }, () => pool.query({ text: ENDLESS, signal }))
  )
  for (const outcome of outcomes) expect(outcome).toMatchObject({ reason })
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  expect(pool.waitingCount).toBe(0)
  expect(warnings).toEqual([])
})

test('pool.query takes a signal: for a query that waits for a client, runs, or has not begun', async () => {
  const pool = createPool({ ...privateDatabase(), max: 1 })
  const client = await pool.connect()
  const { signal, reason } = soon(50)
  expect(await failure(pool.query({ text: 'select 1', signal }))).toBe(reason)
  expect(pool.waitingCount).toBe(0)
  expect((await client.query({ text: 'select 1 as one', signal: soon(5000).signal })).rows).toEqual(
    [{ one: 1 }]
  )
  client.release()
  const later = soon()
  expect(await failure(pool.query({ text: ENDLESS, signal: later.signal }))).toBe(later.reason)
  expect(await failure(pool.query({ text: 'select 1', signal }))).toBe(reason)
  const called = new Promise((resolve) => {
    pool.query({ text: 'select 1', signal }, resolve)
  })
  expect(await called).toBe(reason)
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('a pipelined client has exactly the query stopped that was meant', async () => {
  const client = await connect({ ...privateDatabase(), pipeline: true })
  const { signal, reason } = soon(300)
  const outcomes = await Promise.allSettled([
    client.query('select 1 as n from pg_sleep(0.1)'),
    client.query({ text: ENDLESS, signal }),
    client.query('select 3 as n'),
    client.query({ text: 'select 4 as n', signal: new AbortController().signal }),
    client.query('select 5 as n'),
  ])
  expect(outcomes).toMatchObject([
    { value: { rows: [{ n: 1 }] } },
    { reason },
    { value: { rows: [{ n: 3 }] } },
    { value: { rows: [{ n: 4 }] } },
    { value: { rows: [{ n: 5 }] } },
  ])
})

test('a database, its transactions and a pooler take a signal', async () => {
  const database = await open()
  const others = [1, 2, 3].map((n) => database.query('select $1::int as n', [n]))
  const first = soon()
  expect(await failure(database.query(ENDLESS, [], { signal: first.signal }))).toBe(first.reason)
  expect((await Promise.all(others)).map(({ rows }) => rows[0] as unknown)).toEqual([
    { n: 1 },
    { n: 2 },
    { n: 3 },
  ])
  const second = soon()
  const transaction = database.transaction((tx) => tx.query(ENDLESS, [], second))
  expect(await failure(transaction)).toBe(second.reason)
  const pooler = await PGlitePooler.create(database, { defaultTimeout: 60_000 })
  const third = soon()
  expect(await failure(pooler.query(ENDLESS, [], 1, third))).toBe(third.reason)
  expect((await pooler.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  await pooler.stop()
})

test('what is no signal is refused', async () => {
  const database = await open()
  const client = await connect(privateDatabase())
  expect(() => client.query({ text: 'select 1', signal: 'stop' as never })).toThrow(
    new TypeError('oxbase: option "signal" must be an AbortSignal, got string')
  )
  const error = await failure(database.query('select 1', [], { signal: null as never }))
  expect(error).toBeInstanceOf(TypeError)
})

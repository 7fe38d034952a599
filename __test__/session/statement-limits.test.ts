import { expect, test } from 'vitest'
import { failure, serverFields } from '../support/answers'
import {
  connect,
  createPool,
  Database,
  open,
  PGlitePooler,
  privateDatabase,
} from '../support/embedded'

const ENDLESS = 'do $$ begin loop end loop; end $$'
const CANCELED = {
  severity: 'ERROR',
  code: '57014',
  message: 'canceling statement due to statement timeout',
}

test('statementTimeout bounds the statements of a client, a pool and a database', async () => {
  const options = { ...privateDatabase(), statementTimeout: 200 }
  const client = await connect(options)
  expect(serverFields(await failure(client.query(ENDLESS)))).toMatchObject(CANCELED)
  expect((await client.query('show statement_timeout')).rows).toEqual([{ statement_timeout: '0' }])
  const pool = createPool(options)
  expect(serverFields(await failure(pool.query(ENDLESS)))).toMatchObject(CANCELED)
  const database = await open(options)
  expect(serverFields(await failure(database.query(ENDLESS)))).toMatchObject(CANCELED)
  const inTransaction = database.transaction((tx) => tx.query(ENDLESS))
  expect(serverFields(await failure(inTransaction))).toMatchObject(CANCELED)
  expect(() => database.querySync(ENDLESS)).toThrow(CANCELED.message)
  expect(database.querySync('select 1 as one').rows).toEqual([{ one: 1 }])
  expect(database.stats().stopped).toBe(5)
})

test('the shorter of statementTimeout and statement_timeout counts', async () => {
  const client = await connect({ ...privateDatabase(), statementTimeout: 60_000 })
  await client.query('set statement_timeout = 200')
  expect((await failure(client.query(ENDLESS))).code).toBe('57014')
})

test('statementTimeout must be a whole number', async () => {
  await expect(Database.open({ statementTimeout: '5s' as never })).rejects.toThrow(
    new TypeError('oxbase: option "statementTimeout" must be a number, got string')
  )
})

test('query_timeout stops what the query runs, so that the next one is answered', async () => {
  const options = privateDatabase()
  const [client, other] = [await connect(options), await connect(options)]
  const endless = { text: ENDLESS, query_timeout: 150 }
  expect((await failure(client.query(endless as never))).message).toBe('Query read timeout')
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  expect((await other.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('query_timeout of a pool stops what its queries run', async () => {
  const pool = createPool(privateDatabase())
  const endless = { text: ENDLESS, query_timeout: 150 }
  expect((await failure(pool.query(endless as never))).message).toBe('Query read timeout')
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('query_timeout of a pipelined client ends its connection, as with pg, and the statement', async () => {
  const options = privateDatabase()
  const client = await connect({ ...options, pipeline: true })
  client.on('error', () => undefined)
  const endless = { text: ENDLESS, query_timeout: 150 }
  expect((await failure(client.query(endless as never))).message).toBe('Query read timeout')
  expect((await (await connect(options)).query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('the default timeout of a pooler stops a query that runs, and counts it', async () => {
  const database = await open()
  const pooler = await PGlitePooler.create(database, { defaultTimeout: 400 })
  expect(serverFields(await failure(pooler.query(ENDLESS)))).toMatchObject(CANCELED)
  expect(pooler.metrics()).toMatchObject({ totalTimedOut: 1, totalErrors: 1, currentSize: 0 })
  expect((await pooler.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  await pooler.stop()
})

test('the default timeout of a pooler bounds waiting and running together', async () => {
  const database = await open()
  const pooler = await PGlitePooler.create(database, { defaultTimeout: 4000 })
  const started = performance.now()
  const outcomes = await Promise.allSettled([
    pooler.query('select 1 as n from pg_sleep(3)'),
    pooler.query(ENDLESS),
  ])
  expect(outcomes).toMatchObject([{ value: { rows: [{ n: 1 }] } }, { reason: CANCELED }])
  // Were it counted from its turn, it would be 7 seconds.
  expect(performance.now() - started).toBeLessThan(6500)
  await pooler.stop()
})

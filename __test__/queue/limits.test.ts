import { expect, test } from 'vitest'
import { failure, serverFields } from '../support/answers'
import { open, privateDatabase } from '../support/embedded'
import { hold } from './held'

test('a queue that is full refuses, and serves those who wait', async () => {
  const held = await hold([2, 2, 2, 2], { maxQueueSize: 3 })
  const outcomes = Promise.allSettled(held.clients.map((client, i) => held.log(client, String(i))))
  await held.release()
  const settled = await outcomes
  expect(settled.map(({ status }) => status)).toEqual([
    'fulfilled',
    'fulfilled',
    'fulfilled',
    'rejected',
  ])
  expect(serverFields((settled[3] as PromiseRejectedResult).reason as Error)).toMatchObject({
    severity: 'ERROR',
    code: '53400',
    message: 'queue is full: 3 batches wait for the database already',
  })
  expect((await held.clients[3]?.query('select 1 as one'))?.rows).toEqual([{ one: 1 }])
  expect(await held.labels()).toEqual(['0', '1', '2'])
})

test('the client that holds the engine is not refused for a full queue', async () => {
  const held = await hold([2], { maxQueueSize: 1 })
  void held.log(held.clients[0], 'waits')
  await held.log(held.holder, 'mine')
  await held.release()
  expect(await held.labels()).toEqual(['mine', 'waits'])
})

test('waiting longer than queueTimeout is refused, and the error names who holds the engine', async () => {
  const held = await hold([2], { queueTimeout: 50 })
  await held.holder.query("select 'the last statement'")
  const error = await failure(held.log(held.clients[0], 'never'))
  expect(error).toMatchObject({ severity: 'ERROR', code: '55P03' })
  expect(error.message).toContain(
    `pid ${(held.holder as unknown as { processID: number }).processID}`
  )
  expect(error.message).toContain('"holder"')
  expect(error.message).toContain("select 'the last statement'")
  await held.release()
  expect((await held.clients[0]?.query('select 1 as one'))?.rows).toEqual([{ one: 1 }])
  expect(await held.labels()).toEqual([])
})

test('a transaction that ends in time lets the others through', async () => {
  const held = await hold([2], { queueTimeout: 20_000 })
  const answer = held.log(held.clients[0], 'in time')
  await held.release()
  await answer
  expect(await held.labels()).toEqual(['in time'])
})

test('queueTimeout 0 and maxQueueSize 0 are no limits', async () => {
  const held = await hold(Array<number>(30).fill(2), { queueTimeout: 0, maxQueueSize: 0 })
  held.clients.forEach((client, i) => void held.log(client, String(i)))
  await held.release()
  expect(await held.labels()).toHaveLength(30)
})

test('a query that timed out in the queue never runs', async () => {
  const held = await hold([2], { queueTimeout: 20 })
  await failure(held.log(held.clients[0], 'too late'))
  await held.release()
  await held.clients[0]?.query('select 1')
  expect(await held.labels()).toEqual([])
})

test('queries that waited too long behind one of their session are answered in order', async () => {
  const database = await open({ ...privateDatabase(), queueTimeout: 100 })
  const outcomes = await Promise.allSettled([
    database.query('select 1 as n from pg_sleep(0.3)'),
    database.query('select 2 as n'),
    database.query('select 3 as n'),
  ])
  expect(outcomes).toMatchObject([
    { value: { rows: [{ n: 1 }] } },
    { reason: { code: '55P03' } },
    { reason: { code: '55P03' } },
  ])
  expect((await database.query('select 4 as n')).rows).toEqual([{ n: 4 }])
})

test('queries that a full queue refuses are answered behind those of their session', async () => {
  const database = await open({ ...privateDatabase(), maxQueueSize: 2 })
  await database.query('select 0')
  const outcomes = await Promise.allSettled(
    [1, 2, 3, 4, 5].map((n) => database.query(`select ${n} as n from pg_sleep(0.1)`))
  )
  const refused = outcomes.findIndex(({ status }) => status === 'rejected')
  expect(refused).toBeGreaterThan(1)
  outcomes.forEach((outcome, i) => {
    if (i < refused) expect(outcome).toMatchObject({ value: { rows: [{ n: i + 1 }] } })
    else expect(outcome).toMatchObject({ reason: { code: '53400' } })
  })
  expect((await database.query('select 6 as n')).rows).toEqual([{ n: 6 }])
})

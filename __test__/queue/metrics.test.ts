import { expect, test } from 'vitest'
import { open } from '../support/embedded'
import { hold } from './held'

test('stats count what was put in and taken out, by priority while it waits', async () => {
  const held = await hold([0, 1, 2, 3, 3])
  const before = held.database.stats()
  for (const client of held.clients) void held.log(client, 'x')
  const during = held.database.stats()
  expect([during.queued, during.queuedByPriority]).toEqual([5, [1, 1, 1, 2]])
  await held.release()
  const after = held.database.stats()
  expect([after.queued, after.queuedByPriority]).toEqual([0, [0, 0, 0, 0]])
  expect(after.enqueued - before.enqueued).toBeGreaterThanOrEqual(6)
  expect(after.enqueued).toBe(after.dequeued)
})

test('stats count errors, refusals and timeouts', async () => {
  const held = await hold([2, 2], { maxQueueSize: 1, queueTimeout: 50 })
  const [waits, refused] = held.clients
  await Promise.allSettled([held.log(waits, 'times out'), held.log(refused, 'refused')])
  await held.release()
  await waits?.query('select 1 / 0').catch(() => undefined)
  const { errors, refused: refusals, timeouts, restarts } = held.database.stats()
  expect({ refusals, timeouts, restarts }).toEqual({ refusals: 1, timeouts: 1, restarts: 0 })
  expect(errors).toBeGreaterThanOrEqual(1)
})

test('histograms hold every wait and every run', async () => {
  const held = await hold([2])
  void held.log(held.clients[0], 'x')
  await held.holder.query('select pg_sleep(0.05)')
  await held.release()
  const { waitHistogram, runHistogram } = held.database.stats()
  expect(waitHistogram).toHaveLength(4)
  for (const { count, counts, bounds, sumMicros, maxMicros } of [...waitHistogram, runHistogram]) {
    expect(counts.reduce((sum, n) => sum + n, 0)).toBe(count)
    expect(bounds).toEqual([...bounds].sort((a, b) => a - b))
    expect(maxMicros).toBeLessThanOrEqual(sumMicros)
  }
  expect(runHistogram.maxMicros).toBeGreaterThanOrEqual(50_000)
  expect(waitHistogram[2]?.maxMicros).toBeGreaterThanOrEqual(50_000)
})

test('sessions tell who is there, in what state, and who waits for whom', async () => {
  const held = await hold([1])
  const [client] = held.clients
  const answer = held.log(client, 'x')
  const pid = (of: unknown) => (of as { processID: number }).processID
  const sessions = held.database.sessions()
  const holder = sessions.find((session) => session.processId === pid(held.holder))
  const waiting = sessions.find((session) => session.processId === pid(client))
  expect(holder).toMatchObject({
    user: 'postgres',
    applicationName: 'holder',
    state: 'idle in transaction',
    lastStatement: 'begin',
    transactionAgeMs: expect.any(Number) as number,
  })
  expect(waiting).toMatchObject({ state: 'waiting', priority: 1, waitsFor: holder?.id })
  await held.release()
  await answer
  const after = held.database.sessions().find((session) => session.processId === pid(client))
  expect(after).toMatchObject({ state: 'idle' })
  expect(after?.waitsFor).toBeUndefined()
})

test('a session that has ended is no longer told', async () => {
  const held = await hold([2])
  const [client] = held.clients
  const count = held.database.sessions().length
  await held.release()
  await client?.end()
  await held.database.query('select 1')
  expect(held.database.sessions()).toHaveLength(count - 1)
  expect(held.database.stats().sessions).toBe(count - 1)
})

test('stats tell the directory and how long opening took', async () => {
  const database = await open()
  const { dataDir, openMs } = database.stats()
  expect(dataDir).toBe(database.dataDir)
  expect(openMs).toBeGreaterThan(0)
})

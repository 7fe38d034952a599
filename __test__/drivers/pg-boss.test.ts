// pg-boss: its schema, queues, jobs through their states, workers, schedules and maintenance.
import PgBoss from 'pg-boss'
import { expect, onTestFinished, test } from 'vitest'
import { address, connect, rows } from '../support/server'

/** A started boss that stops with the test; its timers are far away unless the options say otherwise. */
async function start(options: Partial<PgBoss.ConstructorOptions> = {}): Promise<PgBoss> {
  const quiet = { supervise: false, schedule: false }
  const boss = new PgBoss({ connectionString: address.url, max: 4, ...quiet, ...options })
  const errors: Error[] = []
  boss.on('error', (error) => errors.push(error))
  await boss.start()
  onTestFinished(async () => {
    await boss.stop({ graceful: false, wait: true })
    expect(errors).toEqual([])
  })
  return boss
}

/** The next jobs as `work` hands them out, each in its turn. */
function worked(boss: PgBoss, queue: string, count: number): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    const seen: unknown[] = []
    const options = { pollingIntervalSeconds: 0.5, batchSize: count }
    const take = async (jobs: PgBoss.Job[]) => {
      seen.push(...jobs.map((job) => job.data))
      if (seen.length === count) resolve(seen)
    }
    boss.work(queue, options, take).catch(reject)
  })
}

test('the schema is made once, and found by the next start', async () => {
  const boss = await start()
  const version = await boss.schemaVersion()
  const again = await start()
  expect(await again.isInstalled()).toBe(true)
  expect(await again.schemaVersion()).toBe(version)
})

test('two that start at once make the schema once', async () => {
  const schema = 'boss_raced'
  const bosses = await Promise.all([start({ schema }), start({ schema })])
  expect(await Promise.all(bosses.map((boss) => boss.isInstalled()))).toEqual([true, true])
})

test('a job is sent, fetched once and completed', async () => {
  const boss = await start()
  await boss.createQueue('plain')
  const id = await boss.send('plain', { to: 'ü', list: [1, null] })
  const fetched = await boss.fetch('plain')
  expect(fetched.map((job) => [job.id, job.data])).toEqual([[id, { to: 'ü', list: [1, null] }]])
  expect(await boss.fetch('plain')).toEqual([])
  await boss.complete('plain', id as string, { done: true })
  expect(await boss.getJobById('plain', id as string)).toMatchObject({
    state: 'completed',
    output: { done: true },
  })
})

test('a job that fails is tried again until its tries are used up', async () => {
  const boss = await start()
  await boss.createQueue('failing')
  const id = (await boss.send('failing', {}, { retryLimit: 1, retryDelay: 0 })) as string
  const states: unknown[] = []
  for (let attempt = 0; attempt < 2; attempt += 1) {
    expect(await boss.fetch('failing')).toHaveLength(1)
    await boss.fail('failing', id, { why: 'no' })
    states.push((await boss.getJobById('failing', id))?.state)
  }
  expect(states).toEqual(['retry', 'failed'])
})

test('a failed job goes to the dead letter queue', async () => {
  const boss = await start()
  await boss.createQueue('dead')
  await boss.createQueue('mortal', { name: 'mortal', deadLetter: 'dead' })
  const id = (await boss.send('mortal', { n: 1 }, { retryLimit: 0 })) as string
  await boss.fetch('mortal')
  await boss.fail('mortal', id)
  expect((await boss.fetch('dead')).map((job) => job.data)).toEqual([{ n: 1 }])
})

test('jobs come by priority, and not before their time', async () => {
  const boss = await start()
  await boss.createQueue('ordered')
  await boss.send('ordered', { n: 'low' }, { priority: 1 })
  await boss.send('ordered', { n: 'high' }, { priority: 9 })
  await boss.sendAfter('ordered', { n: 'later' }, {}, 3600)
  const next = async () => (await boss.fetch<{ n: string }>('ordered')).map((job) => job.data.n)
  expect([await next(), await next(), await next()]).toEqual([['high'], ['low'], []])
})

test('a singleton job is taken once', async () => {
  const boss = await start()
  await boss.createQueue('single', { name: 'single', policy: 'short' })
  expect(await boss.send('single', {})).toEqual(expect.any(String))
  expect(await boss.send('single', {})).toBeNull()
})

test('a job of a transaction that is rolled back does not exist', async () => {
  const boss = await start()
  await boss.createQueue('transacted')
  const client = await connect()
  const db = { executeSql: (text: string, values: unknown[]) => client.query(text, values) }
  await client.query('begin')
  await boss.send('transacted', { n: 1 }, { db })
  await client.query('rollback')
  await client.query('begin')
  await boss.send('transacted', { n: 2 }, { db })
  await client.query('commit')
  expect((await boss.fetch('transacted', { batchSize: 5 })).map((job) => job.data)).toEqual([
    { n: 2 },
  ])
})

test('a worker gets the jobs, and completes them', async () => {
  const boss = await start()
  await boss.createQueue('worked')
  const inserted = Array.from({ length: 20 }, (_, n) => ({ name: 'worked', data: { n } }))
  await boss.insert(inserted)
  const seen = await worked(boss, 'worked', 20)
  expect(seen).toHaveLength(20)
  expect(new Set(seen.map((data) => (data as { n: number }).n)).size).toBe(20)
  await boss.offWork('worked')
  expect(await boss.getQueueSize('worked')).toBe(0)
})

test('several that fetch at once get no job twice', async () => {
  const bosses = [await start(), await start()] as const
  await bosses[0].createQueue('shared')
  await bosses[0].insert(Array.from({ length: 40 }, (_, n) => ({ name: 'shared', data: { n } })))
  const fetched = await Promise.all(
    Array.from({ length: 8 }, (_, i) =>
      (bosses[i % 2] as PgBoss).fetch<{ n: number }>('shared', { batchSize: 5 })
    )
  )
  const numbers = fetched.flat().map((job) => job.data.n)
  expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, n) => n))
})

test('a schedule is kept, and removed', async () => {
  const boss = await start({ schedule: true })
  await boss.createQueue('nightly')
  await boss.schedule('nightly', '0 3 * * *', { n: 1 }, { tz: 'Europe/Berlin' })
  expect(await boss.getSchedules()).toMatchObject([
    { name: 'nightly', cron: '0 3 * * *', timezone: 'Europe/Berlin', data: { n: 1 } },
  ])
  await boss.unschedule('nightly')
  expect(await boss.getSchedules()).toEqual([])
})

test('maintenance archives what is done, and drops what was archived', async () => {
  const boss = await start({ archiveCompletedAfterSeconds: 1, deleteAfterSeconds: 1 })
  await boss.createQueue('old')
  const id = (await boss.send('old', {})) as string
  await boss.fetch('old')
  await boss.complete('old', id)
  const age = (table: string, column: string) =>
    rows(`update pgboss.${table} set ${column} = now() - interval '1 hour' where id = '${id}'`)
  await age('job', 'completed_on')
  await boss.archive()
  expect(await rows(`select state::text from pgboss.archive where id = '${id}'`)).toEqual([
    { state: 'completed' },
  ])
  await age('archive', 'archived_on')
  await boss.maintain()
  expect(await boss.getJobById('old', id, { includeArchive: true })).toBeNull()
})

test('supervision runs maintenance by itself', async () => {
  const boss = await start({ supervise: true, maintenanceIntervalSeconds: 1, schema: 'boss_super' })
  const told = await new Promise((resolve) => boss.once('maintenance', resolve))
  expect(told).toEqual({ ms: expect.any(Number) })
})

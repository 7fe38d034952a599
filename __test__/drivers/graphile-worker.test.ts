// Graphile Worker: its migrations, jobs added in JavaScript and in SQL, and waking up by LISTEN.
import { EventEmitter, once } from 'node:events'
import { Logger, makeWorkerUtils, run, runOnce } from 'graphile-worker'
import type { RunnerOptions, TaskList, WorkerUtils } from 'graphile-worker'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { address, connect, rows } from '../support/server'

/** Without its log, its signal handlers and its crontab, and with polls so rare that none comes. */
const QUIET = {
  connectionString: address.url,
  logger: new Logger(() => () => undefined),
  noHandleSignals: true,
  crontab: '',
  pollInterval: 3_600_000,
} satisfies RunnerOptions

beforeEach(() => rows('drop schema if exists graphile_worker cascade'))

async function open(): Promise<WorkerUtils> {
  const utils = await makeWorkerUtils(QUIET)
  onTestFinished(() => utils.release())
  await utils.migrate()
  return utils
}

const workOff = (taskList: TaskList) => runOnce({ ...QUIET, taskList })

/** A running worker that stops with the test, or before. */
async function start(taskList: TaskList, concurrency = 1) {
  const runner = await run({ ...QUIET, taskList, concurrency })
  let stopped: Promise<void> | undefined
  const stop = () => (stopped ??= runner.stop())
  onTestFinished(stop)
  return { stop }
}

test('the migrations run once', async () => {
  await open()
  const utils = await open()
  await utils.addJob('one', {})
  expect(await rows('select task_identifier from graphile_worker.jobs')).toEqual([
    { task_identifier: 'one' },
  ])
})

test('a job that was added is run once with its payload', async () => {
  const utils = await open()
  const seen: unknown[] = []
  const job = await utils.addJob('greet', { name: 'ü', list: [1, null] })
  expect(job).toMatchObject({ attempts: 0, max_attempts: 25, priority: 0 })
  await workOff({ greet: async (payload) => void seen.push(payload) })
  await workOff({ greet: async (payload) => void seen.push(payload) })
  expect(seen).toEqual([{ name: 'ü', list: [1, null] }])
  expect(await rows('select * from graphile_worker.jobs')).toEqual([])
})

test('a job is added in SQL within a transaction, or not at all', async () => {
  await open()
  const client = await connect()
  for (const [name, end] of [
    ['kept', 'commit'],
    ['gone', 'rollback'],
  ]) {
    await client.query('begin')
    await client.query(
      `select graphile_worker.add_job('greet', json_build_object('n', $1::text))`,
      [name]
    )
    await client.query(end as string)
  }
  const seen: unknown[] = []
  await workOff({ greet: async (payload) => void seen.push(payload) })
  expect(seen).toEqual([{ n: 'kept' }])
})

test('jobs run by priority, and those of one queue one after the other', async () => {
  const utils = await open()
  await utils.addJob('note', 'last', { priority: 9, queueName: 'q' })
  await utils.addJob('note', 'first', { priority: 1, queueName: 'q' })
  await utils.addJob('note', 'later', { runAt: new Date(Date.now() + 3_600_000) })
  const seen: unknown[] = []
  await workOff({ note: async (payload) => void seen.push(payload) })
  expect(seen).toEqual(['first', 'last'])
})

test('a job of the same key replaces the one that waits', async () => {
  const utils = await open()
  for (const n of [1, 2]) await utils.addJob('note', { n }, { jobKey: 'only' })
  const seen: unknown[] = []
  await workOff({ note: async (payload) => void seen.push(payload) })
  expect(seen).toEqual([{ n: 2 }])
})

test('a job that throws keeps its error, and waits for its next try', async () => {
  const utils = await open()
  await utils.addJob('wrong', {}, { maxAttempts: 3 })
  const wrong = () => Promise.reject(new Error('not today'))
  await workOff({ wrong })
  expect(
    await rows('select attempts, last_error, run_at > now() as later from graphile_worker.jobs')
  ).toEqual([{ attempts: 1, last_error: 'not today', later: true }])
})

test('a job may use the database with its own client', async () => {
  const utils = await open()
  await rows('create table if not exists written (n int)')
  await utils.addJob('write', { n: 7 })
  await workOff({
    write: async (payload, { withPgClient }) => {
      const { n } = payload as { n: number }
      await withPgClient((client) => client.query('insert into written values ($1)', [n]))
    },
  })
  expect(await rows('select n from written')).toEqual([{ n: 7 }])
})

test('a worker that has nothing to do is woken by a job that is added', async () => {
  const utils = await open()
  const ears = new EventEmitter()
  await start({ wake: async (payload) => void ears.emit('woken', payload) })
  for (const n of [1, 2]) {
    const woken = once(ears, 'woken', { signal: AbortSignal.timeout(20_000) })
    await utils.addJob('wake', { n })
    expect(await woken).toEqual([{ n }])
  }
})

test('workers at once run every job, and none twice', async () => {
  const utils = await open()
  const ears = new EventEmitter()
  const seen: number[] = []
  const all = once(ears, 'all', { signal: AbortSignal.timeout(30_000) })
  const count = async (payload: unknown) => {
    seen.push((payload as { n: number }).n)
    if (seen.length === 60) ears.emit('all')
  }
  const runners = [await start({ count }, 3), await start({ count }, 3)]
  await Promise.all(Array.from({ length: 60 }, (_, n) => utils.addJob('count', { n })))
  await all
  await Promise.all(runners.map((runner) => runner.stop()))
  expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, n) => n))
  expect(await rows('select * from graphile_worker.jobs')).toEqual([])
})

test('jobs are completed, failed and moved by hand', async () => {
  const utils = await open()
  const add = async () => (await utils.addJob('manual', {})).id
  const [done, failed, moved] = [await add(), await add(), await add()]
  expect(await utils.completeJobs([done])).toHaveLength(1)
  await utils.permanentlyFailJobs([failed], 'by hand')
  await utils.rescheduleJobs([moved], { priority: 5 })
  expect(
    await rows(
      `select priority, last_error, attempts = max_attempts as ended from graphile_worker.jobs order by id`
    )
  ).toEqual([
    { priority: 0, last_error: 'by hand', ended: true },
    { priority: 5, last_error: null, ended: false },
  ])
})

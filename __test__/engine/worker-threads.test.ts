import { expect, test } from 'vitest'
import { run } from '../support/child'
import { connect, inWorker, open, privateDatabase } from '../support/embedded'

const ASK = `
  const client = new oxbase.Client(workerData.database)
  await client.connect()
  const { rows } = await client.query(workerData.text)
  await client.end()
  return rows`

test('a worker thread shares the database of the main thread', async () => {
  const database = privateDatabase()
  const main = await open(database)
  await main.exec('create table from_main as select 1 as n')
  const text = 'insert into from_main values (2) returning n'
  expect(await inWorker(ASK, { database, text })).toEqual([{ n: 2 }])
  expect((await main.query('select n from from_main order by n')).rows).toEqual([
    { n: 1 },
    { n: 2 },
  ])
})

test('several worker threads at once are all served', async () => {
  const database = privateDatabase()
  const main = await open(database)
  await main.exec('create table by_workers (n int)')
  await Promise.all(
    [1, 2, 3, 4].map((n) =>
      inWorker(ASK, { database, text: `insert into by_workers values (${n})` })
    )
  )
  expect((await main.query('select sum(n)::int as sum from by_workers')).rows).toEqual([
    { sum: 10 },
  ])
})

test('a notification crosses from one thread to another', async () => {
  const database = privateDatabase()
  const client = await connect(database)
  const heard = new Promise((resolve) =>
    client.on('notification', ({ payload }) => resolve(payload))
  )
  await client.query('listen across')
  await inWorker(ASK, { database, text: "notify across, 'from worker'" })
  expect(await heard).toBe('from worker')
})

test('a worker may be the only user of a database', async () => {
  const script = `
    const database = await oxbase.Database.open({ dataDir: 'memory://' })
    const { rows } = await database.query('select 1 as one')
    const sync = database.querySync('select 2 as two').rows
    await database.close()
    return [rows, sync]`
  expect(await inWorker(script)).toEqual([[{ one: 1 }], [{ two: 2 }]])
})

test('a worker that is terminated in the middle of a query and a transaction harms nobody', async () => {
  const script = `
    const { Worker } = require('node:worker_threads')
    const { Database } = require('oxbase')
    const body = \`
      const { parentPort } = require('node:worker_threads')
      const { Client } = require('oxbase')
      ;(async () => {
        const client = new Client({ dataDir: 'memory://', name: 'shared' })
        await client.connect()
        await client.query('begin; insert into kept values (2)')
        parentPort.postMessage('in transaction')
        await client.query('select pg_sleep(0.3)')
      })()\`
    ;(async () => {
      const database = await Database.open({ dataDir: 'memory://', name: 'shared' })
      await database.exec('create table kept as select 1 as n')
      const worker = new Worker(body, { eval: true })
      await new Promise((resolve) => worker.once('message', resolve))
      await worker.terminate()
      console.log(JSON.stringify((await database.query('select n from kept')).rows))
      await database.close()
    })()`
  expect(await run(script)).toEqual({ code: 0, signal: null, stdout: '[{"n":1}]\n', stderr: '' })
})

test('process.exit in a worker leaves the main thread its database', async () => {
  const script = `
    const { Worker } = require('node:worker_threads')
    const { Client } = require('oxbase')
    ;(async () => {
      const client = new Client()
      await client.connect()
      const worker = new Worker(
        "const { Client } = require('oxbase'); const c = new Client(); c.connect().then(() => process.exit(0))",
        { eval: true }
      )
      await new Promise((resolve) => worker.once('exit', resolve))
      console.log((await client.query('select 1 as one')).rows)
      await client.end()
    })()`
  expect(await run(script)).toEqual({
    code: 0,
    signal: null,
    stdout: '[ { one: 1 } ]\n',
    stderr: '',
  })
})

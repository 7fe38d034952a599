import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { failure } from '../support/answers'
import { run, start } from '../support/child'
import { Database, inWorker, open, temporaryDirectory, value } from '../support/embedded'
import { contents } from './contents'

/** Opens DATA_DIR and says the whole error, or what it finds. */
const ASK = `
  const { Client } = require('oxbase')
  const client = new Client({ dataDir: process.env.DATA_DIR, join: false })
  client.connect()
    .then(async () => (await client.query('select n from kept')).rows)
    .catch(({ name, code, severity, message }) => ({ name, code, severity, message }))
    .then(async (found) => { console.log(JSON.stringify(found)); await client.end() })`
const HOLD = `
  const { Database } = require('oxbase')
  Database.open({ dataDir: process.env.DATA_DIR, join: false }).then(async (database) => {
    await database.exec('create table kept as select 7 as n')
    console.log('open')
    setInterval(() => {}, 1000)
  })`

const ask = async (dataDir: string) =>
  JSON.parse((await run(ASK, { env: { DATA_DIR: dataDir } })).stdout) as unknown

const inUse = (dataDir: string, process: number) => ({
  code: '55006',
  severity: 'FATAL',
  message: `the database at ${dataDir} is in use by process ${process}; close it there first, or use another directory`,
})

test('a second process that does not join is told which process has the directory, and changes nothing in it', async () => {
  const dataDir = join(temporaryDirectory(), 'data')
  const database = await open({ dataDir })
  await database.exec('create table kept as select 7 as n')
  const before = contents(dataDir)
  expect(await ask(dataDir)).toEqual({ name: 'error', ...inUse(dataDir, process.pid) })
  const extended = ASK.replace('dataDir:', "extensions: ['hstore'], dataDir:")
  const { stdout } = await run(extended, { env: { DATA_DIR: dataDir } })
  expect(JSON.parse(stdout)).toMatchObject(inUse(dataDir, process.pid))
  expect(contents(dataDir)).toEqual(before)
  expect(await value(database, 'select n from kept')).toBe(7)
})

test('a worker thread of a second process is told the same', async () => {
  const dataDir = join(temporaryDirectory(), 'data')
  const holder = start(HOLD, { env: { DATA_DIR: dataDir } })
  await holder.said('open')
  const script = `return oxbase.Database.open({ dataDir: workerData, join: false })
    .catch(({ code, severity, message }) => ({ code, severity, message }))`
  expect(await inWorker(script, dataDir)).toEqual(inUse(dataDir, holder.child.pid as number))
})

test('threads of one process share the directory', async () => {
  const dataDir = join(temporaryDirectory(), 'data')
  const database = await open({ dataDir })
  await database.exec('create table kept as select 7 as n')
  const script = `
    const database = await oxbase.Database.open({ dataDir: workerData })
    const { rows } = await database.query('select n from kept')
    await database.close()
    return rows`
  expect(await inWorker(script, dataDir)).toEqual([{ n: 7 }])
})

test('the lock of a process that was killed does not keep the next one out', async () => {
  const dataDir = join(temporaryDirectory(), 'data')
  const holder = start(HOLD, { env: { DATA_DIR: dataDir } })
  await holder.said('open')
  holder.child.kill('SIGKILL')
  await holder.outcome
  expect(existsSync(join(dataDir, 'pgdata', 'oxbase.pid'))).toBe(true)
  expect(await ask(dataDir)).toEqual([{ n: 7 }])
})

test('of two processes that open a new directory at once one has it and the other is told', async () => {
  const dataDir = join(temporaryDirectory(), 'data')
  const holders = [0, 1].map(() => start(HOLD, { env: { DATA_DIR: dataDir } }))
  const winner = await Promise.any(holders.map(async (each) => (await each.said('open'), each)))
  const loser = holders.find((each) => each !== winner) as (typeof holders)[0]
  const { code, stderr } = await loser.outcome
  expect(code).toBe(1)
  expect(stderr).toMatch(/is in use by (another process|process \d+); close it there first/)
})

test('a directory is free again after its opening failed', async () => {
  const dataDir = join(temporaryDirectory(), 'data')
  await (await Database.open({ dataDir })).close()
  const settings = { restrict_nonsystem_relation_kind: 'nothing-of-the-kind' }
  const first = await failure(Database.open({ dataDir, settings }))
  expect({ code: first.code }).toEqual({ code: '57P03' })
  const second = await open({ dataDir })
  expect(await value(second, 'select 1')).toBe(1)
})

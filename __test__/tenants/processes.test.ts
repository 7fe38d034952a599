// Two processes on one base directory: each database is one process' at a time, and none is harmed.
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { run, start } from '../support/child'
import { temporaryDirectory } from '../support/embedded'
import { createInstancePool } from '../support/tenants'

const HOLD = `
  const { InstancePool } = require('oxbase')
  const pool = new InstancePool({ baseDir: process.env.BASE_DIR })
  pool.getOrCreate('app').then(async ({ db }) => {
    await db.exec("create table notes as select 'theirs' as body")
    console.log('open')
    setInterval(() => {}, 1000)
  })`

test('a database that another process has open is neither opened nor dropped; the others are free', async () => {
  const baseDir = temporaryDirectory()
  const holder = start(HOLD, { env: { BASE_DIR: baseDir } })
  await holder.said('open')
  const pool = createInstancePool({ baseDir })
  await expect(pool.getOrCreate('app')).rejects.toMatchObject({
    code: '55006',
    message: expect.stringContaining('in use by process') as string,
  })
  await expect(pool.dropDatabase('app', { force: true })).rejects.toMatchObject({ code: '55006' })
  const { db } = await pool.getOrCreate('mine')
  expect((await db.query('select 1 as n')).rows).toEqual([{ n: 1 }])
  holder.child.kill('SIGKILL')
  await holder.outcome
  const app = await pool.getOrCreate('app')
  expect((await app.db.query('select body from notes')).rows).toEqual([{ body: 'theirs' }])
})

test('a process ends by itself though it has a pool, and leaves nothing of one in memory', async () => {
  const script = `
    const { InstancePool } = require('oxbase')
    const pool = new InstancePool({ baseDir: null })
    pool.getOrCreate('app').then(async ({ db, dataDir }) => {
      await db.query('select 1')
      console.log(dataDir)
    })`
  const { code, stdout, stderr } = await run(script)
  expect([code, stderr]).toEqual([0, ''])
  expect([stdout.trim() === '', existsSync(stdout.trim())]).toEqual([false, false])
})

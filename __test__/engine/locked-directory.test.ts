import { join } from 'node:path'
import { expect, test } from 'vitest'
import { run, start } from '../support/child'
import { open, temporaryDirectory, value } from '../support/embedded'

const OPEN = `
  const { Database } = require('oxbase')
  Database.open({ dataDir: process.env.DATA_DIR, join: false }).then(
    async (database) => { console.log((await database.query('select 1 as one')).rowCount); await database.close() },
    (error) => { console.log(error.name, error.code, error.message); process.exitCode = 2 }
  )`

test('a directory that another process has open is refused by who does not join, and says so', async () => {
  const dataDir = join(temporaryDirectory(), 'data')
  const database = await open({ dataDir })
  const { code, stdout, stderr } = await run(OPEN, { env: { DATA_DIR: dataDir } })
  expect(stdout).toMatch(/in use/)
  expect([code, stderr]).toEqual([2, ''])
  expect(await value(database, 'select 1')).toBe(1)
})

test('the directory is free again when the process has closed it, exited or was killed', async () => {
  const dataDir = join(temporaryDirectory(), 'data')
  const holder = (end: string) => `
    const { Database } = require('oxbase')
    Database.open({ dataDir: process.env.DATA_DIR }).then(async (database) => { ${end} })`
  for (const end of [
    'await database.close()',
    'process.exit(0)',
    "process.kill(process.pid, 'SIGKILL')",
  ]) {
    await run(holder(end), { env: { DATA_DIR: dataDir } })
    const { code, stdout } = await run(OPEN, { env: { DATA_DIR: dataDir } })
    expect([end, code, stdout]).toEqual([end, 0, '1\n'])
  }
})

test('a client that does not join is refused as well', async () => {
  const dataDir = join(temporaryDirectory(), 'data')
  const holder = start(
    `const { Database } = require('oxbase')
     Database.open({ dataDir: process.env.DATA_DIR }).then(() => { console.log('open'); setInterval(() => {}, 1000) })`,
    { env: { DATA_DIR: dataDir } }
  )
  await holder.said('open')
  const script = `
    const { Client } = require('oxbase')
    const client = new Client({ dataDir: process.env.DATA_DIR, join: false })
    client.connect().catch((error) => console.log(error.message))`
  const { code, stdout, stderr } = await run(script, { env: { DATA_DIR: dataDir } })
  expect(stdout).toMatch(/in use/)
  expect([code, stderr]).toEqual([0, ''])
})

import { join } from 'node:path'
import { expect, test } from 'vitest'
import { start } from '../support/child'
import { open, temporaryDirectory } from '../support/embedded'

const settings = async (database: { query(text: string): Promise<{ rows: unknown[] }> }) => {
  const { rows } = await database.query(
    "select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit"
  )
  return rows[0] as { fsync: string; commit: string }
}

test('a directory is durable unless told otherwise', async () => {
  const database = await open({ dataDir: join(temporaryDirectory(), 'data') })
  expect(await settings(database)).toEqual({ fsync: 'on', commit: 'on' })
})

test('relaxedDurability lets a commit return before it is on disk', async () => {
  const dataDir = join(temporaryDirectory(), 'data')
  const database = await open({ dataDir, relaxedDurability: true })
  expect(await settings(database)).not.toEqual({ fsync: 'on', commit: 'on' })
})

/** Inserts one row after the other and tells each after its commit. */
const WRITER = `
  const { Client } = require('oxbase')
  ;(async () => {
    const client = new Client({ dataDir: process.env.DATA_DIR })
    await client.connect()
    await client.query('create table if not exists acknowledged (n int primary key)')
    for (let n = 1; ; n++) {
      await client.query('insert into acknowledged values ($1)', [n])
      process.stdout.write(n + '\\n')
    }
  })()`

test('every commit that was told is there after the process was killed', async () => {
  const dataDir = join(temporaryDirectory(), 'data')
  const writer = start(WRITER, { env: { DATA_DIR: dataDir } })
  await writer.said('\n200\n')
  writer.child.kill('SIGKILL')
  const { signal, stdout } = await writer.outcome
  expect(signal).toBe('SIGKILL')
  const told = Math.max(...stdout.split('\n').slice(0, -1).map(Number))
  const database = await open({ dataDir })
  const { rows } = await database.query(
    'select count(*)::int as n, max(n) as last from acknowledged'
  )
  const [{ n, last }] = rows as [{ n: number; last: number }]
  expect(n).toBe(last)
  expect([told, told + 1]).toContain(last)
})

test('a transaction that was open when the process was killed left nothing', async () => {
  const dataDir = join(temporaryDirectory(), 'data')
  const script = `
    const { Client } = require('oxbase')
    ;(async () => {
      const client = new Client({ dataDir: process.env.DATA_DIR })
      await client.connect()
      await client.query('create table half (n int)')
      await client.query('begin; insert into half select generate_series(1, 1000)')
      console.log('open')
      setInterval(() => {}, 1000)
    })()`
  const child = start(script, { env: { DATA_DIR: dataDir } })
  await child.said('open')
  child.child.kill('SIGKILL')
  await child.outcome
  const database = await open({ dataDir })
  expect((await database.query('select count(*)::int as n from half')).rows).toEqual([{ n: 0 }])
})

// Temporary tables live no longer than the backend: what a session and a directory know of them after it is gone.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { refusal } from '../support/answers'
import { start } from '../support/child'
import { connect, open, privateDatabase, temporaryDirectory, value } from '../support/embedded'

const LOST = {
  name: 'error',
  severity: 'ERROR',
  code: '57P02',
  message:
    'the backend was opened anew: the temporary tables of this session are gone; its next statement runs without them',
}
const TEMPORARY = "select count(*)::int from pg_class where relpersistence = 't'"

test('after a loss of the backend a session is told once that its temporary tables are gone', async () => {
  const options = privateDatabase()
  const [one, other, third] = [
    await connect(options),
    await connect(options),
    await connect(options),
  ]
  for (const client of [one, other]) await client.query('create temp table kept as select 1 as n')
  await third.query(`create function endless(n int) returns int language plpgsql as $$
    begin return endless(n + 1); end $$`)
  expect(await refusal(third.query('select endless(1)'))).toMatchObject({ code: '57P02' })
  expect(await value(third, 'select 1')).toBe(1)
  for (const client of [one, other]) {
    expect(await refusal(client.query('select n from kept'))).toEqual(LOST)
    expect(await refusal(client.query('select n from kept'))).toMatchObject({ code: '42P01' })
  }
  expect(await value(third, TEMPORARY)).toBe(0)
  await one.query('create temp table kept as select 2 as n')
  await other.query('create temp table kept as select 3 as n')
  expect([
    await value(one, 'select n from kept'),
    await value(other, 'select n from kept'),
  ]).toEqual([2, 3])
})

test('the session whose statement lost the backend is told, too', async () => {
  const options = privateDatabase()
  const client = await connect(options)
  await client.query(`create temp table kept as select 1 as n;
    create function endless(n int) returns int language plpgsql as $$
    begin return endless(n + 1); end $$`)
  expect(await refusal(client.query('select endless(1)'))).toMatchObject({ code: '57P02' })
  expect(await refusal(client.query('select 1'))).toEqual(LOST)
  expect(await value(client, 'select 1')).toBe(1)
})

test('temporary tables that a killed process left are gone when the directory is opened', async () => {
  const dataDir = join(temporaryDirectory(), 'data')
  const script = `
    const { Client } = require('oxbase')
    ;(async () => {
      const clients = [0, 1].map(() => new Client({ dataDir: process.env.DATA_DIR }))
      for (const client of clients) {
        await client.connect()
        await client.query('create temp table left_over (id serial primary key, v text)')
        await client.query('insert into left_over (v) values (1)')
      }
      await clients[0].query('create table permanent as select v from left_over')
      console.log('made')
      setInterval(() => {}, 1000)
    })()`
  const child = start(script, { env: { DATA_DIR: dataDir } })
  await child.said('made')
  child.child.kill('SIGKILL')
  await child.outcome
  const database = await open({ dataDir })
  expect(await value(database, TEMPORARY)).toBe(0)
  expect(await value(database, 'select v from permanent')).toBe('1')
  await database.query('create temp table left_over as select 5 as n')
  expect(await value(database, 'select n from left_over')).toBe(5)
})

test('an extension that needs a new backend waits for temporary tables and held cursors', async () => {
  const options = privateDatabase()
  const [one, other] = [await connect(options), await connect(options)]
  await one.query('create temp table kept as select 1 as n')
  for (const client of [one, other])
    expect(await refusal(client.query('create extension citext'))).toMatchObject({
      code: '0A000',
      message:
        'extension "citext" cannot be made available while a session has temporary tables or held cursors',
    })
  expect(await value(one, 'select n from kept')).toBe(1)
  await one.query('drop table kept; declare held cursor with hold for select 2 as n')
  expect(await refusal(other.query('create extension citext'))).toMatchObject({ code: '0A000' })
  expect(await value(one, 'fetch held')).toBe(2)
  await one.query('close held')
  await other.query('create extension citext')
  expect(await value(one, "select 'A'::citext = 'a'")).toBe(true)
})

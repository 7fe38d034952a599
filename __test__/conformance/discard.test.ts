import { expect, test } from 'vitest'
import type pg from 'pg'
import { collect, nextEvents, refusal } from '../support/answers'
import { connect } from '../support/provider'

test('discard all brings a client back to its beginning', async () => {
  const client = await connect({ application_name: 'from start' })
  await client.query(
    "set work_mem = '7MB'; set application_name = 'later'; listen news; prepare p as select 1"
  )
  await client.query('create temp table gone (n int)')
  await client.query('discard all')
  const { rows } = await client.query(`
    select current_setting('work_mem') as work_mem, current_setting('application_name') as name,
      (select count(*)::int from pg_prepared_statements) as statements,
      (select count(*)::int from pg_listening_channels()) as channels`)
  expect(rows).toEqual([{ work_mem: '4MB', name: 'from start', statements: 0, channels: 0 }])
  expect(await refusal(client.query('select * from gone'))).toMatchObject({ code: '42P01' })
})

test('discard all of one client leaves another as it is', async () => {
  const [one, other] = [await connect(), await connect()]
  await other.query("set work_mem = '9MB'; listen news; prepare p as select 5 as v")
  const heard = nextEvents<pg.Notification>(other, 'notification', 1)
  await one.query('discard all')
  expect((await other.query('execute p')).rows).toEqual([{ v: 5 }])
  expect((await other.query('show work_mem')).rows).toEqual([{ work_mem: '9MB' }])
  await one.query('notify news')
  expect((await heard)[0]?.channel).toBe('news')
})

test('discard all ends listening', async () => {
  const client = await connect()
  await client.query('listen news')
  const seen = collect(client, 'notification')
  await client.query('discard all')
  await client.query('notify news')
  await client.query('select 1')
  expect(seen).toEqual([])
})

test('discard all is refused in a transaction', async () => {
  const client = await connect()
  await client.query('begin')
  expect(await refusal(client.query('discard all'))).toMatchObject({
    code: '25001',
    message: 'DISCARD ALL cannot run inside a transaction block',
  })
})

test('a named query of before discard all is unknown afterwards', async () => {
  const client = await connect()
  const config = { name: 'forgotten', text: 'select 1 as v' }
  await client.query(config)
  await client.query('discard all')
  expect(await refusal(client.query(config))).toMatchObject({
    code: '26000',
    message: 'prepared statement "forgotten" does not exist',
  })
})

test('discard plans, sequences and temp keep the settings', async () => {
  const client = await connect()
  await client.query("set work_mem = '7MB'")
  for (const what of ['plans', 'sequences', 'temp']) await client.query(`discard ${what}`)
  expect((await client.query('show work_mem')).rows).toEqual([{ work_mem: '7MB' }])
})

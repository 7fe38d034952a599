import { expect, test } from 'vitest'
import { connect, unconnected } from '../support/provider'

interface Status {
  parameterName: string
  parameterValue: string
}

const watch = (client: unknown, seen: string[]) => {
  const { connection } = client as {
    connection: { on(event: string, listener: (message: Status) => void): void }
  }
  connection.on('parameterStatus', ({ parameterName, parameterValue }) =>
    seen.push(`${parameterName}=${parameterValue}`)
  )
}

test('connecting tells the settings a client may want to know', async () => {
  const client = unconnected({ application_name: 'watcher' })
  const seen: string[] = []
  watch(client, seen)
  await client.connect()
  expect(seen.map((status) => status.split('=')[0]).sort()).toEqual([
    'DateStyle',
    'IntervalStyle',
    'TimeZone',
    'application_name',
    'client_encoding',
    'default_transaction_read_only',
    'in_hot_standby',
    'integer_datetimes',
    'is_superuser',
    'scram_iterations',
    'search_path',
    'server_encoding',
    'server_version',
    'session_authorization',
    'standard_conforming_strings',
  ])
  expect(seen).toEqual(
    expect.arrayContaining([
      'application_name=watcher',
      'client_encoding=UTF8',
      'server_encoding=UTF8',
      'integer_datetimes=on',
      'standard_conforming_strings=on',
      'TimeZone=UTC',
      'DateStyle=ISO, MDY',
      'is_superuser=on',
    ]) as string[]
  )
})

test('a setting that changes is told again, and so is its return', async () => {
  const client = await connect()
  const seen: string[] = []
  watch(client, seen)
  await client.query("set time zone 'Europe/Kyiv'")
  await client.query("set application_name = 'other'")
  await client.query('reset time zone')
  await client.query('set work_mem = 1024')
  expect(seen).toEqual(['TimeZone=Europe/Kyiv', 'application_name=other', 'TimeZone=UTC'])
})

test('a setting that is rolled back is told again', async () => {
  const client = await connect()
  const seen: string[] = []
  await client.query('begin')
  watch(client, seen)
  await client.query('set local timezone = -3')
  await client.query('rollback')
  expect(seen).toEqual(['TimeZone=<-03>+03', 'TimeZone=UTC'])
})

test('the settings of one client are not told to another', async () => {
  const [one, two] = [await connect(), await connect()]
  const seen: string[] = []
  watch(two, seen)
  await one.query("set datestyle = 'german'")
  expect((await two.query('show datestyle')).rows).toEqual([{ DateStyle: 'ISO, MDY' }])
  expect(seen).toEqual([])
})

import { expect, test } from 'vitest'
import { failure } from '../support/answers'
import { connect, Database, open, privateDatabase, value } from '../support/embedded'

test('settings are those of the server', async () => {
  const database = await open({
    settings: {
      work_mem: '12MB',
      'app.tenant': 'acme',
      enable_seqscan: false,
      statement_timeout: 0,
    },
  })
  expect(await value(database, 'show work_mem')).toBe('12MB')
  expect(await value(database, 'show "app.tenant"')).toBe('acme')
  expect(await value(database, 'show enable_seqscan')).toBe('off')
})

test('settings hold for every client, and reset goes back to them', async () => {
  const options = { ...privateDatabase(), settings: { work_mem: '12MB' } }
  await open(options)
  const client = await connect(options)
  await client.query("set work_mem = '13MB'")
  await client.query('reset work_mem')
  expect(await value(client, 'show work_mem')).toBe('12MB')
})

test('a setting that does not exist is refused by name', async () => {
  const error = await failure(
    Database.open({ ...privateDatabase(), settings: { no_such_setting: '1' } })
  )
  expect(error.message).toMatch(/no_such_setting/)
})

test('a value that does not fit is refused by name', async () => {
  const error = await failure(
    Database.open({ ...privateDatabase(), settings: { work_mem: 'plenty' } })
  )
  expect(error.message).toMatch(/work_mem/)
})

test('after a refusal the same name can be opened', async () => {
  const options = privateDatabase()
  await failure(Database.open({ ...options, settings: { no_such_setting: '1' } }))
  expect(await value(await open(options), 'select 1')).toBe(1)
})

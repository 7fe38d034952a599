import { expect, test } from 'vitest'
import { connect, open, privateDatabase, value } from '../support/embedded'

test('any user, password and database is let in as the superuser', async () => {
  const client = await connect({
    ...privateDatabase(),
    user: 'somebody',
    password: 'x',
    database: 'anything',
  })
  expect(
    (await client.query('select current_user::text as u, current_database()::text as d')).rows
  ).toEqual([{ u: 'postgres', d: 'postgres' }])
})

test('a user that exists as a role is the user of the session', async () => {
  const options = privateDatabase()
  const database = await open(options)
  await database.exec('create role app login; create table secret (n int)')
  const client = await connect({ ...options, user: 'app' })
  expect(await value(client, 'select session_user::text')).toBe('app')
  await expect(client.query('select * from secret')).rejects.toMatchObject({ code: '42501' })
})

test('a connection string is read for its user and its options', async () => {
  const options = privateDatabase()
  const url = 'postgres://somebody:secret@example.invalid:6543/whatever?application_name=by-url'
  const client = await connect({ ...options, connectionString: url })
  expect(await value(client, 'show application_name')).toBe('by-url')
})

test('host, port and ssl are not used', async () => {
  const client = await connect({
    ...privateDatabase(),
    host: 'example.invalid',
    port: 1,
    ssl: true,
  })
  expect(await value(client, 'select 1')).toBe(1)
})

test('a client named in a pool has its own settings', async () => {
  const options = privateDatabase()
  const [one, two] = [
    await connect({ ...options, application_name: 'one' }),
    await connect(options),
  ]
  expect([
    await value(one, 'show application_name'),
    await value(two, 'show application_name'),
  ]).toEqual(['one', ''])
})

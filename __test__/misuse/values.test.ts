import { expect, test } from 'vitest'
import { failure } from '../support/answers'
import { connect, open, privateDatabase } from '../support/embedded'

test.each([
  ['symbol', Symbol('s')],
  ['function', () => 1],
])('a %s is refused as a parameter, and the client goes on', async (what, value) => {
  const client = await connect(privateDatabase())
  const error = await failure(client.query('select $1::text', [value]))
  expect([error.constructor, error.message]).toEqual([
    TypeError,
    `oxbase: a ${what} cannot be sent as a query parameter`,
  ])
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('a refused value does not end a transaction', async () => {
  const client = await connect(privateDatabase())
  await client.query('begin; create table t (n int)')
  await failure(client.query('insert into t values ($1)', [Symbol('s')]))
  await client.query('commit')
  expect((await client.query('select n from t')).rows).toEqual([])
})

test('a text of 200 megabytes is answered or refused, and the database goes on', async () => {
  const options = privateDatabase()
  const database = await open(options)
  const text = 'x'.repeat(200_000_000)
  const outcome = await database.query('select length($1) as n', [text]).then(
    ({ rows }) => rows[0] as unknown,
    (error: Error) => error.message
  )
  expect(outcome).toEqual({ n: 200_000_000 })
  expect((await database.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

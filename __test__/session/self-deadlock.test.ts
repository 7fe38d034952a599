import { expect, test } from 'vitest'
import { failure } from '../support/answers'
import { connect, createPool, privateDatabase } from '../support/embedded'

test('a transaction that waits for a query of another client ends by queueTimeout', async () => {
  const options = { ...privateDatabase(), queueTimeout: 100 }
  const [outer, inner] = [
    await connect({ ...options, application_name: 'outer' }),
    await connect(options),
  ]
  await outer.query('create table t (n int)')
  await outer.query('begin')
  await outer.query('insert into t values (1)')
  const error = await failure(inner.query('select count(*) from t'))
  expect(['55P03', '40P01']).toContain(error.code)
  await outer.query('commit')
  expect((await inner.query('select n from t')).rows).toEqual([{ n: 1 }])
})

test('pool.query inside a transaction of the same pool ends by queueTimeout', async () => {
  const pool = createPool({ ...privateDatabase(), max: 3, queueTimeout: 100 })
  await pool.query('create table t (n int)')
  const client = await pool.connect()
  await client.query('begin')
  const error = await failure(pool.query('select 1'))
  expect(['55P03', '40P01']).toContain(error.code)
  await client.query('rollback')
  client.release()
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

import { expect, test } from 'vitest'
import { answer, failure } from '../support/answers'
import { createPool } from '../support/provider'

test('a pool queries through any of its clients', async () => {
  const pool = createPool()
  expect(answer(await pool.query('select $1::int as v', [1]))).toEqual({
    command: 'SELECT',
    rowCount: 1,
    oid: null,
    rows: [{ v: 1 }],
    fields: ['v'],
  })
  expect(pool.idleCount).toBe(1)
})

test('a pool takes a config and a callback', async () => {
  const pool = createPool()
  const config = { text: 'select $1::int as v', rowMode: 'array' as const, values: [1] }
  expect((await pool.query(config)).rows).toEqual([[1]])
  const rows = await new Promise((resolve) => {
    pool.query('select 2 as v', (_, result) => resolve(result.rows))
  })
  expect(rows).toEqual([{ v: 2 }])
})

test('an error of a query rejects it and removes the client', async () => {
  const pool = createPool()
  expect(await failure(pool.query('select 1 / 0'))).toMatchObject({ code: '22012' })
  expect(pool.totalCount).toBe(0)
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('a function as the query is refused', async () => {
  const pool = createPool()
  const error = await new Promise<Error>((resolve) => {
    ;(pool.query as unknown as (callback: (error: Error) => void) => void)(resolve)
  })
  expect(error.message).toBe(
    'Passing a function as the first parameter to pool.query is not supported'
  )
})

test('hundreds of queries at once are all answered, each with its own rows', async () => {
  const pool = createPool({ max: 10 })
  const numbers = Array.from({ length: 200 }, (_, n) => n)
  const results = await Promise.all(
    numbers.map((n) => pool.query('select $1::int as n, $2::text as t', [n, `text ${n}`]))
  )
  expect(results.map((result) => result.rows[0] as unknown)).toEqual(
    numbers.map((n) => ({ n, t: `text ${n}` }))
  )
  expect([pool.totalCount, pool.idleCount, pool.waitingCount]).toEqual([10, 10, 0])
})

test('hundreds of writes at once are all kept', async () => {
  const pool = createPool({ max: 10 })
  await pool.query('create table counted (n int)')
  await Promise.all(
    Array.from({ length: 200 }, (_, n) => pool.query('insert into counted values ($1)', [n]))
  )
  expect((await pool.query('select count(*)::int, sum(n)::int from counted')).rows).toEqual([
    { count: 200, sum: 19900 },
  ])
})

test('transactions at once through one pool do not mix', async () => {
  const pool = createPool({ max: 5 })
  await pool.query('create table account (id int primary key, balance int)')
  await pool.query('insert into account values (1, 100), (2, 100)')
  const transfer = async (amount: number) => {
    const client = await pool.connect()
    await client.query('begin')
    await client.query('update account set balance = balance - $1 where id = 1', [amount])
    await client.query('update account set balance = balance + $1 where id = 2', [amount])
    await client.query(amount % 2 ? 'rollback' : 'commit')
    client.release()
  }
  await Promise.all(Array.from({ length: 20 }, (_, n) => transfer(n)))
  expect((await pool.query('select * from account order by id')).rows).toEqual([
    { id: 1, balance: 10 },
    { id: 2, balance: 190 },
  ])
})

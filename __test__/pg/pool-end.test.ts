import { expect, test } from 'vitest'
import { failure } from '../support/answers'
import { createPool } from '../support/provider'

test('end waits for clients that are out and ends them all', async () => {
  const pool = createPool()
  const client = await pool.connect()
  const order: string[] = []
  const ended = pool.end().then(() => order.push('ended'))
  expect([pool.ending, pool.ended]).toEqual([true, false])
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  order.push('answered')
  client.release()
  await ended
  expect(order).toEqual(['answered', 'ended'])
  expect([pool.ended, pool.totalCount]).toEqual([true, 0])
})

test('a pool that has ended is refused everything', async () => {
  const pool = createPool()
  await pool.query('select 1')
  await pool.end()
  const message = 'Cannot use a pool after calling end on the pool'
  expect((await failure(pool.connect())).message).toBe(message)
  expect((await failure(pool.query('select 1'))).message).toBe(message)
})

test('a pool ends once', async () => {
  const pool = createPool()
  await pool.end()
  expect((await failure(pool.end())).message).toBe('Called end on pool more than once')
})

test('end takes a callback', async () => {
  const pool = createPool()
  await pool.query('select 1')
  await new Promise<void>((resolve) => pool.end(() => resolve()))
  expect(pool.ended).toBe(true)
})

test('a pool that was never used ends at once', async () => {
  const pool = createPool()
  await pool.end()
  expect(pool.ended).toBe(true)
})

// Advisory locks between clients: who has one keeps the others out.
import { expect, test } from 'vitest'
import type pg from 'pg'
import { refusal } from '../support/answers'
import { connect } from '../support/provider'

const call = async (client: pg.Client, text: string) =>
  Object.values((await client.query(`select ${text}`)).rows[0] as object)[0] as unknown

/** Keys of this file's own: the reference server runs other files beside it. */
const KEY = 880_000

test('a lock that one client has another one does not get', async () => {
  const [one, other] = [await connect(), await connect()]
  const key = KEY + 1
  expect(await call(one, `pg_try_advisory_lock(${key})`)).toBe(true)
  expect(await call(other, `pg_try_advisory_lock(${key})`)).toBe(false)
  expect(await call(other, `pg_try_advisory_lock_shared(${key})`)).toBe(false)
  expect(await call(other, `pg_try_advisory_xact_lock(${key})`)).toBe(false)
  expect(await call(one, `pg_try_advisory_lock(${key})`)).toBe(true)
  expect(await call(one, `pg_advisory_unlock(${key})`)).toBe(true)
  expect(await call(other, `pg_try_advisory_lock(${key})`)).toBe(false)
  expect(await call(one, `pg_advisory_unlock(${key})`)).toBe(true)
  expect(await call(other, `pg_try_advisory_lock(${key})`)).toBe(true)
  expect(await call(one, `pg_advisory_unlock(${key})`)).toBe(false)
})

test('shared locks go together and keep out exclusive ones', async () => {
  const [one, other, third] = [await connect(), await connect(), await connect()]
  const key = KEY + 2
  expect(await call(one, `pg_try_advisory_lock_shared(${key})`)).toBe(true)
  expect(await call(other, `pg_try_advisory_lock_shared(${key})`)).toBe(true)
  expect(await call(third, `pg_try_advisory_lock(${key})`)).toBe(false)
  expect(await call(one, `pg_advisory_unlock_shared(${key})`)).toBe(true)
  expect(await call(third, `pg_try_advisory_lock(${key})`)).toBe(false)
  expect(await call(other, `pg_advisory_unlock_shared(${key})`)).toBe(true)
  expect(await call(third, `pg_try_advisory_lock(${key})`)).toBe(true)
})

test('keys of two numbers, negative ones and one large number are different locks', async () => {
  const [one, other] = [await connect(), await connect()]
  await one.query(
    `select pg_advisory_lock(${KEY}, -3), pg_advisory_lock(-${KEY}), pg_advisory_lock(9007199254740993)`
  )
  expect(await call(other, `pg_try_advisory_lock(${KEY}, -3)`)).toBe(false)
  expect(await call(other, `pg_try_advisory_lock(${KEY}, 3)`)).toBe(true)
  expect(await call(other, `pg_try_advisory_lock(-${KEY})`)).toBe(false)
  expect(await call(other, 'pg_try_advisory_lock(9007199254740993)')).toBe(false)
  expect(await call(other, 'pg_try_advisory_lock(9007199254740992)')).toBe(true)
})

test('who waits for a lock gets it when it is given back, and runs once', async () => {
  const [one, other] = [await connect(), await connect()]
  const key = KEY + 4
  await one.query('create temp table if not exists nothing ()')
  await one.query(`create table if not exists waited_${key} (n int)`)
  await one.query(`select pg_advisory_lock(${key})`)
  let got = false
  const waiting = other
    .query(
      `with locked as (select pg_advisory_lock($1)) insert into waited_${key} select 1 from locked returning n`,
      [key]
    )
    .then((result) => {
      got = true
      return result
    })
  for (let n = 0; n < 5; n += 1) await one.query('select 1')
  expect(got).toBe(false)
  expect(await call(one, `pg_advisory_unlock(${key})`)).toBe(true)
  expect((await waiting).rows).toEqual([{ n: 1 }])
  expect(await call(one, `pg_try_advisory_lock(${key})`)).toBe(false)
  expect(await call(other, `pg_advisory_unlock(${key})`)).toBe(true)
  expect((await one.query(`select n from waited_${key}`)).rows).toEqual([{ n: 1 }])
  await one.query(`drop table waited_${key}`)
})

test('a prepared statement may wait for a lock, and is there afterwards', async () => {
  const [one, other] = [await connect(), await connect()]
  const key = KEY + 5
  await one.query(`select pg_advisory_lock(${key})`)
  const named = { name: 'lock', text: 'select pg_advisory_lock($1), $1::int as key' }
  const waiting = other.query({ ...named, values: [key] })
  await one.query(`select pg_advisory_unlock(${key})`)
  expect((await waiting).rows).toEqual([{ pg_advisory_lock: '', key }])
  expect((await other.query({ ...named, values: [key + 1] })).rows).toEqual([
    { pg_advisory_lock: '', key: key + 1 },
  ])
})

test('the end of a client gives its locks back', async () => {
  const [one, other] = [await connect(), await connect()]
  const key = KEY + 7
  await one.query(`select pg_advisory_lock(${key})`)
  const waiting = other.query(`select pg_advisory_lock(${key}), 1 as n`)
  await one.end()
  expect((await waiting).rows).toEqual([{ pg_advisory_lock: '', n: 1 }])
})

test('discard all and pg_advisory_unlock_all give back all of one client and none of another', async () => {
  const [one, other, third] = [await connect(), await connect(), await connect()]
  await one.query(`select pg_advisory_lock(${KEY + 8}), pg_advisory_lock(${KEY + 9})`)
  await other.query(`select pg_advisory_lock(${KEY + 10})`)
  await one.query('select pg_advisory_unlock_all()')
  expect(await call(third, `pg_try_advisory_lock(${KEY + 8})`)).toBe(true)
  expect(await call(third, `pg_try_advisory_lock(${KEY + 10})`)).toBe(false)
  await one.query(`select pg_advisory_lock(${KEY + 9})`)
  await one.query('discard all')
  expect(await call(third, `pg_try_advisory_lock(${KEY + 9})`)).toBe(true)
  expect(await call(third, `pg_try_advisory_lock(${KEY + 10})`)).toBe(false)
})

test('a lock of a transaction keeps others out until it ends', async () => {
  const [one, other] = [await connect(), await connect()]
  const key = KEY + 11
  await one.query('begin')
  await one.query(`select pg_advisory_xact_lock(${key})`)
  const waiting = other.query(`select pg_advisory_xact_lock(${key}), 1 as n`)
  await one.query('commit')
  expect((await waiting).rows).toEqual([{ pg_advisory_xact_lock: '', n: 1 }])
})

test('lock_timeout bounds the waiting for a lock', async () => {
  const [one, other] = [await connect(), await connect()]
  const key = KEY + 12
  await one.query(`select pg_advisory_lock(${key})`)
  await other.query('set lock_timeout = 50')
  expect(await refusal(other.query(`select pg_advisory_lock(${key})`))).toMatchObject({
    severity: 'ERROR',
    code: '55P03',
    message: 'canceling statement due to lock timeout',
  })
  expect(await call(one, `pg_advisory_unlock(${key})`)).toBe(true)
  expect(await call(other, `pg_try_advisory_lock(${key})`)).toBe(true)
})

test('statement_timeout bounds the waiting for a lock', async () => {
  const [one, other] = [await connect(), await connect()]
  const key = KEY + 13
  await one.query(`select pg_advisory_lock(${key})`)
  await other.query('set statement_timeout = 50')
  expect(await refusal(other.query(`select pg_advisory_lock(${key})`))).toMatchObject({
    severity: 'ERROR',
    code: '57014',
    message: 'canceling statement due to statement timeout',
  })
  expect(await call(other, '1')).toBe(1)
})

test('locks taken inside functions and do blocks count, too', async () => {
  const [one, other] = [await connect(), await connect()]
  const key = KEY + 14
  await one.query(
    `create or replace function take_${key}() returns boolean language plpgsql as $$ begin return pg_try_advisory_lock(${key}); end $$`
  )
  expect(await call(one, `take_${key}()`)).toBe(true)
  expect(await call(other, `take_${key}()`)).toBe(false)
  await one.query(`do $$ begin perform pg_advisory_unlock(${key}); end $$`)
  expect(await call(other, `take_${key}()`)).toBe(true)
  await one.query(`drop function take_${key}`)
})

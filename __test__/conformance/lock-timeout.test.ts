import { expect, test } from 'vitest'
import type pg from 'pg'
import { failure, refusal } from '../support/answers'
import { connect, query } from '../support/provider'

const LOCKED = {
  severity: 'ERROR',
  code: '55P03',
  message: 'canceling statement due to lock timeout',
}

/** A client that has changed the row of a new table in an open transaction, and one that will want it. */
async function rowLocked(table: string, extra: pg.ClientConfig = {}) {
  await query(`create table ${table} (n int)`)
  await query(`insert into ${table} values (1)`)
  const [holder, client] = [await connect(), await connect(extra)]
  return {
    client,
    holder,
    async lock() {
      await holder.query('begin')
      await holder.query(`update ${table} set n = 2`)
    },
  }
}

test('a row that another transaction has changed is not waited for longer than lock_timeout', async () => {
  const { client, holder, lock } = await rowLocked('locked_row', { lock_timeout: 200 })
  await lock()
  expect(await refusal(client.query('update locked_row set n = 3'))).toMatchObject(LOCKED)
  await holder.query('commit')
  expect((await client.query('select n from locked_row')).rows).toEqual([{ n: 2 }])
  expect((await client.query('update locked_row set n = 4')).rowCount).toBe(1)
})

test('set limits the waiting for locks', async () => {
  const { client, holder, lock } = await rowLocked('locked_set')
  await client.query("set lock_timeout = '200ms'")
  await lock()
  expect(await refusal(client.query('update locked_set set n = 3'))).toMatchObject(LOCKED)
  expect(await refusal(client.query('delete from locked_set where n = $1', [1]))).toMatchObject(
    LOCKED
  )
  await holder.query('rollback')
  expect((await client.query('update locked_set set n = 3')).rowCount).toBe(1)
})

test('waiting for a lock does not outlast statement_timeout', async () => {
  const { client, holder, lock } = await rowLocked('locked_statement', {
    statement_timeout: 200,
    lock_timeout: 60_000,
  })
  await lock()
  expect(await failure(client.query('update locked_statement set n = 3'))).toMatchObject({
    code: '57014',
    message: 'canceling statement due to statement timeout',
  })
  await holder.query('rollback')
  expect((await client.query('update locked_statement set n = 3')).rowCount).toBe(1)
})

test('a lock that is given back in time is waited for', async () => {
  const { client, holder, lock } = await rowLocked('locked_briefly', { lock_timeout: 20_000 })
  await lock()
  const waiting = client.query('update locked_briefly set n = 3')
  await holder.query('commit')
  expect((await waiting).rowCount).toBe(1)
})

test('lock_timeout does not limit statements that wait for no lock', async () => {
  const client = await connect({ lock_timeout: 100 })
  expect((await client.query('select 1 as one from pg_sleep(0.3)')).rows).toEqual([{ one: 1 }])
})

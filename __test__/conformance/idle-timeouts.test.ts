import { expect, test } from 'vitest'
import type pg from 'pg'
import { connect, query, unconnected } from '../support/provider'

/** A client whose session will be ended: what it is told, and when it is over. */
async function doomed(extra: pg.ClientConfig = {}) {
  const client = unconnected(extra)
  const errors: pg.DatabaseError[] = []
  client.on('error', (error) => errors.push(error as pg.DatabaseError))
  // `once` would take the error for a failure.
  const ended = new Promise<void>((resolve) => {
    client.on('end', () => resolve())
  })
  await client.connect()
  const told = async () => {
    await ended
    return errors.filter(({ code }) => code !== undefined)
  }
  return { client, told }
}

test('a transaction that is idle for too long is ended, and rolled back', async () => {
  await query('create table idled (n int)')
  const { client, told } = await doomed({ idle_in_transaction_session_timeout: 200 })
  await client.query('begin')
  await client.query('insert into idled values (1)')
  expect(await told()).toMatchObject([
    {
      severity: 'FATAL',
      code: '25P03',
      message: 'terminating connection due to idle-in-transaction timeout',
    },
  ])
  expect((await query('select * from idled')).rows).toEqual([])
})

test('a transaction that has failed is ended like any other', async () => {
  const { client, told } = await doomed()
  await client.query("set idle_in_transaction_session_timeout = '200ms'")
  await client.query('begin')
  await client.query('select 1 / 0').catch(() => undefined)
  expect(await told()).toMatchObject([{ severity: 'FATAL', code: '25P03' }])
})

test('a session that is idle for too long is ended', async () => {
  const { client, told } = await doomed()
  await client.query('set idle_session_timeout = 200')
  expect(await told()).toMatchObject([
    {
      severity: 'FATAL',
      code: '57P05',
      message: 'terminating connection due to idle-session timeout',
    },
  ])
})

test('a transaction that lasts too long is ended', async () => {
  const { client, told } = await doomed()
  await client.query('set transaction_timeout = 300')
  await client.query('begin')
  expect(await told()).toMatchObject([
    {
      severity: 'FATAL',
      code: '25P04',
      message: 'terminating connection due to transaction timeout',
    },
  ])
})

test('a statement that runs past transaction_timeout ends its session', async () => {
  const { client, told } = await doomed()
  await client.query('set transaction_timeout = 300')
  await client.query('begin')
  const outcome = await client.query('select pg_sleep(3600)').catch((error: unknown) => error)
  expect(outcome).toMatchObject({ code: '25P04', severity: 'FATAL' })
  await told()
})

test('a session that is busy is not idle', async () => {
  const client = await connect()
  await client.query('set idle_session_timeout = 400')
  await client.query('set idle_in_transaction_session_timeout = 400')
  await client.query('select pg_sleep(0.8)')
  await client.query('begin')
  await client.query('select pg_sleep(0.8)')
  expect((await client.query('commit')).command).toBe('COMMIT')
})

test('a session without the settings may be idle', async () => {
  const client = await connect()
  await client.query('begin')
  await new Promise((resolve) => {
    setTimeout(resolve, 400)
  })
  expect((await client.query('commit')).command).toBe('COMMIT')
})

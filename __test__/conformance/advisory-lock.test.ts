import { expect, test } from 'vitest'
import type pg from 'pg'
import { connect } from '../support/provider'

const call = async (client: pg.Client, text: string) =>
  Object.values((await client.query(`select ${text}`)).rows[0] as object)[0] as unknown

test('a lock is taken and given back as often as it was taken', async () => {
  const client = await connect()
  const answers = []
  for (const text of [
    'pg_try_advisory_lock(7)',
    'pg_try_advisory_lock(7)',
    'pg_advisory_unlock(7)',
    'pg_advisory_unlock(7)',
    'pg_advisory_unlock(7)',
  ])
    answers.push(await call(client, text))
  expect(answers).toEqual([true, true, true, true, false])
})

test('a lock may be named by a hash', async () => {
  const client = await connect()
  expect(await call(client, "pg_try_advisory_lock(hashtext('migrations'))")).toBe(true)
  expect(await call(client, "pg_advisory_unlock(hashtext('migrations'))")).toBe(true)
})

test('a lock of a transaction ends with it', async () => {
  const client = await connect()
  await client.query('begin')
  expect(await call(client, 'pg_try_advisory_xact_lock(8)')).toBe(true)
  const held = "(select count(*)::int from pg_locks where locktype = 'advisory' and objid = 8)"
  expect(await call(client, held)).toBe(1)
  await client.query('commit')
  expect(await call(client, held)).toBe(0)
})

test('giving back what was not taken is a warning', async () => {
  const client = await connect()
  const notices: unknown[] = []
  client.on('notice', ({ message }) => notices.push(message))
  expect(await call(client, 'pg_advisory_unlock(9)')).toBe(false)
  expect(notices).toEqual(["you don't own a lock of type ExclusiveLock"])
})

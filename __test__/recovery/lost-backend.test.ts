// A statement whose recursion overflows the engine's stack takes the backend with it: the nearest thing to a crash that SQL
// can cause. The backend is opened again, and everyone goes on.
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { refusal } from '../support/answers'
import {
  connect,
  Database,
  open,
  privateDatabase,
  temporaryDirectory,
  value,
} from '../support/embedded'

const DEEP =
  'create function deep(n int) returns int language plpgsql as $$ begin return deep(n + 1); end $$'
const lost = {
  code: '57P02',
  message: expect.stringMatching(
    /^the embedded backend stopped while it ran a statement: /
  ) as string,
}

/** Two clients of one database that has the function. */
async function two() {
  const options = privateDatabase()
  const database = await open(options)
  await database.exec(DEEP)
  return { database, one: await connect(options), other: await connect(options) }
}

test('a statement that takes the backend with it is answered 57P02, and the next one works', async () => {
  const { database, one, other } = await two()
  expect(await refusal(one.query('select deep(1)'))).toMatchObject(lost)
  expect(await value(one, 'select 1')).toBe(1)
  expect(await value(other, 'select 2')).toBe(2)
  expect(database.stats().restarts).toBe(1)
})

test('what was committed before is there afterwards, and the open transaction is not', async () => {
  const { one, other } = await two()
  await one.query('create table kept (n int)')
  await one.query('insert into kept values (1)')
  await one.query('begin')
  await one.query('insert into kept values (2)')
  expect(await refusal(one.query('select deep(1)'))).toMatchObject({
    ...lost,
    detail: 'The open transaction was rolled back.',
  })
  expect((await other.query('select n from kept')).rows).toEqual([{ n: 1 }])
})

test('a transaction that lost its backend has failed until its client ends it', async () => {
  const { one, other } = await two()
  await one.query('create table guarded (n int)')
  await one.query('begin')
  await refusal(one.query('select deep(1)'))
  expect(one.getTransactionStatus()).toBe('E')
  expect(await refusal(one.query('insert into guarded values (1)'))).toMatchObject({
    code: '25P02',
    message: 'current transaction is aborted, commands ignored until end of transaction block',
  })
  expect(await refusal(one.query('insert into guarded values ($1)', [2]))).toMatchObject({
    code: '25P02',
  })
  expect(await value(other, 'select count(*)::int from guarded')).toBe(0)
  expect((await one.query('commit')).command).toBe('ROLLBACK')
  expect(one.getTransactionStatus()).toBe('I')
  await one.query('insert into guarded values (3)')
  expect((await other.query('select n from guarded')).rows).toEqual([{ n: 3 }])
})

test('sessions keep settings, role, prepared statements and channels', async () => {
  const { one, other } = await two()
  await one.query('create role keeper')
  for (const client of [one, other]) {
    await client.query("set application_name = 'kept'")
    await client.query("set statement_timeout = '7s'")
    await client.query('set role keeper')
    await client.query('listen news')
    await client.query('prepare told as select $1::int + 1 as n')
    await client.query({ name: 'named', text: 'select $1::text as t', values: ['x'] })
  }
  await refusal(one.query('select deep(1)'))
  for (const client of [one, other]) {
    expect(
      (
        await client.query(
          "select current_setting('application_name') as name, current_setting('statement_timeout') as timeout, current_user as role"
        )
      ).rows
    ).toEqual([{ name: 'kept', timeout: '7s', role: 'keeper' }])
    expect((await client.query('execute told(1)')).rows).toEqual([{ n: 2 }])
    expect(
      (await client.query({ name: 'named', text: 'select $1::text as t', values: ['y'] })).rows
    ).toEqual([{ t: 'y' }])
  }
  const heard = Promise.all([one, other].map((client) => once(client, 'notification')))
  await other.query("notify news, 'still on'")
  expect((await heard).flat()).toMatchObject([{ payload: 'still on' }, { payload: 'still on' }])
})

test('an advisory lock of a session survives the loss of the backend', async () => {
  const { one, other } = await two()
  await one.query('select pg_advisory_lock(1), pg_advisory_lock(1)')
  await refusal(one.query('select deep(1)'))
  expect(await value(other, 'select pg_try_advisory_lock(1)')).toBe(false)
  expect(await value(one, 'select pg_advisory_unlock(1)')).toBe(true)
  expect(await value(other, 'select pg_try_advisory_lock(1)')).toBe(false)
  expect(await value(one, 'select pg_advisory_unlock(1)')).toBe(true)
  expect(await value(other, 'select pg_try_advisory_lock(1)')).toBe(true)
})

test('a query that needs more memory than there is fails alone', async () => {
  const { database, one } = await two()
  const huge = `select sum(length(x)) from
    (select array_agg(repeat('a', 100000000) || g) as all_of_it from generate_series(1, 60) g), unnest(all_of_it) x`
  expect(await refusal(one.query(huge))).toMatchObject({ code: '53200', message: 'out of memory' })
  expect(await value(one, 'select 1')).toBe(1)
  expect(database.stats().restarts).toBe(0)
}, 180_000)

test('a backend that is lost again and again is given up with the first cause, and the database opens anew', async () => {
  const dataDir = join(temporaryDirectory(), 'data')
  const database = await open({ dataDir })
  await database.exec(DEEP)
  await database.exec('create table kept as select 1 as n')
  const idle = await connect({ dataDir })
  idle.on('error', () => undefined)
  const client = await connect({ dataDir })
  client.on('error', () => undefined)
  for (let time = 0; time < 5; time += 1) {
    expect(await refusal(client.query('select deep(1)'))).toMatchObject({ code: '57P02' })
  }
  const message = expect.stringMatching(
    /^the embedded backend stopped 5 times in a row; the first time: the embedded backend stopped while/
  ) as string
  expect(await refusal(idle.query('select 1'))).toMatchObject({ code: '57P02', message })
  expect(await refusal(database.query('select 1'))).toMatchObject({ code: '57P02', message })
  await database.close()
  const again = await Database.open({ dataDir })
  expect((await again.query('select n from kept')).rows).toEqual([{ n: 1 }])
  await again.close()
})

test('thousands of failed statements leave a backend that works', async () => {
  const { database, one, other } = await two()
  await other.query("set application_name = 'beside'")
  for (let time = 0; time < 2_500; time += 1) {
    expect(await refusal(one.query('select 1/0'))).toMatchObject({ code: '22012' })
  }
  expect(await value(other, "select current_setting('application_name')")).toBe('beside')
  expect(database.stats().restarts).toBe(0)
}, 120_000)

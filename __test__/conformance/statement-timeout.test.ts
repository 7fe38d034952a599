import { expect, test } from 'vitest'
import type pg from 'pg'
import Cursor from 'pg-cursor'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { failure, refusal } from '../support/answers'
import { config, connect, name, query } from '../support/provider'

const CANCELED = {
  severity: 'ERROR',
  code: '57014',
  message: 'canceling statement due to statement timeout',
}
const ENDLESS_LOOP = 'do $$ begin loop end loop; end $$'

/** What takes far longer than any limit here, and how it is kept busy. */
const STATEMENTS: Record<string, string> = {
  'a cross join': 'select count(*) from generate_series(1, 100000) a, generate_series(1, 100000) b',
  'a recursive query without end':
    'with recursive r(n) as (select 1 union all select (n + 1) % 1000 from r) select count(*) from r',
  'an endless loop': ENDLESS_LOOP,
  'a huge sort':
    "select md5(n::text) from generate_series(1, 30000000) n order by md5(n::text || 'x') limit 1",
  'an hour of sleep': 'select pg_sleep(3600)',
  'a loop with an exception handler':
    'do $$ begin loop begin perform 1 / 0; exception when others then null; end; end loop; end $$',
}

const limited = (limit: number | string, extra: pg.ClientConfig = {}) =>
  connect({ ...extra, statement_timeout: limit as number })

/** The client works: it answers, in the state that it should be in. */
async function works(client: pg.Client): Promise<void> {
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
}

/** The status letter of the client's session. */
const status = (client: pg.Client) =>
  (client as unknown as { getTransactionStatus(): string }).getTransactionStatus()

for (const [what, text] of Object.entries(STATEMENTS)) {
  test(`${what} is stopped, and the next query works`, async () => {
    const client = await limited(300)
    expect(await refusal(client.query(text))).toMatchObject(CANCELED)
    expect(status(client)).toBe('I')
    await works(client)
  })
}

test('the error is a whole error object', async () => {
  const client = await limited(200)
  const error = await failure(client.query('select pg_sleep(3600)'))
  expect(error).toBeInstanceOf(Error)
  expect(error.name).toBe('error')
  expect(error).toMatchObject(CANCELED)
  expect([error.detail, error.hint, error.position]).toEqual([undefined, undefined, undefined])
})

test('the extended protocol, a named statement and a cursor are stopped, too', async () => {
  const client = await limited(300)
  const slow = 'select pg_sleep($1::float)'
  expect(await refusal(client.query(slow, [3600]))).toMatchObject(CANCELED)
  const named = { name: 'slow', text: slow }
  expect((await client.query({ ...named, values: [0] })).rowCount).toBe(1)
  expect(await refusal(client.query({ ...named, values: [3600] }))).toMatchObject(CANCELED)
  expect((await client.query({ ...named, values: [0] })).rowCount).toBe(1)
  const cursor = client.query(new Cursor('select pg_sleep(3600)'))
  expect(await refusal(cursor.read(1))).toMatchObject(CANCELED)
  await works(client)
})

test('a transaction block has failed until its rollback, and nothing of it is left', async () => {
  await query('create table block (n int)')
  const client = await limited(300)
  await client.query('begin')
  await client.query('insert into block values (1)')
  expect(await refusal(client.query(ENDLESS_LOOP))).toMatchObject(CANCELED)
  expect(await failure(client.query('select 1'))).toMatchObject({ code: '25P02' })
  expect(status(client)).toBe('E')
  expect(await failure(client.query('select $1::int', [1]))).toMatchObject({ code: '25P02' })
  expect((await client.query('rollback')).command).toBe('ROLLBACK')
  expect(status(client)).toBe('I')
  await works(client)
  expect((await query('select * from block')).rows).toEqual([])
})

test('a commit of a block that was stopped rolls back', async () => {
  const client = await limited(300)
  await client.query('begin')
  expect(await refusal(client.query(ENDLESS_LOOP))).toMatchObject(CANCELED)
  expect((await client.query('commit')).command).toBe('ROLLBACK')
  await works(client)
})

test('an insert that is stopped leaves no rows', async () => {
  await query('create table filled (n int)')
  const client = await limited(300)
  const fill = 'insert into filled select n from generate_series(1, 2000000000) n'
  expect(await refusal(client.query(fill))).toMatchObject(CANCELED)
  expect((await query('select count(*)::int as n from filled')).rows).toEqual([{ n: 0 }])
})

test('several statements in one text are stopped, and the first of them is undone', async () => {
  await query('create table several (n int)')
  const client = await limited(300)
  const text = 'insert into several values (1); select pg_sleep(3600)'
  expect(await refusal(client.query(text))).toMatchObject(CANCELED)
  expect((await query('select * from several')).rows).toEqual([])
})

test('copy from a client that stalled is stopped when it goes on, if not before', async () => {
  await query('create table copied (n int)')
  const client = await limited(300)
  const stream = client.query(copyFrom('copy copied from stdin'))
  const error = await new Promise<object>((resolve) => {
    const timer = setTimeout(() => stream.end('2\n'), 800)
    stream.on('error', (failed) => {
      clearTimeout(timer)
      resolve(failed)
    })
    stream.write('1\n')
  })
  expect(error).toMatchObject(CANCELED)
  await works(client)
  expect((await query('select * from copied')).rows).toEqual([])
})

test('copy to a client is stopped', async () => {
  const client = await limited(300)
  const slow = 'copy (select n, pg_sleep(0.01) from generate_series(1, 1000000) n) to stdout'
  const stream = client.query(copyTo(slow))
  const error = await new Promise<object>((resolve) => stream.on('error', resolve).resume())
  expect(error).toMatchObject(CANCELED)
  await works(client)
})

test('a statement in time is answered', async () => {
  const client = await limited(20_000)
  expect((await client.query('select 1 as one from pg_sleep(0.05)')).rows).toEqual([{ one: 1 }])
})

test('set, set_config and their local forms limit statements', async () => {
  const client = await connect()
  const stopped = async () =>
    expect(await refusal(client.query('select pg_sleep(3600)'))).toMatchObject(CANCELED)
  const sleeps = () => client.query('select pg_sleep(0.4)')
  await client.query("set statement_timeout = '200ms'")
  await stopped()
  await client.query('reset statement_timeout')
  await sleeps()
  await client.query("select set_config('statement_timeout', '200', false)")
  await stopped()
  await client.query('set statement_timeout to default')
  await sleeps()
  for (const local of [
    'set local statement_timeout = 200',
    "select set_config('statement_timeout', '200', true)",
  ]) {
    await client.query('begin')
    await client.query(local)
    await stopped()
    await client.query('rollback')
    await sleeps()
    await client.query('begin')
    await client.query(local)
    await client.query('commit')
    await sleeps()
  }
})

test('a limit set after a savepoint ends with rollback to it', async () => {
  const client = await connect()
  await client.query('begin')
  await client.query('savepoint s')
  await client.query('set local statement_timeout = 200')
  await client.query('rollback to s')
  await client.query('select pg_sleep(0.4)')
  await client.query('commit')
  await works(client)
})

test('a session setting in a transaction that is rolled back is gone', async () => {
  const client = await connect()
  await client.query('begin')
  await client.query('set statement_timeout = 200')
  await client.query('rollback')
  await client.query('select pg_sleep(0.4)')
  expect((await client.query('show statement_timeout')).rows).toEqual([{ statement_timeout: '0' }])
})

test('a limit may come with the options of the connection', async () => {
  const client = await connect({ options: '-c statement_timeout=200' })
  expect((await client.query('show statement_timeout')).rows).toEqual([
    { statement_timeout: '200ms' },
  ])
  expect(await refusal(client.query('select pg_sleep(3600)'))).toMatchObject(CANCELED)
  await works(client)
})

test('a limit may come with the role', async () => {
  const role = `limited_${name}_${process.pid}`
  await query(`create role ${role} login`)
  await query(`alter role ${role} set statement_timeout = '200ms'`)
  try {
    const client = await connect({ ...config, user: role })
    expect(await refusal(client.query('select pg_sleep(3600)'))).toMatchObject(CANCELED)
    await works(client)
  } finally {
    await query(`drop role ${role}`)
  }
})

test('what is set in the text that ends a failed block outlasts the next stop', async () => {
  const client = await limited(200)
  await client.query('begin')
  expect(await refusal(client.query(ENDLESS_LOOP))).toMatchObject(CANCELED)
  await client.query("rollback; set statement_timeout = 0; set work_mem = '9MB'")
  await client.query('begin; set local statement_timeout = 200')
  expect(await refusal(client.query(ENDLESS_LOOP))).toMatchObject(CANCELED)
  await client.query('rollback')
  await client.query('select pg_sleep(0.4)')
  expect((await client.query('show work_mem')).rows).toEqual([{ work_mem: '9MB' }])
})

test('what a session has set up survives that its statement is stopped', async () => {
  const role = `kept_${name}_${process.pid}`
  await query(`create role ${role}`)
  const [client, other] = [await connect({ application_name: 'kept' }), await connect()]
  await client.query("set work_mem = '7MB'; set timezone = 'Asia/Tokyo'; set lock_timeout = '9s'")
  await client.query({ name: 'double', text: 'select $1::int * 2 as v', values: [1] })
  await client.query('listen stopped_news')
  await client.query(`set role ${role}`)
  await client.query('set statement_timeout = 300')
  await other.query("set work_mem = '6MB'")
  await other.query({ name: 'triple', text: 'select $1::int * 3 as v', values: [1] })
  const heard: unknown[] = []
  client.on('notification', (message) => heard.push(message.payload))
  expect(await refusal(client.query(ENDLESS_LOOP))).toMatchObject(CANCELED)
  const shown = await client.query(
    `select current_setting('work_mem') as memory, current_setting('timezone') as zone,
      current_setting('lock_timeout') as lock, current_setting('statement_timeout') as statement,
      current_setting('application_name') as app, current_user::text as "user"`
  )
  expect(shown.rows).toEqual([
    { memory: '7MB', zone: 'Asia/Tokyo', lock: '9s', statement: '300ms', app: 'kept', user: role },
  ])
  expect(
    (await client.query({ name: 'double', text: 'select $1::int * 2 as v', values: [21] })).rows
  ).toEqual([{ v: 42 }])
  expect(
    (await other.query({ name: 'triple', text: 'select $1::int * 3 as v', values: [14] })).rows
  ).toEqual([{ v: 42 }])
  expect((await other.query('show work_mem')).rows).toEqual([{ work_mem: '6MB' }])
  await other.query("notify stopped_news, 'after'")
  await client.query('select 1')
  expect(heard).toEqual(['after'])
  await client.query('reset role')
  await query(`drop role ${role}`)
})

test('what others committed, and what they have open, survives a stop', async () => {
  await query('create table others (n int)')
  const [client, other] = [await limited(300), await connect()]
  await other.query('insert into others values (1)')
  expect(await refusal(client.query(ENDLESS_LOOP))).toMatchObject(CANCELED)
  await other.query('begin')
  await other.query('insert into others values (2)')
  await other.query('commit')
  expect((await client.query('select n from others order by n')).rows).toEqual([{ n: 1 }, { n: 2 }])
})

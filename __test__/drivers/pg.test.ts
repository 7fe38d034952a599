// node-postgres over a socket, with its pool, cursors, streams and COPY.
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { from, to } from 'pg-copy-streams'
import Cursor from 'pg-cursor'
import QueryStream from 'pg-query-stream'
import { expect, onTestFinished, test } from 'vitest'
import { collect, failure, refusal } from '../support/answers'
import { address, connect, repeatUntil } from '../support/server'

/** What `pg` has and its types leave out. */
type Cancelable = pg.Client & { cancel(client: pg.Client, query: unknown): void }

const { host, port, user, database, url, socketDirectory } = address

async function connected(config: pg.ClientConfig | string): Promise<pg.Client> {
  const client = new pg.Client(config)
  onTestFinished(() => client.end())
  await client.connect()
  return client
}

function createPool(extra: pg.PoolConfig = {}): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, ...extra })
  onTestFinished(async () => {
    if (!pool.ended) await pool.end()
  })
  return pool
}

/** As `pg` does it: on a connection of its own, which ends when the server has taken the request. */
async function cancel(client: pg.Client): Promise<void> {
  const messenger = new pg.Client(url) as Cancelable
  messenger.on('error', () => undefined)
  const taken = once(messenger.connection.stream, 'close')
  messenger.cancel(client, (client as unknown as { _activeQuery: unknown })._activeQuery)
  await taken
}

test.each([
  ['host and port', { host, port, user, database }],
  ['a URL', url],
  ['the directory of the Unix socket', { host: socketDirectory, port, user, database }],
  ['a URL of the Unix socket', `socket://${user}@${socketDirectory}?db=${database}`],
])('a client connects by %s', async (_, config) => {
  const client =
    typeof config === 'string' && config.startsWith('socket:')
      ? await connected({ connectionString: config, port })
      : await connected(config)
  const { rows } = await client.query('select current_user as u, current_database() as d')
  expect(rows).toEqual([{ u: user, d: database }])
})

test('the settings of the startup packet hold in the session', async () => {
  const client = await connected({
    connectionString: url,
    application_name: 'drivers',
    options: '-c work_mem=7MB',
    statement_timeout: 54321,
  })
  const { rows } = await client.query(
    `select current_setting('application_name') as name, current_setting('work_mem') as memory,
     current_setting('statement_timeout') as timeout`
  )
  expect(rows).toEqual([{ name: 'drivers', memory: '7MB', timeout: '54321ms' }])
})

test('a query with parameters answers rows, fields, command and count', async () => {
  const client = await connect()
  const { rows, fields, command, rowCount } = await client.query(
    'select $1::int + 1 as n, $2::text as t',
    [41, 'é']
  )
  expect({ rows, command, rowCount }).toEqual({
    rows: [{ n: 42, t: 'é' }],
    command: 'SELECT',
    rowCount: 1,
  })
  expect(fields.map((f) => [f.name, f.dataTypeID])).toEqual([
    ['n', 23],
    ['t', 25],
  ])
})

test('a named statement is prepared once and runs with other parameters', async () => {
  const client = await connect()
  const run = (n: number) =>
    client.query({ name: 'double', text: 'select $1::int * 2 as n', values: [n] })
  expect((await run(1)).rows).toEqual([{ n: 2 }])
  expect((await run(21)).rows).toEqual([{ n: 42 }])
  const { rows } = await client.query(
    'select name, statement, parameter_types from pg_prepared_statements'
  )
  expect(rows).toEqual([
    { name: 'double', statement: 'select $1::int * 2 as n', parameter_types: '{integer}' },
  ])
})

test('several statements in one text answer one result each', async () => {
  const client = await connect()
  const results = (await client.query(
    'select 1 as a; select 2 as b'
  )) as unknown as pg.QueryResult[]
  expect(results.map(({ rows }) => rows as unknown)).toEqual([[{ a: 1 }], [{ b: 2 }]])
})

test.each([
  ['smallint', -32768],
  ['int', 2147483647],
  ['bigint', '9223372036854775807'],
  ['numeric', '12345678901234567890.123456789'],
  ['real', 1.5],
  ['double precision', -1e-300],
  ['boolean', true],
  ['text', 'O\'Neil "ü" 😀 \\'],
  ['varchar(3)', 'abc'],
  ['char(3)', 'a  '],
  ['bytea', Buffer.from([0, 255, 92, 39])],
  ['uuid', '0191d7c2-0000-7000-8000-000000000001'],
  ['timestamptz', new Date('2024-02-29T12:34:56.789Z')],
  ['time', '23:59:59.999999'],
  ['jsonb', { a: [1, null, { b: 'ü' }] }],
  ['int[]', [1, null, 3]],
  ['text[]', ['a,b', '"', '\\', '', null]],
  ['inet', '192.168.0.1'],
  ['int4range', '[1,5)'],
  ['text', null],
])('a value of type %s comes back as it was sent', async (type, value) => {
  const client = await connect()
  const { rows } = await client.query(`select $1::${type} as v`, [value])
  expect(rows).toEqual([{ v: value }])
})

test('what a transaction did is there after commit and gone after rollback', async () => {
  const client = await connect()
  await client.query('create table moved (n int)')
  for (const [n, end] of [
    [1, 'commit'],
    [2, 'rollback'],
  ]) {
    await client.query('begin')
    await client.query('insert into moved values ($1)', [n])
    expect((await client.query(end as string)).command).toBe(String(end).toUpperCase())
  }
  const other = await connect()
  expect((await other.query('select n from moved')).rows).toEqual([{ n: 1 }])
})

test('an error has the SQLSTATE and fields, and the connection goes on', async () => {
  const client = await connect()
  await client.query('create table strict (n int constraint positive check (n > 0))')
  expect(await refusal(client.query('insert into strict values ($1)', [-1]))).toEqual({
    name: 'error',
    severity: 'ERROR',
    code: '23514',
    message: 'new row for relation "strict" violates check constraint "positive"',
    detail: 'Failing row contains (-1).',
    schema: 'public',
    table: 'strict',
    constraint: 'positive',
  })
  expect((await client.query('select count(*)::int as n from strict')).rows).toEqual([{ n: 0 }])
})

test('an error within a transaction fails the block until it is rolled back', async () => {
  const client = await connect()
  await client.query('begin')
  expect(await failure(client.query('select 1/0'))).toMatchObject({ code: '22012' })
  expect(await failure(client.query('select 1'))).toMatchObject({ code: '25P02' })
  await client.query('rollback')
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('a notice is told with its severity', async () => {
  const client = await connect()
  const told = once(client, 'notice')
  await client.query(`do $$ begin raise notice 'so %', 1; end $$`)
  expect((await told)[0]).toMatchObject({ severity: 'NOTICE', code: '00000', message: 'so 1' })
})

test('a notification reaches an idle listener', async () => {
  const [listener, notifier] = [await connect(), await connect()]
  await listener.query('listen news')
  const heard = once(listener, 'notification', { signal: AbortSignal.timeout(20_000) })
  const { rows } = await notifier.query<{ pid: number }>('select pg_backend_pid() as pid')
  await notifier.query(`select pg_notify('news', 'payload')`)
  expect((await heard)[0]).toMatchObject({
    channel: 'news',
    payload: 'payload',
    processId: rows[0]?.pid,
  })
})

test('a running statement is stopped by a cancel request, and the connection goes on', async () => {
  const client = await connect()
  const stopped = refusal(client.query('select pg_sleep(20)'))
  expect(await repeatUntil(stopped, () => cancel(client))).toMatchObject({
    code: '57014',
    message: 'canceling statement due to user request',
  })
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('pg_cancel_backend stops the statement of another session', async () => {
  const [client, other] = [await connect(), await connect()]
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  const stopped = refusal(client.query('select pg_sleep(20)'))
  const ask = () => other.query('select pg_cancel_backend($1)', [rows[0]?.pid])
  expect(await repeatUntil(stopped, ask)).toMatchObject({ code: '57014' })
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('pg_terminate_backend ends another session', async () => {
  const [client, other] = [await connect(), await connect()]
  const errors = collect<Error>(client, 'error')
  const ended = new Promise((resolve) => client.once('end', resolve))
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  const answer = await other.query('select pg_terminate_backend($1) as done', [rows[0]?.pid])
  expect(answer.rows).toEqual([{ done: true }])
  await ended
  expect(errors[0]).toMatchObject({ severity: 'FATAL', code: '57P01' })
})

test('nobody waits for the statement of a client that is gone', async () => {
  const [client, other] = [new pg.Client(url), await connect()]
  client.on('error', () => undefined)
  await client.connect()
  await other.query(`set lock_timeout = '8s'`)
  client.query('select pg_sleep(20)').catch(() => undefined)
  await new Promise((resolve) => client.connection.stream.write('', resolve))
  client.connection.stream.destroy()
  expect((await other.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('COPY loads rows and gives them back', async () => {
  const client = await connect()
  await client.query('create table copied (n int, t text)')
  const load = client.query(from('copy copied from stdin csv'))
  await pipeline(Readable.from(['1,one\n2,"t', 'w""o"\n3,\n']), load)
  expect(load.rowCount).toBe(3)
  const dump = client.query(to('copy (select * from copied order by n) to stdout csv'))
  expect(await text(dump)).toBe('1,one\n2,"tw""o"\n3,\n')
  expect((await client.query('select count(*)::int as n from copied')).rows).toEqual([{ n: 3 }])
})

test('COPY of rows that do not fit fails, and the connection goes on', async () => {
  const client = await connect()
  await client.query('create table numbers (n int)')
  const load = client.query(from('copy numbers from stdin'))
  expect(await failure(pipeline(Readable.from(['1\nx\n']), load))).toMatchObject({ code: '22P02' })
  expect((await client.query('select * from numbers')).rows).toEqual([])
})

test('a cursor reads in portions and may be closed early', async () => {
  const client = await connect()
  const cursor = client.query(new Cursor<{ n: number }>('select generate_series(1, 10) as n'))
  expect(await cursor.read(3)).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
  expect(await cursor.read(2)).toEqual([{ n: 4 }, { n: 5 }])
  await cursor.close()
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('a query stream gives every row in order', async () => {
  const client = await connect()
  const stream = client.query(
    new QueryStream('select n from generate_series(1, $1::int) n', [1000], { batchSize: 100 })
  )
  const seen = (await stream.toArray()) as { n: number }[]
  expect(seen).toEqual(Array.from({ length: 1000 }, (_, i) => ({ n: i + 1 })))
})

test('a pool runs several queries at once on its connections', async () => {
  const pool = createPool({ max: 4 })
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, i) => pool.query<{ n: number }>('select $1::int as n', [i]))
  )
  expect(answers.map(({ rows }) => rows[0]?.n)).toEqual(Array.from({ length: 40 }, (_, i) => i))
  expect(pool.totalCount).toBe(4)
})

test('transactions of several pooled clients all take effect', async () => {
  const pool = createPool({ max: 4 })
  await pool.query('create table counter (n int)')
  await pool.query('insert into counter values (0)')
  const raise = async () => {
    const client = await pool.connect()
    await client.query('begin')
    await client.query('update counter set n = n + 1')
    await client.query('commit')
    client.release()
  }
  await Promise.all(Array.from({ length: 20 }, raise))
  expect((await pool.query('select n from counter')).rows).toEqual([{ n: 20 }])
})

test('a client that has ended leaves nothing open, and its open transaction is undone', async () => {
  const [client, other] = [new pg.Client(url), await connect()]
  await client.connect()
  await other.query('create table left_open (n int)')
  await client.query('begin')
  await client.query('insert into left_open values (1)')
  await client.end()
  expect((await other.query('select * from left_open')).rows).toEqual([])
})

test.each([
  ['runs a statement', 'select pg_sleep(6)'],
  ['is inside a transaction', 'begin'],
])('a client connects and ends at once while another one %s', async (_, text) => {
  const busy = await connect()
  const answer = busy.query(text)
  answer.catch(() => undefined)
  if (text === 'begin') await answer
  // Several, since the first may come and go before the statement runs.
  const come = async () => {
    for (let count = 0; count < 10; count += 1) {
      const client = new pg.Client(url)
      await client.connect()
      await client.end()
    }
  }
  const ended = come().then(() => 'ended', String)
  expect(await Promise.race([ended, pause(4000, 'still open')])).toBe('ended')
  await answer
})

test('a client whose socket is destroyed leaves its locks to the others', async () => {
  const [client, other] = [new pg.Client(url), await connect()]
  client.on('error', () => undefined)
  await client.connect()
  await other.query('create table locked (n int)')
  await client.query('begin')
  await client.query('lock table locked')
  client.connection.stream.destroy()
  await other.query(`set lock_timeout = '20s'`)
  expect((await other.query('select * from locked')).rows).toEqual([])
})

// postgres.js: its pool, tagged queries, transactions, LISTEN, cursors and COPY.
import { EventEmitter, once } from 'node:events'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import postgres from 'postgres'
import { expect, onTestFinished, test } from 'vitest'
import { failure } from '../support/answers'
import { address, repeatUntil, rows } from '../support/server'

const { host, port, user, database, url, socketDirectory } = address
type Sql = postgres.Sql
/** What a query has and its types leave out. */
type Cancelable = Promise<unknown> & { state: unknown; canceller(query: unknown): Promise<void> }

/** A pool that ends with the test. */
function open(options: postgres.Options<Record<string, postgres.PostgresType>> = {}): Sql {
  return ended(postgres(url, { onnotice: () => undefined, ...options }))
}

function ended(sql: Sql): Sql {
  onTestFinished(() => sql.end({ timeout: 5 }))
  return sql
}

test.each([
  ['a URL', () => postgres(url)],
  ['options', () => postgres({ host, port, user, database })],
  [
    'the path of the Unix socket',
    () => postgres({ path: `${socketDirectory}/.s.PGSQL.${port}`, user, database }),
  ],
])('a client connects by %s', async (_, make) => {
  const sql = ended(make())
  expect([...(await sql`select current_user as u, current_database() as d`)]).toEqual([
    { u: user, d: database },
  ])
})

test('parameters of the connection are settings of the session', async () => {
  const sql = open({ connection: { application_name: 'drivers', work_mem: '7MB' } as never })
  const [row] = await sql`select current_setting('application_name') as name,
    current_setting('work_mem') as memory`
  expect(row).toEqual({ name: 'drivers', memory: '7MB' })
})

test.each([true, false])(
  'parameters are sent apart from the text, prepare: %s',
  async (prepare) => {
    const sql = open({ prepare, max: 1 })
    for (const n of [1, 2, 3])
      expect([...(await sql`select ${n}::int * 2 as n, ${"'--"}::text as t`)]).toEqual([
        { n: n * 2, t: "'--" },
      ])
    const [row] = await sql`select count(*)::int as n from pg_prepared_statements
    where statement like '%* 2 as n%' and statement not like '%pg_prepared%'`
    expect(row).toEqual({ n: prepare ? 1 : 0 })
  }
)

test.each([
  ['smallint', -32768],
  ['int', 2147483647],
  ['bigint', '9223372036854775807'],
  ['numeric', '12345678901234567890.123456789'],
  ['float8', -1e-300],
  ['boolean', true],
  ['text', 'O\'Neil "ü" 😀 \\'],
  ['bytea', Buffer.from([0, 255, 92, 39])],
  ['uuid', '0191d7c2-0000-7000-8000-000000000001'],
  ['timestamptz', new Date('2024-02-29T12:34:56.789Z')],
  ['jsonb', { a: [1, null, { b: 'ü' }] }],
  ['int[]', [1, 2, 3]],
  ['text[]', ['a,b', '"', '\\', '']],
  ['inet', '192.168.0.1'],
  ['int4range', '[1,5)'],
  ['text', null],
])('a value of type %s comes back as it was sent', async (type, value) => {
  const sql = open()
  const [row] = await sql`select ${value as never}::${sql.unsafe(type)} as v`
  expect(row).toEqual({ v: value })
})

test('rows of objects are inserted, returned and counted', async () => {
  const sql = open()
  await sql`create table people (id int generated always as identity, name text, age int)`
  const people = [
    { name: 'ada', age: 36 },
    { name: 'bob', age: 7 },
  ]
  const inserted = await sql`insert into people ${sql(people, 'name', 'age')} returning id, name`
  expect({ rows: [...inserted], count: inserted.count, command: inserted.command }).toEqual({
    rows: [
      { id: 1, name: 'ada' },
      { id: 2, name: 'bob' },
    ],
    count: 2,
    command: 'INSERT',
  })
  const found = await sql`select name from people where age in ${sql([7, 8])}`
  expect([...found]).toEqual([{ name: 'bob' }])
})

test('a simple query of several statements answers one result each', async () => {
  const results = await open()`select 1 as a; select 2 as b`.simple()
  expect((results as unknown as postgres.Row[][]).map((result) => [...result])).toEqual([
    [{ a: 1 }],
    [{ b: 2 }],
  ])
})

test('a statement is described with its parameters and columns', async () => {
  const { types, columns } = await open()`select ${1}::int as n, ${'x'}::text as t`.describe()
  expect(types).toEqual([23, 25])
  expect(columns.map(({ name, type }) => [name, type])).toEqual([
    ['n', 23],
    ['t', 25],
  ])
})

test('a transaction commits, and is rolled back when its function throws', async () => {
  const sql = open()
  await sql`create table moved (n int)`
  await sql.begin(async (tx) => {
    await tx`insert into moved values (1)`
    await tx
      .savepoint(async (inner) => {
        await inner`insert into moved values (2)`
        throw new Error('not this')
      })
      .catch(() => undefined)
    await tx`insert into moved values (3)`
  })
  const thrown = sql.begin(async (tx) => {
    await tx`insert into moved values (4)`
    throw new Error('none of it')
  })
  await expect(thrown).rejects.toThrow('none of it')
  expect(await rows('select n from moved order by n')).toEqual([{ n: 1 }, { n: 3 }])
})

test('queries of a transaction may be pipelined', async () => {
  const sql = open()
  const answers = await sql.begin((tx) => [1, 2, 3].map((n) => tx`select ${n}::int as n`))
  expect(answers.map((answer) => [...answer])).toEqual([[{ n: 1 }], [{ n: 2 }], [{ n: 3 }]])
})

test('an error has the SQLSTATE and fields, and the connection goes on', async () => {
  const sql = open({ max: 1 })
  await sql`create table strict (n int constraint positive check (n > 0))`
  expect(await failure(sql`insert into strict values (${-1})`)).toMatchObject({
    name: 'PostgresError',
    code: '23514',
    severity: 'ERROR',
    detail: 'Failing row contains (-1).',
    table_name: 'strict',
    constraint_name: 'positive',
  })
  expect([...(await sql`select count(*)::int as n from strict`)]).toEqual([{ n: 0 }])
})

test('a pipelined query that fails leaves those beside it alone', async () => {
  const sql = open({ max: 1 })
  const [before, wrong, after] = await Promise.allSettled([
    sql`select 1 as n`,
    sql`select 1/${0}::int as n`,
    sql`select 3 as n`,
  ])
  expect(before).toMatchObject({ status: 'fulfilled', value: [{ n: 1 }] })
  expect(wrong).toMatchObject({ status: 'rejected', reason: { code: '22012' } })
  expect(after).toMatchObject({ status: 'fulfilled', value: [{ n: 3 }] })
})

test('a notification reaches an idle listener, and none after unlisten', async () => {
  const sql = open()
  const heard: string[] = []
  const ears = new EventEmitter()
  const first = once(ears, 'heard', { signal: AbortSignal.timeout(20_000) })
  const listening = await sql.listen('news', (payload) => {
    heard.push(payload)
    ears.emit('heard')
  })
  await sql.notify('news', 'payload')
  await first
  await listening.unlisten()
  await sql.notify('news', 'late')
  expect(heard).toEqual(['payload'])
})

test('a running query is cancelled, and the connection goes on', async () => {
  const sql = open({ max: 1 })
  await sql`select 1`
  const query = sql`select pg_sleep(20)`.execute() as unknown as Cancelable
  const stopped = failure(query)
  // What `query.cancel()` calls, but only the first time. A query without a state is not sent yet, and
  // to cancel it would be a matter of the client alone.
  const { canceller } = query
  const cancel = async () => query.state && canceller(query)
  expect(await repeatUntil(stopped, cancel)).toMatchObject({ code: '57014' })
  expect([...(await sql`select 1 as one`)]).toEqual([{ one: 1 }])
})

test('COPY loads rows and gives them back', async () => {
  const sql = open()
  await sql`create table copied (n int, t text)`
  const lines = ['1\tone\n2\tt', 'wo\n3\t\\N\n']
  await pipeline(Readable.from(lines), await sql`copy copied from stdin`.writable())
  const dump = await sql`copy (select * from copied order by n) to stdout`.readable()
  expect(await text(dump)).toBe('1\tone\n2\ttwo\n3\t\\N\n')
})

test('a cursor gives its rows in portions, and may be left early', async () => {
  const sql = open({ max: 1 })
  const seen: number[] = []
  for await (const part of sql`select generate_series(1, 10) as n`.cursor(4)) {
    seen.push(...part.map((row) => row['n'] as number))
    if (seen.length === 8) break
  }
  expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  expect([...(await sql`select 1 as one`)]).toEqual([{ one: 1 }])
})

test('a reserved connection is one session', async () => {
  const sql = open({ max: 3 })
  const reserved = await sql.reserve()
  await reserved`set application_name = 'mine'`
  const [row] = await reserved`select current_setting('application_name') as name`
  reserved.release()
  expect(row).toEqual({ name: 'mine' })
})

test('many queries at once are answered by a pool of few connections', async () => {
  const sql = open({ max: 4 })
  const answers = await Promise.all(
    Array.from({ length: 100 }, async (_, i) => (await sql`select ${i}::int as n`)[0]?.['n'])
  )
  expect(answers).toEqual(Array.from({ length: 100 }, (_, i) => i))
})

test('a client that has ended takes no further queries', async () => {
  const sql = postgres(url)
  await sql`select 1`
  await sql.end()
  expect(await failure(sql`select 1`)).toMatchObject({ code: 'CONNECTION_ENDED' })
})

// Simple queries: one message, any number of statements, one ReadyForQuery.
import { expect, test } from 'vitest'
import { bytes, message, query, terminate } from '../../support/frontend'
import { connect } from '../../support/wire-provider'

test('each statement of a text is answered, and the text is ready once', async () => {
  const wire = await connect()
  expect(
    await wire.run('select 1 as a; create temp table t (n int); insert into t values (1), (2)')
  ).toEqual([
    'RowDescription a',
    'DataRow 1',
    'CommandComplete SELECT 1',
    'CommandComplete CREATE TABLE',
    'CommandComplete INSERT 0 2',
    'ReadyForQuery I',
  ])
})

test('an error ends a text, and takes back what came before it', async () => {
  const wire = await connect()
  await wire.run('create table undone (n int)')
  expect(
    await wire.run('insert into undone values (1); select 1/0; insert into undone values (2)')
  ).toEqual(['CommandComplete INSERT 0 1', 'Error ERROR 22012 division by zero', 'ReadyForQuery I'])
  expect(await wire.run('select count(*) from undone')).toContain('DataRow 0')
})

test('an empty text has an answer of its own', async () => {
  const wire = await connect()
  for (const text of ['', ' ', ';', '-- nothing'])
    expect(await wire.run(text)).toEqual(['EmptyQueryResponse', 'ReadyForQuery I'])
})

test('ReadyForQuery tells of the transaction', async () => {
  const wire = await connect()
  expect(await wire.run('begin')).toEqual(['CommandComplete BEGIN', 'ReadyForQuery T'])
  expect((await wire.run('select 1/0')).at(-1)).toBe('ReadyForQuery E')
  expect(await wire.run('select 1')).toEqual([
    'Error ERROR 25P02 current transaction is aborted, commands ignored until end of transaction block',
    'ReadyForQuery E',
  ])
  expect(await wire.run('commit')).toEqual(['CommandComplete ROLLBACK', 'ReadyForQuery I'])
})

test('queries that are sent at once are answered in their order', async () => {
  const wire = await connect()
  await wire.send(...[1, 2, 3].map((n) => query(`select ${n} as v`)))
  for (const n of [1, 2, 3]) {
    expect(await wire.untilReady()).toEqual([
      'RowDescription v',
      `DataRow ${n}`,
      'CommandComplete SELECT 1',
      'ReadyForQuery I',
    ])
  }
})

test('a query that is sent byte by byte is answered as any other', async () => {
  const wire = await connect()
  for (const byte of query('select 1 as v')) await wire.send(Buffer.from([byte]))
  expect(await wire.untilReady()).toEqual([
    'RowDescription v',
    'DataRow 1',
    'CommandComplete SELECT 1',
    'ReadyForQuery I',
  ])
})

test('a notice comes before the answer of its statement', async () => {
  const wire = await connect()
  expect(await wire.run("do $$ begin raise notice 'hear this'; end $$")).toEqual([
    'Notice NOTICE 00000 hear this',
    'CommandComplete DO',
    'ReadyForQuery I',
  ])
})

test('a setting that clients follow is reported when it changes', async () => {
  const wire = await connect()
  expect(await wire.run("set application_name = 'renamed'")).toEqual([
    'CommandComplete SET',
    'ParameterStatus application_name=renamed',
    'ReadyForQuery I',
  ])
  expect(await wire.run("set timezone = 'Asia/Tokyo'")).toEqual([
    'CommandComplete SET',
    'ParameterStatus TimeZone=Asia/Tokyo',
    'ReadyForQuery I',
  ])
})

test('a statement that sets nothing reports no setting', async () => {
  const wire = await connect()
  expect(await wire.run('select 1 as v from pg_sleep(0)')).toEqual([
    'RowDescription v',
    'DataRow 1',
    'CommandComplete SELECT 1',
    'ReadyForQuery I',
  ])
})

test('a goodbye ends the connection without an answer, and its transaction', async () => {
  const [wire, other] = [await connect(), await connect()]
  await wire.run('create table left_behind (n int)')
  await wire.run('begin')
  await wire.run('insert into left_behind values (1)')
  await wire.send(terminate)
  expect(await wire.untilEnd()).toEqual(['end'])
  expect(await other.run('select count(*) from left_behind')).toContain('DataRow 0')
})

test('what was sent before a goodbye is still done', async () => {
  const [wire, other] = [await connect(), await connect()]
  await wire.send(
    query('create table kept (n int)'),
    query('insert into kept values (1)'),
    terminate
  )
  const lines = await wire.untilEnd()
  expect(lines).toEqual([
    'CommandComplete CREATE TABLE',
    'ReadyForQuery I',
    'CommandComplete INSERT 0 1',
    'ReadyForQuery I',
    'end',
  ])
  expect(await other.run('select count(*) from kept')).toContain('DataRow 1')
})

test('a client that ends its side gets the answers it waits for, and then the end', async () => {
  const wire = await connect()
  void wire.send(query('select 1 as a'), query('select 2 as b'))
  wire.finish()
  expect(await wire.untilEnd()).toEqual([
    'RowDescription a',
    'DataRow 1',
    'CommandComplete SELECT 1',
    'ReadyForQuery I',
    'RowDescription b',
    'DataRow 2',
    'CommandComplete SELECT 1',
    'ReadyForQuery I',
    'end',
  ])
})

for (const [name, sent, error] of [
  ['of an unknown type', message('!'), 'FATAL 08P01 invalid frontend message type 33'],
  ['with a password', message('p', 'secret'), 'FATAL 08P01 invalid frontend message type 112'],
  [
    'that is shorter than its length',
    bytes(Buffer.from('Q'), [0, 0, 0, 3]),
    'FATAL 08P01 invalid message length',
  ],
  [
    'with a negative length',
    bytes(Buffer.from('Q'), [255, 255, 255, 255]),
    'FATAL 08P01 invalid message length',
  ],
] as const) {
  test(`a message ${name} ends the connection`, async () => {
    const [wire, other] = [await connect(), await connect()]
    await wire.send(sent)
    const lines = await wire.untilEnd()
    expect(lines.at(-1)).toBe('end')
    expect(lines.filter((line) => line !== 'end').every((line) => line === `Error ${error}`)).toBe(
      true
    )
    expect(await other.run('select 1')).toContain('DataRow 1')
  })
}

test('a query without its terminator is refused, and the session goes on', async () => {
  const wire = await connect()
  expect(await wire.ask(message('Q', Buffer.from('select 1')))).toEqual([
    'Error ERROR 08P01 invalid string in message',
    'ReadyForQuery I',
  ])
  expect(await wire.run('select 1')).toContain('DataRow 1')
})

test('a query with something after its terminator is refused, and the session goes on', async () => {
  const wire = await connect()
  expect(await wire.ask(message('Q', 'select 1', [1]))).toEqual([
    'Error ERROR 08P01 invalid message format',
    'ReadyForQuery I',
  ])
  expect(await wire.run('select 1')).toContain('DataRow 1')
})

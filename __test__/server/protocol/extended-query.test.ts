// Extended queries: prepared statements, portals, pipelines, and what an error skips.
import { expect, test } from 'vitest'
import {
  bind,
  close,
  describe,
  execute,
  flush,
  functionCall,
  int16,
  int32,
  message,
  parse,
  query,
  sync,
} from '../../support/frontend'
import { connect } from '../../support/wire-provider'

/** Prepare, bind and run a text, without Sync. */
const all = (text: string, values: string[] = []) => [
  parse('', text),
  bind('', '', values),
  describe('P', ''),
  execute(''),
]

/** What `all` answers for one value. */
const one = (name: string, value: string) => [
  'ParseComplete',
  'BindComplete',
  `RowDescription ${name}`,
  `DataRow ${value}`,
  'CommandComplete SELECT 1',
]

test('a statement is prepared, described, bound and run', async () => {
  const wire = await connect()
  expect(
    await wire.ask(
      parse('sum', 'select $1::int + $2::int as v'),
      describe('S', 'sum'),
      bind('p', 'sum', ['1', '2']),
      describe('P', 'p'),
      execute('p'),
      close('P', 'p'),
      close('S', 'sum'),
      sync
    )
  ).toEqual([
    'ParseComplete',
    'ParameterDescription 2',
    'RowDescription v',
    'BindComplete',
    'RowDescription v',
    'DataRow 3',
    'CommandComplete SELECT 1',
    'CloseComplete',
    'CloseComplete',
    'ReadyForQuery I',
  ])
})

test('nothing is answered before Flush or Sync asks for it', async () => {
  const wire = await connect()
  await wire.send(parse('s', 'select 1 as v'), flush)
  expect(await wire.line()).toBe('ParseComplete')
  await wire.send(bind('', 's'), execute(''), flush)
  expect(await wire.until('CommandComplete')).toEqual([
    'BindComplete',
    'DataRow 1',
    'CommandComplete SELECT 1',
  ])
  expect(await wire.ask(sync)).toEqual(['ReadyForQuery I'])
})

test('a portal is read in parts', async () => {
  const wire = await connect()
  await wire.run('begin')
  const lines = await wire.ask(
    parse('', 'select n from generate_series(1, 5) n'),
    bind('p', ''),
    execute('p', 2),
    execute('p', 2),
    execute('p', 2),
    sync
  )
  expect(lines).toEqual([
    'ParseComplete',
    'BindComplete',
    'DataRow 1',
    'DataRow 2',
    'PortalSuspended',
    'DataRow 3',
    'DataRow 4',
    'PortalSuspended',
    'DataRow 5',
    'CommandComplete SELECT 1',
    'ReadyForQuery T',
  ])
})

test('a portal in a transaction outlives Sync, and not the transaction', async () => {
  const wire = await connect()
  await wire.run('begin')
  await wire.ask(
    parse('', 'select n from generate_series(1, 3) n'),
    bind('p', ''),
    execute('p', 1),
    sync
  )
  expect(await wire.ask(execute('p', 1), sync)).toEqual([
    'DataRow 2',
    'PortalSuspended',
    'ReadyForQuery T',
  ])
  await wire.run('commit')
  expect(await wire.ask(execute('p', 1), sync)).toEqual([
    'Error ERROR 34000 portal "p" does not exist',
    'ReadyForQuery I',
  ])
})

test('several Syncs in one packet are answered one by one', async () => {
  const wire = await connect()
  await wire.send(...all('select 1 as v'), sync, sync, ...all('select 2 as v'), sync)
  expect(await wire.untilReady()).toEqual([...one('v', '1'), 'ReadyForQuery I'])
  expect(await wire.untilReady()).toEqual(['ReadyForQuery I'])
  expect(await wire.untilReady()).toEqual([...one('v', '2'), 'ReadyForQuery I'])
})

test('an error skips what follows it up to Sync, and no further', async () => {
  const wire = await connect()
  await wire.send(
    ...all('select 1/0'),
    ...all('select 1 as skipped'),
    query('select 2 as skipped'),
    flush,
    sync,
    ...all('select 3 as v'),
    sync
  )
  expect(await wire.untilReady()).toEqual([
    'ParseComplete',
    'Error ERROR 22012 division by zero',
    'ReadyForQuery I',
  ])
  expect(await wire.untilReady()).toEqual([...one('v', '3'), 'ReadyForQuery I'])
})

test('a pipeline up to Sync is one transaction, taken back by an error', async () => {
  const wire = await connect()
  await wire.run('create table piped (n int)')
  const insert = (value: string) => all('insert into piped values ($1::int)', [value])
  await wire.send(...insert('1'), ...insert('x'), ...insert('3'), sync)
  const lines = await wire.untilReady()
  expect(lines.at(-2)).toBe('Error ERROR 22P02 invalid input syntax for type integer: "x"')
  expect(await wire.run('select count(*) from piped')).toContain('DataRow 0')
})

test('two hundred statements in one packet are answered in their order', async () => {
  const wire = await connect()
  const numbers = Array.from({ length: 200 }, (_, index) => String(index))
  await wire.send(...numbers.flatMap((n) => [...all('select $1::int as v', [n]), sync]))
  for (const n of numbers)
    expect(await wire.untilReady()).toEqual([...one('v', n), 'ReadyForQuery I'])
})

test('statements of one name belong to their own session', async () => {
  const [first, second] = [await connect(), await connect()]
  await first.ask(parse('mine', 'select 1 as v'), sync)
  await second.ask(parse('mine', 'select 2 as v'), sync)
  const run = [bind('', 'mine'), execute(''), sync]
  expect(await first.ask(...run)).toContain('DataRow 1')
  expect(await second.ask(...run)).toContain('DataRow 2')
})

for (const [name, sent, error] of [
  [
    'an unknown statement',
    [bind('', 'nobody')],
    '26000 prepared statement "nobody" does not exist',
  ],
  ['an unknown portal', [execute('nobody')], '34000 portal "nobody" does not exist'],
  [
    'a description of an unknown statement',
    [describe('S', 'nobody')],
    '26000 prepared statement "nobody" does not exist',
  ],
  [
    'too few values',
    [parse('', 'select $1::int'), bind('', '')],
    '08P01 bind message supplies 0 parameters, but prepared statement "" requires 1',
  ],
  [
    'two statements',
    [parse('', 'select 1; select 2')],
    '42601 cannot insert multiple commands into a prepared statement',
  ],
  [
    'a Describe of an unknown kind',
    [message('D', Buffer.from('X'), '')],
    '08P01 invalid DESCRIBE message subtype 88',
  ],
  [
    'a Close of an unknown kind',
    [message('C', Buffer.from('X'), '')],
    '08P01 invalid CLOSE message subtype 88',
  ],
  [
    'a Parse with too few types',
    [message('P', '', 'select 1', int16(2), int32(23))],
    '08P01 insufficient data left in message',
  ],
  [
    'a Bind with a value that is cut',
    [
      parse('', 'select $1::text'),
      message('B', '', '', int16(0), int16(1), int32(9), Buffer.from('cut')),
    ],
    '08P01 insufficient data left in message',
  ],
] as const) {
  test(`${name} is an error, and the session goes on after Sync`, async () => {
    const wire = await connect()
    const lines = await wire.ask(...sent, sync)
    expect(lines.slice(-2)).toEqual([`Error ERROR ${error}`, 'ReadyForQuery I'])
    expect(await wire.run('select 1')).toContain('DataRow 1')
  })
}

test('a function is called by its oid', async () => {
  const wire = await connect()
  const lengthOfText = 1317
  expect(await wire.ask(functionCall(lengthOfText, ['four']))).toEqual([
    'FunctionCallResponse 4',
    'ReadyForQuery I',
  ])
  expect(await wire.ask(functionCall(1, []))).toEqual([
    'Error ERROR 42883 function with OID 1 does not exist',
    'ReadyForQuery I',
  ])
})

test('a query among extended messages belongs to their transaction, which Sync ends', async () => {
  const wire = await connect()
  await wire.send(...all('select 1 as v'), query('select 2 as w'))
  expect(await wire.untilReady()).toEqual([
    ...one('v', '1'),
    'RowDescription w',
    'DataRow 2',
    'CommandComplete SELECT 1',
    'ReadyForQuery T',
  ])
  expect(await wire.ask(sync)).toEqual(['ReadyForQuery I'])
})

// What goes over the wire: a line of SQL in, a line of JSON out.
import { expect, test } from 'vitest'
import { LineClient, serve } from './server'

const nothing = { rows: [], rowCount: 0, fields: [] }
const none = { status: 'success', ...nothing }
const rows = (name: string, dataTypeID: number, ...values: unknown[]) => ({
  rows: values.map((value) => ({ [name]: value })),
  rowCount: values.length,
  fields: [{ name, dataTypeID }],
})
const success = (name: string, dataTypeID: number, ...values: unknown[]) => ({
  status: 'success',
  ...rows(name, dataTypeID, ...values),
})

test('a line is answered with its rows, their number and their fields', async () => {
  const client = await LineClient.connect(await serve())
  expect(await client.ask('select n as one from generate_series(1, 2) n')).toEqual(
    success('one', 23, 1, 2)
  )
})

test('a statement without rows tells how many it touched', async () => {
  const client = await LineClient.connect(await serve())
  expect(await client.ask('create table t (n int)')).toEqual(none)
  expect(await client.ask('insert into t values (1), (2)')).toEqual({ ...none, rowCount: 2 })
})

test('an error is answered with its fields, and the connection goes on', async () => {
  const client = await LineClient.connect(await serve())
  await client.ask('create table t (n int primary key)')
  await client.ask('insert into t values (1)')
  expect(await client.ask('insert into t values (1)')).toEqual({
    status: 'error',
    severity: 'ERROR',
    message: 'duplicate key value violates unique constraint "t_pkey"',
    code: '23505',
    detail: 'Key (n)=(1) already exists.',
  })
  expect(await client.ask("select nosuch('x')")).toEqual({
    status: 'error',
    severity: 'ERROR',
    message: 'function nosuch(unknown) does not exist',
    code: '42883',
    hint: 'No function matches the given name and argument types. You might need to add explicit type casts.',
    position: '8',
  })
  expect(await client.ask('select 1 as one')).toEqual(success('one', 23, 1))
})

test('several statements in a line give the last result, and all of them as results', async () => {
  const client = await LineClient.connect(await serve())
  expect(await client.ask('create temp table t (n int); select 1 as a; select 2 as b')).toEqual({
    ...success('b', 23, 2),
    results: [nothing, rows('a', 23, 1), rows('b', 23, 2)],
  })
})

test('statements in one line are undone together when one fails', async () => {
  const client = await LineClient.connect(await serve())
  await client.ask('create table t (n int)')
  expect(await client.ask('insert into t values (1); select 1 / 0')).toMatchObject({
    code: '22012',
  })
  expect(await client.ask('select n from t')).toEqual(success('n', 23))
})

test('lines that are sent together are answered in their order', async () => {
  const client = await LineClient.connect(await serve())
  const lines = Array.from({ length: 200 }, (_, n) => (n % 10 === 3 ? 'frob' : `select ${n} as n`))
  client.end(`${lines.join('\n')}\n`)
  const answers = await client.rest()
  expect(answers.map((answer) => answer['code'] ?? answer['rows'])).toEqual(
    lines.map((_, n) => (n % 10 === 3 ? '42601' : [{ n }]))
  )
})

test('empty lines are passed over, and lines may end in CRLF', async () => {
  const client = await LineClient.connect(await serve())
  client.end("\n\r\n  \t\nselect 'a\tb' as text\r\n\r\n")
  expect(await client.rest()).toEqual([success('text', 25, 'a\tb')])
})

test('a line that holds nothing but a comment or a semicolon has an empty answer', async () => {
  const client = await LineClient.connect(await serve())
  expect([await client.ask('-- nothing'), await client.ask(';')]).toEqual([none, none])
})

test('the last line needs no newline when the client ends its side', async () => {
  const client = await LineClient.connect(await serve())
  client.end('select 1 as one\nselect 2 as two')
  expect(await client.rest()).toEqual([success('one', 23, 1), success('two', 23, 2)])
})

test('characters may be cut anywhere on their way', async () => {
  const client = await LineClient.connect(await serve())
  client.socket.setNoDelay(true)
  for (const byte of Buffer.from("select 'äß€😀' as text\n")) {
    await new Promise((resolve) => client.socket.write(Uint8Array.of(byte), resolve))
  }
  expect(await client.answer()).toEqual(success('text', 25, 'äß€😀'))
})

test('bytes that are no text are refused line by line', async () => {
  const client = await LineClient.connect(await serve())
  const bytes = [Buffer.from("select '"), Uint8Array.of(0xff, 0xfe), Buffer.from("'\n")]
  client.end(Buffer.concat([...bytes, Buffer.from("select 'a\0b'\nselect 1 as one\n")]))
  const refused = { status: 'error', severity: 'ERROR', code: '22021' }
  expect(await client.rest()).toEqual([
    { ...refused, message: 'the line is not valid UTF-8' },
    { ...refused, message: 'invalid byte sequence for encoding "UTF8": 0x00' },
    success('one', 23, 1),
  ])
})

test('what speaks another protocol is told so in errors, and harms nobody', async () => {
  const server = await serve()
  const client = await LineClient.connect(server)
  client.end('GET / HTTP/1.1\r\nHost: example\r\n\r\n')
  const error = { status: 'error', severity: 'ERROR', code: '42601', position: '1' }
  expect(await client.rest()).toEqual([
    { ...error, message: 'syntax error at or near "GET"' },
    { ...error, message: 'syntax error at or near "Host"' },
  ])
  const startup = await LineClient.connect(server)
  startup.end(Buffer.from('0000000804d2162f', 'hex'))
  expect(await startup.rest()).toEqual([
    {
      status: 'error',
      severity: 'ERROR',
      code: '22021',
      message: 'the line is not valid UTF-8',
    },
  ])
  expect(await (await LineClient.connect(server)).ask('select 1 as one')).toEqual(
    success('one', 23, 1)
  )
})

test('values that JSON lacks are given as texts that PostgreSQL reads', async () => {
  const client = await LineClient.connect(await serve())
  const answer = await client.ask(
    `select
      9007199254740991::int8 as exact, 9007199254740993::int8 as large, 1.50::numeric as money,
      'NaN'::float8 as nan, '-infinity'::float4 as low, '\\x00ff'::bytea as bytes,
      date '2024-02-29' as day, timestamp '2024-02-29 12:30:00.5' as at,
      timestamptz '2024-02-29 12:30:00+02' as moment, interval '1 day 02:00' as span,
      date 'infinity' as never, '{"a": [1, null]}'::jsonb as doc, array[1, null]::int8[] as list,
      array[date '2024-01-01'] as days, null as nothing, true as yes`.replaceAll('\n', ' ')
  )
  expect(answer['rows']).toEqual([
    {
      exact: 9007199254740991,
      large: '9007199254740993',
      money: '1.50',
      nan: 'NaN',
      low: '-Infinity',
      bytes: '\\x00ff',
      day: '2024-02-29',
      at: '2024-02-29T12:30:00.500',
      moment: '2024-02-29T10:30:00.000Z',
      span: '2 hours 1 days',
      never: 'Infinity',
      doc: { a: [1, null] },
      list: [1, null],
      days: ['2024-01-01'],
      nothing: null,
      yes: true,
    },
  ])
})

test('what has come in is run, even if the client does not wait for the answer', async () => {
  const server = await serve()
  const hasty = await LineClient.connect(server)
  const lines = Array.from({ length: 50 }, (_, n) => `insert into t values (${n})\n`)
  const gone = new Promise<void>((resolve) => server.once('disconnection', () => resolve()))
  await new Promise<void>((resolve) => {
    hasty.socket.end(`create table t (n int)\n${lines.join('')}`, () => resolve())
  })
  hasty.socket.destroy()
  await gone
  const client = await LineClient.connect(server)
  expect(await client.ask('select count(*) from t')).toEqual(success('count', 20, 50))
})

import { expect, test } from 'vitest'
import { collect, serverFields } from '../support/answers'
import { connect } from '../support/provider'

const raise = (level: string, using = '') =>
  `do $$ begin raise ${level} 'hello %', 1 ${using}; end $$`

test('a notice reaches the client with all its fields', async () => {
  const client = await connect()
  const notices = collect<Error>(client, 'notice')
  await client.query(
    raise(
      'notice',
      "using errcode = 'P0007', detail = 'det', hint = 'hin', column = 'col', table = 'tab', schema = 'sch', datatype = 'typ', constraint = 'con'"
    )
  )
  expect(notices.map(serverFields)).toEqual([
    {
      name: 'notice',
      severity: 'NOTICE',
      code: 'P0007',
      message: 'hello 1',
      detail: 'det',
      hint: 'hin',
      column: 'col',
      table: 'tab',
      schema: 'sch',
      dataType: 'typ',
      constraint: 'con',
      where: 'PL/pgSQL function inline_code_block line 1 at RAISE',
    },
  ])
})

test('levels below client_min_messages are not told', async () => {
  const client = await connect()
  const notices = collect<{ severity: string }>(client, 'notice')
  await client.query('set client_min_messages = warning')
  for (const level of ['debug', 'info', 'notice', 'warning']) await client.query(raise(level))
  expect(notices.map((notice) => notice.severity)).toEqual(['INFO', 'WARNING'])
})

test('notices come before the answer of their query, in order', async () => {
  const client = await connect()
  const order: string[] = []
  client.on('notice', (notice) => order.push(String(notice.message)))
  const queries = ['a', 'b'].map((name) =>
    client
      .query(`do $$ begin raise notice '${name}'; end $$`)
      .then(() => order.push(`end of ${name}`))
  )
  await Promise.all(queries)
  expect(order).toEqual(['a', 'end of a', 'b', 'end of b'])
})

test('a notice of a parameterized query is told, too', async () => {
  const client = await connect()
  const notices = collect<{ message: string }>(client, 'notice')
  await client.query(`create function tell(text) returns int language plpgsql as $$
    begin raise notice 'told %', $1; return 1; end $$`)
  expect((await client.query('select tell($1) as v', ['me'])).rows).toEqual([{ v: 1 }])
  expect(notices.map((notice) => notice.message)).toEqual(['told me'])
})

test('a notice goes to the client that caused it alone', async () => {
  const [one, two] = [await connect(), await connect()]
  const [ones, twos] = [collect(one, 'notice'), collect(two, 'notice')]
  await one.query(raise('notice'))
  await two.query('select 1')
  expect([ones.length, twos.length]).toEqual([1, 0])
})

test('if not exists and drop if exists give notice', async () => {
  const client = await connect()
  const notices = collect<{ code: string; message: string }>(client, 'notice')
  await client.query('create table noticed (n int)')
  await client.query('create table if not exists noticed (n int)')
  await client.query('drop table if exists never_was')
  expect(notices.map(({ code, message }) => [code, message])).toEqual([
    ['42P07', 'relation "noticed" already exists, skipping'],
    ['00000', 'table "never_was" does not exist, skipping'],
  ])
})

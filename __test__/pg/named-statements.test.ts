import { expect, test } from 'vitest'
import { failure, refusal } from '../support/answers'
import { connect } from '../support/provider'

const prepared = async (client: { query(text: string): Promise<{ rows: unknown[] }> }) =>
  (await client.query('select name, statement, from_sql from pg_prepared_statements order by name'))
    .rows

test('a named query is prepared once and run many times', async () => {
  const client = await connect()
  const config = { name: 'double', text: 'select $1::int * 2 as v' }
  const rows = []
  for (const n of [1, 2, 3]) rows.push((await client.query(config, [n])).rows[0])
  expect(rows).toEqual([{ v: 2 }, { v: 4 }, { v: 6 }])
  expect(await prepared(client)).toEqual([
    { name: 'double', statement: config.text, from_sql: false },
  ])
})

test('a named query without parameters is prepared, too', async () => {
  const client = await connect()
  await client.query({ name: 'plain', text: 'select 1 as v' })
  expect((await client.query({ name: 'plain', text: 'select 1 as v' })).rows).toEqual([{ v: 1 }])
  expect(await prepared(client)).toHaveLength(1)
})

test('the same name with another text is refused, and the first stays', async () => {
  const client = await connect()
  await client.query({ name: 'taken', text: 'select 1 as v' })
  const error = await failure(client.query({ name: 'taken', text: 'select 2 as v' }))
  expect(error.message).toBe(
    "Prepared statements must be unique - 'taken' was used for a different statement"
  )
  expect((await client.query({ name: 'taken', text: 'select 1 as v' })).rows).toEqual([{ v: 1 }])
})

test('once prepared, the name alone runs the statement', async () => {
  const client = await connect()
  await client.query({ name: 'by-name', text: 'select $1::text as v', values: ['a'] })
  const result = await client.query({ name: 'by-name', text: '', values: ['b'] })
  expect(result.rows).toEqual([{ v: 'b' }])
})

test('a statement that could not be prepared leaves its name free', async () => {
  const client = await connect()
  expect(await refusal(client.query({ name: 'second-try', text: 'selec 1' }))).toMatchObject({
    code: '42601',
  })
  expect((await client.query({ name: 'second-try', text: 'select 1 as v' })).rows).toEqual([
    { v: 1 },
  ])
})

test('a number of values that does not fit names the statement', async () => {
  const client = await connect()
  const config = { name: 'two', text: 'select $1::int + $2::int as v' }
  expect(await refusal(client.query(config, [1]))).toMatchObject({
    code: '08P01',
    message: 'bind message supplies 1 parameters, but prepared statement "two" requires 2',
  })
  expect((await client.query(config, [1, 2])).rows).toEqual([{ v: 3 }])
})

test('an error while it runs leaves a statement usable', async () => {
  const client = await connect()
  const config = { name: 'divide', text: 'select 6 / $1::int as v' }
  await refusal(client.query(config, [0]))
  expect((await client.query(config, [3])).rows).toEqual([{ v: 2 }])
})

test('a statement prepared in a transaction that rolls back stays', async () => {
  const client = await connect()
  const config = { name: 'in-transaction', text: 'select $1::int as v' }
  await client.query('begin')
  await client.query(config, [1])
  await client.query('rollback')
  expect((await client.query(config, [2])).rows).toEqual([{ v: 2 }])
})

test('names of any length and script are kept apart', async () => {
  const client = await connect()
  const names = ['a', 'A', 'a b', "it's", '"quoted"', 'ключ', 'x'.repeat(63), 'e'.repeat(30)]
  for (const [i, name] of names.entries()) await client.query({ name, text: `select ${i} as v` })
  const rows = []
  for (const [i, name] of names.entries())
    rows.push((await client.query({ name, text: `select ${i} as v` })).rows[0])
  expect(rows).toEqual(names.map((_, i) => ({ v: i })))
})

test('two clients use the same name for different statements', async () => {
  const [one, two] = [await connect(), await connect()]
  const ask = (client: typeof one, text: string) => client.query({ name: 'shared', text })
  await ask(one, 'select 1 as v')
  await ask(two, "select 'two' as w")
  expect([
    (await ask(one, 'select 1 as v')).rows,
    (await ask(two, "select 'two' as w")).rows,
  ]).toEqual([[{ v: 1 }], [{ w: 'two' }]])
  expect(await prepared(one)).toEqual([
    { name: 'shared', statement: 'select 1 as v', from_sql: false },
  ])
})

test('a name that another client prepared is unknown to this one', async () => {
  const [one, two] = [await connect(), await connect()]
  await one.query({ name: 'private', text: 'select 1 as v' })
  expect(await refusal(two.query('execute private'))).toEqual({
    name: 'error',
    severity: 'ERROR',
    code: '26000',
    message: 'prepared statement "private" does not exist',
  })
})

test('queued runs of one named query all answer', async () => {
  const client = await connect()
  const config = { name: 'queued', text: 'select $1::int as v' }
  const results = await Promise.all([1, 2, 3, 4].map((n) => client.query(config, [n])))
  expect(results.map((result) => result.rows[0] as unknown)).toEqual(
    [1, 2, 3, 4].map((v) => ({ v }))
  )
})

test('a statement whose result type has changed is refused as the server does', async () => {
  const client = await connect()
  await client.query('create table reshaped (a int); insert into reshaped values (1)')
  const config = { name: 'star', text: 'select * from reshaped' }
  await client.query(config)
  await client.query('alter table reshaped add column b int')
  expect(await refusal(client.query(config))).toMatchObject({
    code: '0A000',
    message: 'cached plan must not change result type',
  })
})

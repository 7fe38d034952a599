import { expect, test } from 'vitest'
import type pg from 'pg'
import { answer, refusal } from '../support/answers'
import { connect, query } from '../support/provider'

const names = async (client: pg.Client) =>
  (await client.query('select name from pg_prepared_statements order by name')).rows as unknown[]

test('prepare, execute and deallocate', async () => {
  const client = await connect()
  expect((await client.query('prepare add (int, int) as select $1 + $2 as sum')).command).toBe(
    'PREPARE'
  )
  expect(answer(await client.query('execute add (1, 2)'))).toEqual({
    command: 'SELECT',
    rowCount: 1,
    oid: null,
    rows: [{ sum: 3 }],
    fields: ['sum'],
  })
  expect((await client.query('deallocate add')).command).toBe('DEALLOCATE')
  expect(await refusal(client.query('execute add (1, 2)'))).toEqual({
    name: 'error',
    severity: 'ERROR',
    code: '26000',
    message: 'prepared statement "add" does not exist',
  })
})

test('a name is prepared once for each client', async () => {
  const [one, other] = [await connect(), await connect()]
  await one.query("prepare who as select 'one' as v")
  await other.query("prepare who as select 'other' as v")
  expect((await one.query('execute who')).rows).toEqual([{ v: 'one' }])
  expect((await other.query('execute who')).rows).toEqual([{ v: 'other' }])
  expect(await refusal(one.query('prepare who as select 1'))).toEqual({
    name: 'error',
    severity: 'ERROR',
    code: '42P05',
    message: 'prepared statement "who" already exists',
  })
})

test('deallocate of one client leaves the statement of another', async () => {
  const [one, other] = [await connect(), await connect()]
  for (const client of [one, other]) await client.query('prepare same as select 1 as v')
  await one.query('deallocate same')
  expect((await other.query('execute same')).rows).toEqual([{ v: 1 }])
  expect([await names(one), await names(other)]).toEqual([[], [{ name: 'same' }]])
})

test.each(['deallocate all', 'deallocate prepare all', 'discard all'])(
  '%s drops the statements of this client alone',
  async (text) => {
    const [one, other] = [await connect(), await connect()]
    for (const client of [one, other])
      await client.query('prepare a as select 1 as v; prepare b as select 2 as v')
    await one.query(text)
    expect([await names(one), await names(other)]).toEqual([[], [{ name: 'a' }, { name: 'b' }]])
    expect((await other.query('execute b')).rows).toEqual([{ v: 2 }])
    expect(await refusal(one.query('execute a'))).toMatchObject({ code: '26000' })
  }
)

test('names are folded to lower case unless quoted', async () => {
  const client = await connect()
  await client.query('PREPARE Folded AS SELECT 1 AS v')
  await client.query('prepare "Quoted one" as select 2 as v')
  expect((await client.query('execute FOLDED')).rows).toEqual([{ v: 1 }])
  expect((await client.query('execute "Quoted one"')).rows).toEqual([{ v: 2 }])
  expect(await names(client)).toEqual([{ name: 'Quoted one' }, { name: 'folded' }])
})

test('a named query of the protocol and prepare share their names', async () => {
  const client = await connect()
  await client.query({ name: 'mutual', text: 'select 1 as v' })
  expect((await client.query('execute mutual')).rows).toEqual([{ v: 1 }])
  expect(await refusal(client.query('prepare mutual as select 2'))).toMatchObject({ code: '42P05' })
})

test('prepare and execute work within one text of several statements', async () => {
  const client = await connect()
  const results = (await client.query(
    'prepare p (int) as select $1 * 2 as v; execute p (4); execute p (5); deallocate p'
  )) as unknown as pg.QueryResult[]
  expect(results.map((result) => [result.command, result.rows])).toEqual([
    ['PREPARE', []],
    ['SELECT', [{ v: 8 }]],
    ['SELECT', [{ v: 10 }]],
    ['DEALLOCATE', []],
  ])
})

test('explain execute shows the plan of the statement', async () => {
  const client = await connect()
  await client.query('prepare planned (int) as select $1 as v')
  expect((await client.query('explain (costs off) execute planned (1)')).rows).toEqual([
    { 'QUERY PLAN': 'Result' },
  ])
})

test('create table as execute takes the rows of the statement', async () => {
  const client = await connect()
  await client.query('prepare rows_of (int) as select n from generate_series(1, $1) n')
  expect((await client.query('create table from_execute as execute rows_of (3)')).rowCount).toBe(3)
})

test('pg_prepared_statements tells name, text, types and origin', async () => {
  const client = await connect()
  await client.query('prepare told (int, text) as select $1, $2')
  const { rows } = await client.query(
    'select name, statement, parameter_types::text, from_sql from pg_prepared_statements'
  )
  expect(rows).toEqual([
    {
      name: 'told',
      statement: 'prepare told (int, text) as select $1, $2',
      parameter_types: '{integer,text}',
      from_sql: true,
    },
  ])
})

test('a wrong number of values is told with both numbers', async () => {
  const client = await connect()
  await client.query('prepare one_of (int) as select $1')
  expect(await refusal(client.query('execute one_of (1, 2)'))).toEqual({
    name: 'error',
    severity: 'ERROR',
    code: '42601',
    message: 'wrong number of parameters for prepared statement "one_of"',
    detail: 'Expected 1 parameters but got 2.',
  })
})

test('statements end with their client', async () => {
  const gone = await connect()
  await gone.query('prepare leftover as select 1')
  await gone.end()
  const client = await connect()
  await client.query('prepare leftover as select 2 as v')
  expect((await client.query('execute leftover')).rows).toEqual([{ v: 2 }])
  expect(await refusal(query('execute leftover'))).toMatchObject({ code: '26000' })
})

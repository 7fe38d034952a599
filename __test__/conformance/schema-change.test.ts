import { expect, test } from 'vitest'
import { refusal } from '../support/answers'
import { connect } from '../support/provider'

const setUp = async (table: string) => {
  const client = await connect()
  await client.query(`create table ${table} (id int primary key, a text)`)
  await client.query(`insert into ${table} values (1, 'x')`)
  return client
}

test('a parameterized select * shows a column that was added since', async () => {
  const client = await setUp('widened')
  const ask = async () => (await client.query('select * from widened where id = $1', [1])).rows
  expect(await ask()).toEqual([{ id: 1, a: 'x' }])
  await client.query('alter table widened add column b int default 7')
  expect(await ask()).toEqual([{ id: 1, a: 'x', b: 7 }])
  await client.query('alter table widened drop column a')
  expect(await ask()).toEqual([{ id: 1, b: 7 }])
})

test('the change of another client is seen, too', async () => {
  const client = await setUp('elsewhere')
  const other = await connect()
  const ask = async () => (await client.query('select * from elsewhere where id = $1', [1])).rows
  await ask()
  await other.query('alter table elsewhere rename column a to renamed')
  expect(await ask()).toEqual([{ id: 1, renamed: 'x' }])
})

test('a column that changes its type changes its value', async () => {
  const client = await setUp('retyped')
  const ask = async () => (await client.query('select id from retyped where a = $1', ['x'])).rows
  expect(await ask()).toEqual([{ id: 1 }])
  await client.query('alter table retyped alter column id type text')
  expect(await ask()).toEqual([{ id: '1' }])
})

test('the type of a parameter follows the column', async () => {
  const client = await setUp('param_type')
  const ask = async (value: unknown) =>
    (await client.query('select id from param_type where id = $1', [value])).rows
  expect(await ask(1)).toEqual([{ id: 1 }])
  await client.query("alter table param_type alter column id type text using 'k' || id")
  expect(await ask('k1')).toEqual([{ id: 'k1' }])
})

test('a table that is dropped and created anew is the new one', async () => {
  const client = await setUp('again')
  const ask = () => client.query('select * from again where $1', [true])
  await ask()
  await client.query('drop table again')
  expect(await refusal(ask())).toMatchObject({ code: '42P01', position: '15' })
  await client.query("create table again (other text); insert into again values ('new')")
  expect((await ask()).rows).toEqual([{ other: 'new' }])
})

test('a table that shadows another through search_path is the one that is read', async () => {
  const client = await setUp('shadowed')
  const ask = async () => (await client.query('select a from shadowed where id = $1', [1])).rows
  await ask()
  await client.query(
    "create temp table shadowed (id int, a text); insert into pg_temp.shadowed values (1, 'temp')"
  )
  expect(await ask()).toEqual([{ a: 'temp' }])
  await client.query('drop table pg_temp.shadowed')
  expect(await ask()).toEqual([{ a: 'x' }])
})

test('a function that is replaced answers anew', async () => {
  const client = await connect()
  const define = (body: string) =>
    client.query(`create or replace function versioned(int) returns int language sql as '${body}'`)
  const ask = async () => (await client.query('select versioned($1) as v', [10])).rows
  await define('select $1 + 1')
  expect(await ask()).toEqual([{ v: 11 }])
  await define('select $1 + 2')
  expect(await ask()).toEqual([{ v: 12 }])
})

test('the same text with parameters of other types is planned anew', async () => {
  const client = await connect()
  const text = 'select pg_typeof($1::text || $2) as t, $2 as v'
  expect((await client.query(text, ['a', 'b'])).rows).toEqual([{ t: 'text', v: 'b' }])
  expect((await client.query(text, ['a', 5])).rows).toEqual([{ t: 'text', v: '5' }])
})

test('a change within a transaction that rolls back is undone for later queries', async () => {
  const client = await setUp('undone')
  const ask = async () => (await client.query('select * from undone where id = $1', [1])).rows
  await client.query('begin')
  await client.query('alter table undone add column b int')
  expect(await ask()).toEqual([{ id: 1, a: 'x', b: null }])
  await client.query('rollback')
  expect(await ask()).toEqual([{ id: 1, a: 'x' }])
})

test('a text that failed once is tried anew', async () => {
  const client = await connect()
  const ask = () => client.query('select v from appears where $1', [true])
  expect(await refusal(ask())).toMatchObject({ code: '42P01' })
  await client.query('create table appears as select 3 as v')
  expect((await ask()).rows).toEqual([{ v: 3 }])
})

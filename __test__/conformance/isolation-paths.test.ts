// One text means different tables to two clients with different search paths.
import { beforeAll, expect, test } from 'vitest'
import type pg from 'pg'
import { refusal } from '../support/answers'
import { connect, query } from '../support/provider'

beforeAll(async () => {
  await query(`create schema a; create schema b;
    create table a.t as select 1 as n; create table b.t as select 'x' as v, true as w;
    create function a.who() returns text language sql return 'a';
    create function b.who() returns text language sql return 'b';
    create function read_t() returns setof json language plpgsql as $$
      begin return query select to_json(t) from t; end $$`)
})

const A = [{ n: 1 }]
const B = [{ v: 'x', w: true }]
const TEXT = 'select * from t where $1::int = 1'
const rows = async (client: pg.Client, text: string, values: unknown[] = [1]) =>
  (await client.query(text, values)).rows as unknown[]

async function pair() {
  const [one, other] = [await connect(), await connect()]
  await one.query('set search_path = a, public')
  await other.query('set search_path = b, public')
  return [one, other] as const
}

test('a text with values is answered by the path of its client', async () => {
  const [one, other] = await pair()
  for (let n = 0; n < 4; n++) {
    expect(await rows(one, TEXT)).toEqual(A)
    expect(await rows(other, TEXT)).toEqual(B)
  }
})

test('inside a transaction, too', async () => {
  const [one, other] = await pair()
  for (let n = 0; n < 4; n++)
    for (const [client, expected] of [
      [one, A],
      [other, B],
    ] as const) {
      await client.query('begin')
      expect(await rows(client, TEXT)).toEqual(expected)
      expect(await rows(client, 'select who() where $1::int = 1')).toEqual([
        { who: client === one ? 'a' : 'b' },
      ])
      await client.query('commit')
    }
})

test('a path that is set for a transaction is followed in it', async () => {
  const [one, other] = await pair()
  for (let n = 0; n < 3; n++) {
    expect(await rows(one, TEXT)).toEqual(A)
    await one.query('begin; set local search_path = b')
    expect(await rows(one, TEXT)).toEqual(B)
    await one.query('commit')
    await one.query('begin')
    await one.query("select set_config('search_path', $1, true)", ['b'])
    expect(await rows(one, TEXT)).toEqual(B)
    await one.query('rollback')
    expect(await rows(one, TEXT)).toEqual(A)
    expect(await rows(other, TEXT)).toEqual(B)
  }
})

test('a path that is set in a transaction that is rolled back is what it was', async () => {
  const [one] = await pair()
  for (let n = 0; n < 3; n++) {
    expect(await rows(one, TEXT)).toEqual(A)
    await one.query('begin; set search_path = b')
    expect(await rows(one, TEXT)).toEqual(B)
    await one.query('rollback; begin')
    expect(await rows(one, TEXT)).toEqual(A)
    await one.query('commit')
  }
})

test('a client that changes its path goes on with the other tables', async () => {
  const client = await connect()
  for (let n = 0; n < 3; n++) {
    for (const [path, expected] of [
      ['a', A],
      ['b', B],
    ] as const) {
      await client.query("select set_config('search_path', $1, false)", [path])
      await client.query('begin')
      expect(await rows(client, TEXT)).toEqual(expected)
      await client.query('commit')
      expect(await rows(client, TEXT)).toEqual(expected)
    }
    await client.query('reset search_path')
    expect(await refusal(client.query(TEXT, [1]))).toMatchObject({ code: '42P01' })
  }
})

test('a path from the start of the connection, or of the role, is followed', async () => {
  await query(
    'create role of_b login superuser; alter role of_b set search_path = b; create role "a" login superuser'
  )
  const clients = [
    [await connect({ options: '-c search_path=a' }), A],
    [await connect({ user: 'of_b' }), B],
    [await connect({ user: 'a' }), A],
  ] as const
  for (let n = 0; n < 3; n++)
    for (const [client, expected] of clients) {
      await client.query('begin')
      expect(await rows(client, TEXT)).toEqual(expected)
      await client.query('commit')
    }
})

test('"$user" in the path follows the role', async () => {
  await query('create role b superuser')
  const [one, other] = [await connect(), await connect()]
  await one.query(
    'create role a_too superuser; create schema a_too; create view a_too.t as table a.t'
  )
  for (let n = 0; n < 3; n++) {
    await one.query('set role a_too')
    await other.query('set role b')
    expect(await rows(one, TEXT)).toEqual(A)
    await other.query('begin')
    expect(await rows(other, TEXT)).toEqual(B)
    await other.query('commit; reset role')
    expect(await refusal(other.query(TEXT, [1]))).toMatchObject({ code: '42P01' })
  }
})

test('named and SQL-level statements are analysed by the path of their client', async () => {
  const [one, other] = await pair()
  const named = { name: 'named', text: 'select * from t' }
  for (const client of [one, other]) await client.query('prepare p as select who()')
  for (let n = 0; n < 3; n++) {
    expect((await one.query(named)).rows).toEqual(A)
    expect((await other.query(named)).rows).toEqual(B)
    expect((await one.query('execute p')).rows).toEqual([{ who: 'a' }])
    expect((await other.query('execute p')).rows).toEqual([{ who: 'b' }])
  }
})

test('a function reads by the path of its caller', async () => {
  const [one, other] = await pair()
  for (let n = 0; n < 3; n++) {
    expect(await rows(one, 'select read_t() as t where $1::int = 1')).toEqual([{ t: { n: 1 } }])
    expect(await rows(other, 'select read_t() as t where $1::int = 1')).toEqual([
      { t: { v: 'x', w: true } },
    ])
  }
})

test('what is created goes to the schema of its client', async () => {
  const [one, other] = await pair()
  await one.query('create table made as select 1 as n')
  await other.query('create table made as select 2 as n')
  expect((await query('select a.made.n as a, b.made.n as b from a.made, b.made')).rows).toEqual([
    { a: 1, b: 2 },
  ])
})

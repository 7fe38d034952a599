// What currval and lastval tell two clients whose statements take turns.
import { beforeAll, expect, test } from 'vitest'
import type pg from 'pg'
import { refusal } from '../support/answers'
import { connect, createPool, query } from '../support/provider'

beforeAll(() => query('create table t (id serial primary key, v text); create sequence s'))

const pair = async () => [await connect(), await connect()] as const
const value = async (client: pg.Client, text: string) =>
  Object.values((await client.query(text)).rows[0] as object)[0] as unknown
const INSERT = "insert into t (v) values ('x') returning id"
const CURRENT = "select currval('t_id_seq')::int"
const UNDEFINED = (name: string) => ({
  name: 'error',
  severity: 'ERROR',
  code: '55000',
  message: `currval of sequence "${name}" is not yet defined in this session`,
})

test('a client that had nothing from a sequence is told so, whatever others had', async () => {
  const [one, other] = await pair()
  await one.query(INSERT)
  expect(await refusal(other.query(CURRENT))).toEqual(UNDEFINED('t_id_seq'))
  expect(await refusal(other.query('select lastval()'))).toMatchObject({ code: '55000' })
  await other.query("select nextval('s')")
  expect(await refusal(other.query(CURRENT))).toEqual(UNDEFINED('t_id_seq'))
})

test('inside a transaction a client gets its own values', async () => {
  const [one, other] = await pair()
  for (let n = 0; n < 3; n++)
    for (const client of [one, other]) {
      await client.query('begin')
      const id = await value(client, INSERT)
      expect(await value(client, CURRENT)).toBe(id)
      expect(await value(client, 'select lastval()::int')).toBe(id)
      await client.query('savepoint a')
      const next = await value(client, INSERT)
      await client.query('rollback to a')
      expect(await value(client, CURRENT)).toBe(next)
      await client.query('commit')
    }
})

test('right after its own statement a client gets its own value', async () => {
  const [one, other] = await pair()
  for (let n = 0; n < 3; n++)
    for (const client of [one, other]) {
      const id = await value(client, INSERT)
      expect(await value(client, CURRENT)).toBe(id)
      expect(await value(client, "select currval(pg_get_serial_sequence('t', 'id'))::int")).toBe(id)
    }
})

test('a value is used in the same text, too', async () => {
  await query('create table child (parent int)')
  const [one, other] = await pair()
  for (const client of [one, other]) {
    await client.query(`${INSERT}; insert into child values (currval('t_id_seq'))`)
    const { rows } = await query('select max(id) = max(parent) as same from t, child')
    expect(rows).toEqual([{ same: true }])
  }
})

test('others that only read take nothing away', async () => {
  const [one, other] = await pair()
  const id = await value(one, INSERT)
  await other.query('select count(*) from t')
  await other.query('begin; select 1; commit')
  expect(await value(one, CURRENT)).toBe(id)
})

test('a client gets its own value after another one has used the sequence', async () => {
  const [one, other] = await pair()
  const id = await value(one, INSERT)
  const next = await value(other, INSERT)
  expect(await value(one, CURRENT)).toBe(id)
  expect(await value(other, CURRENT)).toBe(next)
})

test('values of several sequences, and which was last, are kept', async () => {
  await query('create sequence a; create sequence b increment by 10 cache 5; create sequence c')
  const [one, other] = await pair()
  const advance = (client: pg.Client, ...names: string[]) =>
    Promise.all(names.map((name) => value(client, `select nextval('${name}')::int`)))
  const ask = (client: pg.Client, ...names: string[]) =>
    Promise.all(
      names.map((name) =>
        value(client, name === '' ? 'select lastval()::int' : `select currval('${name}')::int`)
      )
    )
  const mine = await advance(one, 'a', 'b', 'a')
  const [theirs] = await advance(other, 'b')
  expect(await ask(one, 'a', 'b', '')).toEqual([mine[2], mine[1], mine[2]])
  expect(await refusal(one.query("select currval('c')"))).toEqual(UNDEFINED('c'))
  expect(await ask(other, 'b', '')).toEqual([theirs, theirs])
  expect(await refusal(other.query("select currval('a')"))).toEqual(UNDEFINED('a'))
  const [next] = await advance(one, 'c')
  expect(await ask(one, 'a', 'b', 'c', '')).toEqual([mine[2], mine[1], next, next])
  expect(await value(other, "select nextval('a')::int")).toBe(3)
  expect(await ask(one, 'a', '')).toEqual([mine[2], next])
})

test('a value of before is there inside a transaction, which goes on', async () => {
  const [one, other] = await pair()
  await query('create sequence before_begin; create table noted (n int)')
  const mine = await value(one, "select nextval('before_begin')::int")
  await other.query("select nextval('before_begin')")
  await one.query('begin')
  await one.query('insert into noted values (1)')
  expect(await value(one, "select currval('before_begin')::int")).toBe(mine)
  await one.query('insert into noted values (2)')
  await one.query('commit')
  expect((await query('select n from noted')).rows).toEqual([{ n: 1 }, { n: 2 }])
  expect(await value(other, "select nextval('before_begin')::int")).toBe(3)
})

test('a role that may use a sequence but does not own it keeps its value', async () => {
  await query('create role user_of; create sequence used; grant usage on sequence used to user_of')
  const [one, other] = await pair()
  for (const client of [one, other]) await client.query('set role user_of')
  const mine = await value(one, "select nextval('used')::int")
  const theirs = await value(other, "select nextval('used')::int")
  expect(await value(one, "select currval('used')::int")).toBe(mine)
  expect(await value(other, "select currval('used')::int")).toBe(theirs)
  expect(await value(one, 'select current_user::text')).toBe('user_of')
})

test('a value of a sequence that was dropped is gone', async () => {
  const [one, other] = await pair()
  await query('create sequence dropped; create sequence stays')
  const mine = await value(one, "select nextval('stays')::int")
  await one.query("select nextval('dropped')")
  await other.query("select nextval('stays')")
  await other.query('drop sequence dropped')
  expect(await value(one, "select currval('stays')::int")).toBe(mine)
})

test('functions that advance a sequence are followed', async () => {
  await query(`create function add_t() returns int language sql volatile as
    $$ insert into t (v) values ('f') returning id $$`)
  const [one, other] = await pair()
  expect(await refusal(one.query(CURRENT))).toEqual(UNDEFINED('t_id_seq'))
  await other.query('select add_t()')
  expect(await refusal(one.query(CURRENT))).toEqual(UNDEFINED('t_id_seq'))
  await one.query('begin')
  const id = await value(one, 'select add_t()')
  expect(await value(one, CURRENT)).toBe(id)
  await one.query('commit')
})

test('discard sequences is that of one client', async () => {
  const [one, other] = await pair()
  await one.query(INSERT)
  await one.query('discard sequences')
  expect(await refusal(one.query(CURRENT))).toEqual(UNDEFINED('t_id_seq'))
  await other.query('begin')
  const id = await value(other, INSERT)
  expect(await value(other, CURRENT)).toBe(id)
  await other.query('commit')
})

test('numbers are given once, also from a sequence with a cache', async () => {
  await query('create sequence cached cache 10')
  const [one, other] = await pair()
  const seen = new Set<unknown>()
  for (let n = 0; n < 12; n++)
    for (const client of [one, other]) seen.add(await value(client, "select nextval('cached')"))
  expect(seen.size).toBe(24)
})

test('setval of one client is seen by the next number of another', async () => {
  await query('create sequence moved')
  const [one, other] = await pair()
  await other.query("select nextval('moved')")
  await one.query("select setval('moved', 100)")
  expect(await value(other, "select nextval('moved')::int")).toBe(101)
  await one.query('alter sequence moved restart with 7')
  expect(await value(other, "select nextval('moved')::int")).toBe(7)
})

test('a client that a pool gives out again has the values of before', async () => {
  const pool = createPool({ max: 1 })
  const first = await pool.connect()
  const id = await value(first, INSERT)
  first.release()
  const { rows } = await pool.query(CURRENT)
  expect(rows).toEqual([{ currval: id }])
})

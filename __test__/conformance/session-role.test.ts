import { afterAll, beforeAll, expect, test } from 'vitest'
import type pg from 'pg'
import { refusal } from '../support/answers'
import { config, connect, query } from '../support/provider'

/** Roles belong to the whole server, so their names carry the name of this file's database. */
const role = (name: string) => `${name}_${String(config.database ?? 'own')}`
const READER = role('reader')

beforeAll(async () => {
  await query(`
    create role ${READER};
    create table secret (owner text, v int);
    insert into secret values ('x', 1);
    create table open_to_all (v int);
    grant select on open_to_all to ${READER}`)
})

afterAll(() => query(`drop owned by ${READER}; drop role ${READER}`))

const users = async (client: pg.Client) =>
  (await client.query('select current_user::text as c, session_user::text as s')).rows[0] as unknown

test('a client is the superuser postgres unless told otherwise', async () => {
  expect(await users(await connect())).toEqual({ c: 'postgres', s: 'postgres' })
  expect((await query('show is_superuser')).rows).toEqual([{ is_superuser: 'on' }])
})

test('set role limits what the client may do, until reset role', async () => {
  const client = await connect()
  await client.query(`set role ${READER}`)
  expect(await users(client)).toEqual({ c: READER, s: 'postgres' })
  expect(await refusal(client.query('select * from secret'))).toEqual({
    name: 'error',
    severity: 'ERROR',
    code: '42501',
    message: 'permission denied for table secret',
  })
  expect((await client.query('select * from open_to_all')).rows).toEqual([])
  await client.query('reset role')
  expect((await client.query('select v from secret')).rows).toEqual([{ v: 1 }])
})

test('the role of one client is not that of another', async () => {
  const [one, other] = [await connect(), await connect()]
  await one.query(`set role ${READER}`)
  expect((await other.query('select v from secret')).rows).toEqual([{ v: 1 }])
  expect(await refusal(one.query('select v from secret'))).toMatchObject({ code: '42501' })
  expect([await users(one), await users(other)]).toEqual([
    { c: READER, s: 'postgres' },
    { c: 'postgres', s: 'postgres' },
  ])
})

test('set local role ends with the transaction', async () => {
  const client = await connect()
  await client.query(`begin; set local role ${READER}`)
  expect(await users(client)).toEqual({ c: READER, s: 'postgres' })
  await client.query('commit')
  expect(await users(client)).toEqual({ c: 'postgres', s: 'postgres' })
})

test('set role none is reset role', async () => {
  const client = await connect()
  await client.query(`set role ${READER}`)
  await client.query('set role none')
  expect(await users(client)).toEqual({ c: 'postgres', s: 'postgres' })
})

test('set session authorization changes both users, for this client alone', async () => {
  const [one, other] = [await connect(), await connect()]
  await one.query(`set session authorization ${READER}`)
  expect([await users(one), await users(other)]).toEqual([
    { c: READER, s: READER },
    { c: 'postgres', s: 'postgres' },
  ])
  await one.query('reset session authorization')
  expect(await users(one)).toEqual({ c: 'postgres', s: 'postgres' })
})

test('row level security follows the role and the settings of each client', async () => {
  await query(`
    create table note (owner text, body text);
    insert into note values ('alice', 'a'), ('bob', 'b');
    alter table note enable row level security;
    grant select on note to ${READER};
    create policy own on note using (owner = current_setting('app.person', true))`)
  const [alice, bob, admin] = [await connect(), await connect(), await connect()]
  for (const [client, name] of [
    [alice, 'alice'],
    [bob, 'bob'],
  ] as const) {
    await client.query(`set role ${READER}`)
    await client.query(`set app.person = '${name}'`)
  }
  const bodies = async (client: pg.Client) =>
    (await client.query('select body from note order by 1')).rows as unknown[]
  expect([
    await bodies(alice),
    await bodies(bob),
    await bodies(admin),
    await bodies(alice),
  ]).toEqual([[{ body: 'a' }], [{ body: 'b' }], [{ body: 'a' }, { body: 'b' }], [{ body: 'a' }]])
})

test('a role that does not exist is refused', async () => {
  expect(await refusal(query('set role nobody_at_all'))).toMatchObject({
    code: '22023',
    message: 'role "nobody_at_all" does not exist',
  })
})

test('an error under a role leaves the role as it is', async () => {
  const client = await connect()
  await client.query(`set role ${READER}`)
  await refusal(client.query('select 1 / 0'))
  expect(await users(client)).toEqual({ c: READER, s: 'postgres' })
})

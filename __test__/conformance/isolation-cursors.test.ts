// Cursors WITH HOLD of two clients whose statements take turns.
import { expect, test } from 'vitest'
import type pg from 'pg'
import { refusal } from '../support/answers'
import { connect, createPool, query } from '../support/provider'

const pair = async () => [await connect(), await connect()] as const
const rows = async (client: pg.Client, text: string) =>
  (await client.query(text)).rows as Record<string, unknown>[]
const hold = (name: string, from: number) =>
  `declare ${name} scroll cursor with hold for select n from generate_series(${from}, ${from + 9}) n`
const unknown = (name: string) => ({
  name: 'error',
  severity: 'ERROR',
  code: '34000',
  message: `cursor "${name}" does not exist`,
})

test('a cursor with hold is that of its client alone', async () => {
  const [one, other] = await pair()
  await one.query(hold('held', 1))
  for (const text of ['fetch held', 'move held', 'close held'])
    expect(await refusal(other.query(text))).toEqual(unknown('held'))
  expect(await rows(one, 'fetch 2 from held')).toEqual([{ n: 1 }, { n: 2 }])
})

test('two clients hold cursors of one name', async () => {
  const [one, other] = await pair()
  await one.query(hold('same', 1))
  await other.query(hold('same', 101))
  expect(await rows(one, 'fetch same')).toEqual([{ n: 1 }])
  expect(await rows(other, 'fetch same')).toEqual([{ n: 101 }])
  expect(await rows(one, 'fetch forward 2 in same')).toEqual([{ n: 2 }, { n: 3 }])
  expect((await one.query('move backward all in same')).command).toBe('MOVE')
  await other.query('close same')
  expect(await refusal(other.query('fetch same'))).toEqual(unknown('same'))
  expect(await rows(one, 'fetch same')).toEqual([{ n: 1 }])
  expect(await refusal(one.query(hold('same', 5)))).toEqual({
    name: 'error',
    severity: 'ERROR',
    code: '42P03',
    message: 'cursor "same" already exists',
  })
})

test('close all closes the cursors of one client', async () => {
  const [one, other] = await pair()
  for (const client of [one, other]) await client.query(hold('all_of', 1))
  await one.query(hold('more', 1))
  const { command, rowCount } = await one.query('close all')
  expect({ command, rowCount }).toEqual({ command: 'CLOSE', rowCount: null })
  for (const name of ['all_of', 'more'])
    expect(await refusal(one.query(`fetch ${name}`))).toEqual(unknown(name))
  expect(await rows(other, 'fetch all_of')).toEqual([{ n: 1 }])
})

test('close all inside a transaction closes the cursors of that transaction, too', async () => {
  const [one, other] = await pair()
  await other.query(hold('kept', 1))
  await one.query('begin; declare brief cursor for select 1; close all')
  expect(await refusal(one.query('fetch brief'))).toEqual(unknown('brief'))
  await one.query('rollback')
  expect(await rows(other, 'fetch kept')).toEqual([{ n: 1 }])
})

test('discard all closes the cursors of one client, and does the rest', async () => {
  const [one, other] = await pair()
  for (const client of [one, other]) await client.query(hold('thrown', 1))
  await one.query("set work_mem = '7MB'; prepare p as select 1; create temp table t (n int)")
  const { command, rowCount } = await one.query('discard all')
  expect({ command, rowCount }).toEqual({ command: 'DISCARD', rowCount: null })
  expect(await refusal(one.query('fetch thrown'))).toEqual(unknown('thrown'))
  expect(await refusal(one.query('execute p'))).toMatchObject({ code: '26000' })
  expect(await refusal(one.query('select * from t'))).toMatchObject({ code: '42P01' })
  expect(await rows(one, 'show work_mem')).toEqual(await rows(other, 'show work_mem'))
  expect(await rows(other, 'fetch thrown')).toEqual([{ n: 1 }])
})

test('discard all is refused in a transaction, and closes nothing', async () => {
  const [one, other] = await pair()
  await other.query(hold('untouched', 1))
  await one.query(hold('untouched', 1))
  await one.query('begin')
  expect(await refusal(one.query('discard all'))).toMatchObject({ code: '25001' })
  await one.query('rollback')
  for (const client of [one, other])
    expect(await rows(client, 'fetch untouched')).toEqual([{ n: 1 }])
})

test('a cursor that was held when its transaction was rolled back is gone', async () => {
  const [one, other] = await pair()
  await other.query(hold('undone', 1))
  await one.query(`begin; ${hold('undone', 5)}`)
  expect(await rows(one, 'fetch undone')).toEqual([{ n: 5 }])
  await one.query('rollback')
  expect(await refusal(one.query('fetch undone'))).toEqual(unknown('undone'))
  await one.query(`begin; ${hold('undone', 7)}; commit`)
  expect(await rows(one, 'fetch undone')).toEqual([{ n: 7 }])
  expect(await rows(other, 'fetch undone')).toEqual([{ n: 1 }])
})

test('a name that was held serves for a cursor without hold, too', async () => {
  const [one] = await pair()
  await one.query(hold('again', 1))
  await one.query('close again')
  await one.query('create table stood (n int); insert into stood values (1), (2)')
  await one.query('begin; declare again cursor for select n from stood for update')
  await one.query('fetch again')
  await one.query('update stood set n = 10 where current of again')
  await one.query('fetch again; delete from stood where current of again')
  await one.query('commit')
  expect(await refusal(one.query('fetch again'))).toEqual(unknown('again'))
  expect(await rows(one, 'select n from stood')).toEqual([{ n: 10 }])
})

test('the cursors of a client end with it', async () => {
  const [one, other] = await pair()
  await one.query(hold('ends', 1))
  await one.end()
  await other.query(hold('ends', 11))
  expect(await rows(other, 'fetch ends')).toEqual([{ n: 11 }])
  const next = await connect()
  expect(await rows(next, 'select name from pg_cursors')).toEqual([])
})

test('pg_cursors tells the cursors of its client by their own names', async () => {
  const [one, other] = await pair()
  await one.query('declare "Held one" cursor with hold for select 1')
  await other.query(hold('else_where', 1))
  await one.query('begin; declare brief binary cursor for select 2')
  expect(
    await rows(
      one,
      'select name, statement, is_holdable, is_binary, is_scrollable from pg_cursors order by name'
    )
  ).toEqual([
    {
      name: 'Held one',
      statement: 'declare "Held one" cursor with hold for select 1',
      is_holdable: true,
      is_binary: false,
      is_scrollable: false,
    },
    {
      name: 'brief',
      statement: expect.stringContaining('declare brief binary cursor') as string,
      is_holdable: false,
      is_binary: true,
      is_scrollable: false,
    },
  ])
  await one.query('commit')
})

test('names of cursors are folded to lower case unless quoted', async () => {
  const [one, other] = await pair()
  await one.query(hold('Folded', 1))
  await one.query(hold('"Folded"', 11))
  await other.query(hold('folded', 21))
  expect(await rows(one, 'fetch FOLDED')).toEqual([{ n: 1 }])
  expect(await rows(one, 'fetch "Folded"')).toEqual([{ n: 11 }])
  expect(await rows(other, 'fetch folded')).toEqual([{ n: 21 }])
})

test('a cursor is declared and fetched in the extended protocol', async () => {
  const [one, other] = await pair()
  const extended = (client: pg.Client, text: string) =>
    client.query({ text, queryMode: 'extended' } as pg.QueryConfig)
  for (const [client, from] of [
    [one, 1],
    [other, 11],
  ] as const)
    await extended(client, hold('by_parse', from))
  for (const n of [1, 2]) {
    expect((await extended(one, 'fetch by_parse')).rows).toEqual([{ n }])
    expect((await extended(other, 'fetch by_parse')).rows).toEqual([{ n: n + 10 }])
  }
  expect(await refusal(extended(one, 'fetch by_nobody'))).toEqual(unknown('by_nobody'))
  expect((await extended(one, 'close all')).command).toBe('CLOSE')
  expect(await refusal(extended(one, 'fetch by_parse'))).toEqual(unknown('by_parse'))
  expect((await extended(other, 'fetch by_parse')).rows).toEqual([{ n: 13 }])
})

test('the position of an error is that in the text that was sent', async () => {
  const client = await connect()
  await client.query(hold('p', 1))
  const text = 'fetch p; select nothing_here'
  expect(await refusal(client.query(text))).toMatchObject({
    code: '42703',
    position: String(text.indexOf('nothing') + 1),
  })
})

test('a held cursor keeps its rows when others change the table', async () => {
  await query('create table changing as select n from generate_series(1, 3) n')
  const [one, other] = await pair()
  await one.query('declare steady cursor with hold for select n from changing order by n')
  await other.query('delete from changing')
  expect(await rows(one, 'fetch all from steady')).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
})

test('a client of a pool that is released keeps its cursors', async () => {
  const pool = createPool({ max: 1 })
  const first = await pool.connect()
  await first.query(hold('pooled', 1))
  first.release()
  const other = await connect()
  expect(await refusal(other.query('fetch pooled'))).toEqual(unknown('pooled'))
  expect((await pool.query('fetch pooled')).rows).toEqual([{ n: 1 }])
})

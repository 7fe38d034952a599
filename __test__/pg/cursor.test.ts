import Cursor from 'pg-cursor'
import { expect, test } from 'vitest'
import { refusal } from '../support/answers'
import { connect, createPool } from '../support/provider'

const SERIES = 'select n from generate_series(1, $1::int) n'
const n = (...values: number[]) => values.map((value) => ({ n: value }))

test('a cursor reads in steps, and then nothing', async () => {
  const client = await connect()
  const cursor = client.query(new Cursor(SERIES, [5]))
  expect([
    await cursor.read(2),
    await cursor.read(2),
    await cursor.read(2),
    await cursor.read(2),
  ]).toEqual([n(1, 2), n(3, 4), n(5), []])
  await cursor.close()
})

test('a cursor that is closed early frees its client', async () => {
  const client = await connect()
  const cursor = client.query(new Cursor(SERIES, [100_000]))
  expect(await cursor.read(1)).toEqual(n(1))
  await cursor.close()
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('a cursor gives its callback the result', async () => {
  const client = await connect()
  const cursor = client.query(new Cursor(SERIES, [3]))
  const result = await new Promise((resolve) => cursor.read(10, (_, __, all) => resolve(all)))
  expect(result).toMatchObject({ command: 'SELECT', rowCount: 3, rows: n(1, 2, 3) })
  await cursor.close()
})

test('a cursor answers rows as arrays on request', async () => {
  const client = await connect()
  const cursor = client.query(new Cursor(SERIES, [2], { rowMode: 'array' }))
  expect(await cursor.read(5)).toEqual([[1], [2]])
  await cursor.close()
})

test('an error reaches the read', async () => {
  const client = await connect()
  const cursor = client.query(new Cursor('select 1 / (3 - n) as q from generate_series(1, 5) n'))
  expect(await refusal(cursor.read(10))).toMatchObject({ code: '22012' })
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('a cursor with a syntax error fails at its first read', async () => {
  const client = await connect()
  const cursor = client.query(new Cursor('selec'))
  expect(await refusal(cursor.read(1))).toMatchObject({ code: '42601' })
})

test('queries behind an open cursor wait until it is closed', async () => {
  const client = await connect()
  const cursor = client.query(new Cursor(SERIES, [3]))
  const order: string[] = []
  const behind = client.query('select 1').then(() => order.push('query'))
  await cursor.read(1)
  await cursor.read(1)
  order.push('reads')
  await cursor.close()
  await behind
  expect(order).toEqual(['reads', 'query'])
})

test('cursors of several clients of a pool are read side by side', async () => {
  const pool = createPool({ max: 2 })
  const clients = [await pool.connect(), await pool.connect()]
  const [one, two] = clients.map((client) => client.query(new Cursor(SERIES, [4])))
  const first = await one?.read(2)
  await one?.close()
  const second = await two?.read(3)
  await two?.close()
  expect([first, second]).toEqual([n(1, 2), n(1, 2, 3)])
  for (const client of clients) client.release()
})

test('a cursor that was closed reads nothing more', async () => {
  const client = await connect()
  const cursor = client.query(new Cursor(SERIES, [3]))
  await cursor.read(1)
  await cursor.close()
  expect(await cursor.read(1)).toEqual([])
})

import { expect, test } from 'vitest'
import { refusal } from '../support/answers'
import { connect, query } from '../support/provider'

test('a hundred thousand rows arrive in order', async () => {
  const { rows, rowCount } = await query(
    "select n, n * 2 as twice, 'row ' || n as label from generate_series(1, 100000) n"
  )
  expect(rowCount).toBe(100_000)
  const wrong = (rows as { n: number; twice: number; label: string }[]).findIndex(
    (row, i) => row.n !== i + 1 || row.twice !== 2 * row.n || row.label !== `row ${row.n}`
  )
  expect([rows.length, wrong]).toEqual([100_000, -1])
})

test('a value of ten megabytes goes there and back', async () => {
  const text = 'é0123456'.repeat(1_250_000)
  const { rows } = await query('select $1::text as v, octet_length($1) as bytes', [text])
  const [row] = rows as [{ v: string; bytes: number }]
  expect(row.bytes).toBe(11_250_000)
  expect(row.v === text).toBe(true)
})

test('bytes of ten megabytes go there and back', async () => {
  const bytes = Buffer.alloc(10_000_000, 'some pattern')
  const { rows } = await query('select $1::bytea as v', [bytes])
  expect((rows as [{ v: Buffer }])[0].v.equals(bytes)).toBe(true)
})

test('a text of a megabyte is a query like any other', async () => {
  const list = Array.from({ length: 150_000 }, (_, n) => n).join(',')
  const { rows } = await query(`select count(*)::int as n from unnest(array[${list}])`)
  expect(rows).toEqual([{ n: 150_000 }])
})

test('a row may have 1600 columns', async () => {
  const columns = Array.from({ length: 1600 }, (_, i) => `${i} as c${i}`)
  const { rows } = await query(`select ${columns.join(', ')}`)
  const values = Object.values(rows[0] as object) as number[]
  expect([values.length, values[0], values[1599]]).toEqual([1600, 0, 1599])
})

test('a query may have 65535 parameters', async () => {
  const values = Array.from({ length: 65_535 }, (_, n) => n)
  const text = `select array_length(array[${values.map((n) => `$${n + 1}::int`).join(',')}], 1) as n, $65535::int as last`
  expect((await query(text, values)).rows).toEqual([{ n: 65_535, last: 65_534 }])
})

test('one parameter more wraps around and is refused, and the client goes on', async () => {
  const client = await connect()
  const values = Array.from({ length: 65_536 }, (_, n) => n)
  const text = `select array_length(array[${values.map((n) => `$${n + 1}::int`).join(',')}], 1) as n`
  expect(await refusal(client.query(text, values))).toMatchObject({ severity: 'ERROR' })
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('many small values in one row and long values between short ones keep their places', async () => {
  const { rows } = await query(
    "select n, case when n % 7 = 0 then repeat('é', n * 100) else 'short' end as v from generate_series(1, 300) n"
  )
  const lengths = (rows as { n: number; v: string }[]).map((row) => row.v.length)
  expect(lengths).toEqual(Array.from({ length: 300 }, (_, i) => ((i + 1) % 7 ? 5 : (i + 1) * 100)))
})

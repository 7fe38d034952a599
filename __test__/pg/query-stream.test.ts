import { once } from 'node:events'
import QueryStream from 'pg-query-stream'
import { expect, test } from 'vitest'
import { connect } from '../support/provider'

const SERIES = 'select n from generate_series(1, $1::int) n'

test('a query stream is read with for await', async () => {
  const client = await connect()
  let sum = 0
  for await (const row of client.query(new QueryStream(SERIES, [1000], { batchSize: 64 })))
    sum += (row as { n: number }).n
  expect(sum).toBe(500_500)
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('a loop that stops early frees the client', async () => {
  const client = await connect()
  const seen: number[] = []
  for await (const row of client.query(new QueryStream(SERIES, [100_000]))) {
    seen.push((row as { n: number }).n)
    if (seen.length === 3) break
  }
  expect(seen).toEqual([1, 2, 3])
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('destroying a stream frees the client', async () => {
  const client = await connect()
  const stream = client.query(new QueryStream(SERIES, [100_000]))
  await once(stream, 'readable')
  const closed = once(stream, 'close')
  stream.destroy()
  await closed
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('an error of the server is the error of the stream', async () => {
  const client = await connect()
  const stream = client.query(
    new QueryStream('select 1 / (150 - n) as q from generate_series(1, 200) n')
  )
  const read = async () => {
    let rows = 0
    for await (const row of stream) rows += row ? 1 : 0
    return rows
  }
  await expect(read()).rejects.toMatchObject({ code: '22012' })
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('streams one after the other on one client', async () => {
  const client = await connect()
  const counts: number[] = []
  for (const size of [0, 1, 100, 101]) {
    let count = 0
    for await (const row of client.query(new QueryStream(SERIES, [size]))) count += row ? 1 : 0
    counts.push(count)
  }
  expect(counts).toEqual([0, 1, 100, 101])
})

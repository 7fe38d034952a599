import { once } from 'node:events'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { to } from 'pg-copy-streams'
import { expect, test } from 'vitest'
import { collect, failure } from '../support/answers'
import { connect } from '../support/provider'

test('rows are told as text', async () => {
  const client = await connect()
  const copy = client.query(to("copy (values (1, 'a'), (2, null), (3, e'b\\tc')) to stdout"))
  expect(await text(copy)).toBe('1\ta\n2\t\\N\n3\tb\\tc\n')
  expect(copy.rowCount).toBe(3)
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('rows are told as csv', async () => {
  const client = await connect()
  const copy = client.query(
    to(`copy (select 'a, b' as x, 1 as y) to stdout with (format csv, header)`)
  )
  expect(await text(copy)).toBe('x,y\n"a, b",1\n')
})

test('nothing is told of nothing', async () => {
  const client = await connect()
  expect(await text(client.query(to('copy (select 1 where false) to stdout')))).toBe('')
})

test('text of any script survives', async () => {
  const client = await connect()
  expect(await text(client.query(to(`copy (select repeat('日本👍', 20000)) to stdout`)))).toBe(
    `${'日本👍'.repeat(20000)}\n`
  )
})

test('an error before the first row is the error of the stream', async () => {
  const client = await connect()
  expect(await failure(text(client.query(to('copy no_such_table to stdout'))))).toMatchObject({
    code: '42P01',
    message: 'relation "no_such_table" does not exist',
  })
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('an error in the middle is the error of the stream', async () => {
  const client = await connect()
  const copy = client.query(
    to('copy (select 1 / (5000 - n) from generate_series(1, 9000) n) to stdout')
  )
  expect(await failure(text(copy))).toMatchObject({ code: '22012' })
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('a slow reader gets everything', async () => {
  const client = await connect()
  const copy = client.query(to('copy (select n from generate_series(1, 20000) n) to stdout'))
  let bytes = 0
  const slow = new Writable({
    highWaterMark: 1024,
    write(chunk: Buffer, _, done) {
      bytes += chunk.length
      setImmediate(done)
    },
  })
  await pipeline(copy, slow)
  expect([bytes, copy.rowCount]).toEqual([108_894, 20_000])
})

test('a stream that is destroyed early ends, and so does its client', async () => {
  const client = await connect()
  const copy = client.query(to('copy (select n from generate_series(1, 100000) n) to stdout'))
  await once(copy, 'readable')
  const closed = once(copy, 'close')
  const errors = collect<Error>(copy, 'error')
  copy.destroy()
  await closed
  await client.end()
  expect(errors.map((error) => error.message)).toEqual(['Connection terminated'])
})

test('copy to stdout as a plain query answers the count alone', async () => {
  const client = await connect()
  const result = await client.query('copy (select n from generate_series(1, 3) n) to stdout')
  expect([result.command, result.rowCount, result.rows]).toEqual(['COPY', 3, []])
})

import { expect, test } from 'vitest'
import { failure } from '../support/answers'
import { connect, pg, query, Query } from '../support/provider'

const ONE = [{ one: 1 }]
const TEXT = 'select $1::int4 as one'

test('query takes a text and values', async () => {
  expect((await query(TEXT, [1])).rows).toEqual(ONE)
})

test('query takes a config', async () => {
  expect((await query({ text: TEXT, values: [1] })).rows).toEqual(ONE)
})

test('query takes a config and values', async () => {
  expect((await query({ text: TEXT }, [1])).rows).toEqual(ONE)
})

test('query takes a text and a callback, and answers no promise', async () => {
  const client = await connect()
  const rows = await new Promise((resolve, reject) => {
    const returned: unknown = client.query('select 1 as one', (error, result) =>
      error ? reject(error) : resolve(result.rows)
    )
    expect(returned).toBeUndefined()
  })
  expect(rows).toEqual(ONE)
})

test('query takes a text, values and a callback', async () => {
  const client = await connect()
  const rows = await new Promise((resolve, reject) => {
    client.query(TEXT, [1], (error, result) => (error ? reject(error) : resolve(result.rows)))
  })
  expect(rows).toEqual(ONE)
})

test('a config may carry its callback', async () => {
  const client = await connect()
  const rows = await new Promise((resolve) => {
    const callback = (_: Error, result: { rows: unknown[] }) => resolve(result.rows)
    client.query({ text: TEXT, values: [1], callback } as never)
  })
  expect(rows).toEqual(ONE)
})

test('a callback gets the error as its first argument', async () => {
  const client = await connect()
  const [error, result] = await new Promise<[Error & { code?: string }, unknown]>((resolve) => {
    client.query('select 1 / 0', (...args) => resolve(args))
  })
  expect(error.code).toBe('22012')
  expect(result).toBeUndefined()
})

test('query takes a Query and answers it', async () => {
  const client = await connect()
  const submitted = new Query({ text: TEXT, values: [1] } as never)
  const rows: unknown[] = []
  submitted.on('row', (row) => rows.push(row))
  const ended = new Promise((resolve) => submitted.on('end', resolve))
  expect(client.query(submitted)).toBe(submitted)
  await ended
  expect(rows).toEqual(ONE)
})

test('query without a query is a TypeError that is thrown', async () => {
  const client = await connect()
  for (const nothing of [undefined, null])
    expect(() => client.query(nothing as never)).toThrow(
      new TypeError('Client was passed a null or undefined query')
    )
})

test('values that are not an array are refused', async () => {
  const error = await failure(query('select $1::int4 as one', '1' as never))
  expect(error.message).toBe('Query values must be an array')
})

test('an object with toPostgres or text from elsewhere is read as a config', async () => {
  class Built {
    get text() {
      return TEXT
    }
    get values() {
      return [1]
    }
  }
  expect((await query(new Built())).rows).toEqual(ONE)
})

test('queries of one client run in the order they were given', async () => {
  const client = await connect()
  await client.query('create table ordered (n int generated always as identity, given int)')
  const texts = Array.from({ length: 50 }, (_, n) => `insert into ordered (given) values (${n})`)
  await Promise.all(texts.map((text) => client.query(text)))
  const { rows } = await client.query('select given from ordered order by n')
  expect(rows).toEqual(texts.map((_, n) => ({ given: n })))
})

test('the module escapes literals and identifiers', () => {
  expect(pg.escapeIdentifier('a"b')).toBe('"a""b"')
  expect(pg.escapeLiteral("a'b\\c")).toBe(" E'a''b\\\\c'")
})

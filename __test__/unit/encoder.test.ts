import { Duplex } from 'node:stream'
import pg from 'pg'
import { describe, expect, test } from 'vitest'
import { batch, encodeBatch } from '../../dist/pg/encoder.js'
import { Query, type ConnectionInternals, type QueryInternals } from '../../dist/pg/internals.js'

/** A connection of `pg` whose writes are kept. */
function recordingConnection(): { connection: ConnectionInternals; written: () => Buffer } {
  const chunks: Buffer[] = []
  const stream = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, callback) => {
      chunks.push(chunk)
      callback()
    },
  })
  const connection = new pg.Connection({ stream } as never) as unknown as ConnectionInternals
  return { connection, written: () => Buffer.concat(chunks) }
}

/** What the encoder writes for a query, or undefined when it leaves the query to `pg`. */
function encoded(query: QueryInternals, connection: ConnectionInternals): Buffer | undefined {
  const length = encodeBatch(query, connection)
  return length === 0 ? undefined : Buffer.from(batch.subarray(0, length))
}

const long = 'x'.repeat(5000)
const cases: [string, object][] = [
  ['text alone', { text: 'select 1' }],
  ['an empty text', { text: '' }],
  ['text that is not ASCII', { text: "select 'é😀'" }],
  ['a long text', { text: `select '${long}'` }],
  ['an empty array of values', { text: 'select 1', values: [] }],
  ['text and numbers', { text: 'select $1, $2', values: ['a', 5] }],
  ['the extended protocol on request', { text: 'select 1', queryMode: 'extended' }],
  ['a name', { name: 'n', text: 'select $1', values: [1] }],
  ['a name that is not ASCII', { name: 'né', text: 'select 1' }],
  ['null and undefined', { text: 'select $1, $2', values: [null, undefined] }],
  ['a Buffer', { text: 'select $1', values: [Buffer.from([0, 255])] }],
  ['a Uint8Array', { text: 'select $1', values: [new Uint8Array([1, 2])] }],
  ['a Date', { text: 'select $1', values: [new Date(0)] }],
  ['arrays', { text: 'select $1', values: [[1, ['a"b', null], Buffer.from('z')]] }],
  ['an object', { text: 'select $1', values: [{ a: [1, 'é'] }] }],
  ['toPostgres', { text: 'select $1', values: [{ toPostgres: () => 'custom' }] }],
  ['true and a bigint', { text: 'select $1, $2', values: [true, 12345678901234567890n] }],
  ['values of all lengths', { text: '', values: ['', 'é'.repeat(47), 'é'.repeat(49), long] }],
]

describe('the batch of a query is byte for byte what pg sends', () => {
  test.each(cases)('with %s', (_, config) => {
    const { connection, written } = recordingConnection()
    expect(new Query(config).submit(connection)).toBeNull()
    expect(encoded(new Query(config), recordingConnection().connection)).toEqual(written())
  })

  test('when the text was encoded before', () => {
    const config = { text: 'select $1 as repeated', values: [1] }
    const { connection, written } = recordingConnection()
    new Query(config).submit(connection)
    const ours = recordingConnection().connection
    expect(encoded(new Query(config), ours)).toEqual(written())
    expect(encoded(new Query(config), ours)).toEqual(written())
  })
})

describe('a named statement', () => {
  test('is parsed once, and counts as submitted', () => {
    const { connection } = recordingConnection()
    const config = { name: 'once', text: 'select 1' }
    expect(encoded(new Query(config), connection)?.[0]).toBe('P'.charCodeAt(0))
    expect(connection.submittedNamedStatements).toEqual({ once: 'select 1' })
    expect(encoded(new Query(config), connection)?.[0]).toBe('B'.charCodeAt(0))
  })

  test('is left to pg when its text is another one', () => {
    const { connection } = recordingConnection()
    connection.parsedStatements['taken'] = 'select 1'
    expect(encoded(new Query({ name: 'taken', text: 'select 2' }), connection)).toBeUndefined()
  })
})

describe('left to pg is', () => {
  test.each([
    ['a batch that does not fit the buffer', { text: 'select $1', values: ['x'.repeat(70_000)] }],
    ['a text that does not fit', { text: 'x'.repeat(70_000) }],
    ['a value that only fits alone', { text: long, values: [Buffer.alloc(65_000)] }],
    ['a large number of values', { text: 'select 1', values: new Array(11_000).fill(1) }],
    ['a query without text', { name: 'n' }],
    ['values that are no array', { text: 'select 1', values: 'abc' }],
    ['parameter types', { text: 'select $1', values: [1], types: [23] }],
    ['a name that is too long', { name: 'n'.repeat(64), text: 'select 1' }],
  ])('%s', (_, config) => {
    expect(encoded(new Query(config), recordingConnection().connection)).toBeUndefined()
  })
})

test('a value that cannot be prepared throws, and the next query is encoded as ever', () => {
  const circular: Record<string, unknown> = {}
  circular['self'] = circular
  const { connection } = recordingConnection()
  const query = new Query({ name: 'c', text: 'select $1', values: [circular] })
  expect(() => encodeBatch(query, connection)).toThrow(/circular/)
  expect(connection.submittedNamedStatements).toEqual({})
  expect(encoded(new Query('select 1'), connection)?.length).toBe(14)
})

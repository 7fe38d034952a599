import { EventEmitter } from 'node:events'
import { describe, expect, test } from 'vitest'
import {
  MessageParser,
  Query,
  type ConnectionInternals,
  type QueryInternals,
} from '../../dist/pg/internals.js'
import { isPlain, Reply, type ReplyTarget } from '../../dist/pg/reply.js'
import * as backend from './messages'

/** What happened while a reply was read. */
interface Outcome {
  events: unknown[]
  error: unknown
  result: unknown
}

/** A client that does what `pg.Client` does with messages, and keeps what it saw. */
class Target implements ReplyTarget {
  readonly connection = Object.assign(new EventEmitter(), {
    parsedStatements: {},
    submittedNamedStatements: {},
    sync: () => undefined,
  }) as unknown as ConnectionInternals
  readonly outcome: Outcome = { events: [], error: undefined, result: undefined }
  _activeQuery: QueryInternals | null

  constructor(config: object) {
    const { outcome } = this
    this._activeQuery = new Query(config, undefined, (error: unknown, result: unknown) => {
      if (error) outcome.error = { ...(error as object), text: String(error) }
      else outcome.result = result
    })
    for (const event of ['notice', 'notification', 'parameterStatus']) {
      this.connection.on(event, (message: object) => outcome.events.push({ ...message }))
    }
    this.connection.on('errorMessage', (error: Error) => {
      const query = this._activeQuery
      this._activeQuery = null
      query?.handleError(error, this.connection)
    })
  }

  _handleParseComplete(): void {
    this.outcome.events.push('parsed')
  }

  _handleReadyForQuery({ status }: { status: string }): void {
    this.outcome.events.push(status)
    const query = this._activeQuery
    this._activeQuery = null
    query?.handleReadyForQuery(this.connection)
  }
}

/** What `pg`'s own parser and query class make of the bytes. */
function reference(config: object, bytes: Buffer): Outcome {
  const target = new Target(config)
  const { connection } = target
  new MessageParser().parse(Buffer.from(bytes), ((message: { name: string; fields: never }) => {
    const query = target._activeQuery
    if (message.name === 'rowDescription') query?.handleRowDescription(message)
    else if (message.name === 'dataRow') query?.handleDataRow(message)
    else if (message.name === 'commandComplete')
      query?.handleCommandComplete(message as never, connection)
    else if (message.name === 'parseComplete') {
      if (query?.name) target._handleParseComplete()
    } else if (message.name === 'readyForQuery') target._handleReadyForQuery(message as never)
    else connection.emit(message.name === 'error' ? 'errorMessage' : message.name, message)
  }) as never)
  return target.outcome
}

function ours(config: object, bytes: Buffer, ascii = false): Outcome & { taken: number } {
  const target = new Target(config)
  const taken = new Reply(target).read(bytes as never, bytes.length, ascii)
  return { ...target.outcome, taken }
}

const id = { name: 'id', oid: 23 }
const name = { name: 'name', oid: 25 }
const rows = Array.from({ length: 2000 }, (_, i) => backend.dataRow(String(i), `row ${i}`))
const accented = Array.from({ length: 2000 }, (_, i) =>
  backend.dataRow(String(i), i % 500 ? 'x' : 'é😀')
)
const fault = { S: 'ERROR', V: 'ERROR', C: '22012', M: 'division by zero', F: 'int.c', L: '1' }
const done = backend.readyForQuery()

const replies: [string, Buffer[]][] = [
  [
    'rows',
    [
      backend.rowDescription(id, name),
      backend.dataRow('1', 'a'),
      backend.commandComplete('SELECT 1'),
      done,
    ],
  ],
  [
    'null',
    [backend.rowDescription(id), backend.dataRow(null), backend.commandComplete('SELECT 1'), done],
  ],
  ['no rows', [backend.rowDescription(id), backend.commandComplete('SELECT 0'), done]],
  [
    'no columns',
    [backend.rowDescription(), backend.dataRow(), backend.commandComplete('SELECT 1'), done],
  ],
  [
    'many rows',
    [backend.rowDescription(id, name), ...rows, backend.commandComplete('SELECT 2000'), done],
  ],
  [
    'rows beyond ASCII',
    [backend.rowDescription(id, name), ...accented, backend.commandComplete('SELECT 2000'), done],
  ],
  [
    'a long value',
    [
      backend.rowDescription(name),
      backend.dataRow('é'.repeat(9000)),
      backend.dataRow('y'),
      backend.commandComplete('SELECT 2'),
      done,
    ],
  ],
  [
    'the same name twice',
    [
      backend.rowDescription(id, { ...name, name: 'id' }),
      backend.dataRow('1', 'b'),
      backend.commandComplete('SELECT 1'),
      done,
    ],
  ],
  [
    'names with a meaning',
    [
      backend.rowDescription(
        { ...id, name: '__proto__' },
        { ...id, name: '1' },
        { ...name, name: 'a"\n' }
      ),
      backend.dataRow('1', '2', 'c'),
      backend.commandComplete('SELECT 1'),
      done,
    ],
  ],
  [
    'several statements',
    [
      backend.rowDescription(id),
      backend.dataRow('1'),
      backend.commandComplete('SELECT 1'),
      backend.commandComplete('INSERT 0 2'),
      backend.rowDescription(name),
      backend.dataRow('x'),
      backend.commandComplete('SELECT 1'),
      done,
    ],
  ],
  [
    'the extended protocol',
    [
      backend.parseComplete,
      backend.bindComplete,
      backend.noData,
      backend.commandComplete('INSERT 0 1'),
      backend.readyForQuery('T'),
    ],
  ],
  ['an empty query', [backend.emptyQuery, done]],
  ['an error', [backend.errorResponse(fault), backend.readyForQuery('E')]],
  [
    'an error after rows',
    [backend.rowDescription(id), backend.dataRow('1'), backend.errorResponse(fault), done],
  ],
  [
    'a notice, a notification and a setting',
    [
      backend.errorResponse({ ...fault, S: 'NOTICE' }, 'N'),
      backend.notification(7, 'c', 'p'),
      backend.parameterStatus('a', 'b'),
      backend.commandComplete('SET'),
      done,
    ],
  ],
  ['a command of two words', [backend.commandComplete('CREATE TABLE'), done]],
]

describe('a reply is read as pg reads it', () => {
  describe.each([
    ['as objects', {}],
    ['as arrays', { rowMode: 'array' }],
    ['with a name', { name: 'n' }],
  ])('%s', (_, extra) => {
    test.each(replies)('with %s', (_name, messages) => {
      const config = { text: 'select', ...extra }
      const bytes = Buffer.concat(messages)
      const { taken, ...outcome } = ours(config, bytes)
      expect(taken).toBe(bytes.length)
      expect(outcome).toStrictEqual(reference(config, bytes))
      // The second time the shape of the result is known and its reader compiled.
      expect(ours(config, bytes)).toStrictEqual({ taken, ...outcome })
    })
  })
})

test('the flag for ASCII makes no difference to a reply that is ASCII', () => {
  const bytes = Buffer.concat(replies[4]?.[1] ?? [])
  expect(ours({ text: '' }, bytes, true)).toStrictEqual(ours({ text: '' }, bytes, false))
})

test('a parser that throws fails the query once, when the reply is complete', () => {
  let calls = 0
  const types = {
    getTypeParser: () => () => {
      calls += 1
      throw new Error('unreadable')
    },
  }
  const row = backend.dataRow('1')
  const bytes = backend.bytesOf(backend.rowDescription(id), row, row, done)
  expect(ours({ text: '', types }, bytes).error).toMatchObject({ text: 'Error: unreadable' })
  expect(calls).toBe(1)
})

test('rows go to listeners as they come, and are kept for a callback', () => {
  const target = new Target({ text: '' })
  const seen: unknown[] = []
  target._activeQuery?.on('row', (row, result: { rows: unknown[] }) =>
    seen.push([row, result.rows.length])
  )
  const bytes = backend.bytesOf(
    backend.rowDescription(id),
    backend.dataRow('1'),
    backend.dataRow('2'),
    done
  )
  new Reply(target).read(bytes, bytes.length, true)
  expect(seen).toEqual([
    [{ id: 1 }, 0],
    [{ id: 2 }, 1],
  ])
})

test('what a message contains beyond the delivered bytes is left for later', () => {
  const bytes = Buffer.concat([backend.parseComplete, backend.dataRow('1').subarray(0, 8)])
  expect(ours({ text: '' }, bytes).taken).toBe(backend.parseComplete.length)
})

test.each([
  ['COPY', backend.copyInResponse],
  ['binary columns', backend.rowDescription({ ...id, format: 1 })],
  ['a message nobody knows', backend.message('?')],
])('reading stops at %s', (_, message) => {
  const bytes = Buffer.concat([backend.parseComplete, message, done])
  expect(ours({ text: '' }, bytes).taken).toBe(backend.parseComplete.length)
})

describe('only queries of the class itself are plain', () => {
  test.each([
    ['a row limit', { text: '', rows: 5 }],
    ['binary results', { text: '', binary: true }],
    ['a portal', { text: '', portal: 'p' }],
  ])('not with %s', (_, config) => expect(isPlain(new Query(config))).toBe(false))

  test('not with a method of their own', () => {
    const query = new Query('select 1')
    expect(isPlain(query)).toBe(true)
    query.handleDataRow = () => undefined
    expect(isPlain(query)).toBe(false)
    class Special extends (Query as unknown as new (text: string) => object) {}
    expect(isPlain(new Special('') as QueryInternals)).toBe(false)
  })
})

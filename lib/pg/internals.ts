/**
 * The parts of `pg` that its types do not name. Everything here belongs to the copy of `pg` that this
 * package depends on, so that classes and parsers compare identical with those an application sees.
 */
import type { EventEmitter } from 'node:events'
import { createRequire } from 'node:module'
import type { Duplex } from 'node:stream'
import pg from 'pg'
import type * as Protocol from 'pg-protocol'
import type * as Messages from 'pg-protocol/dist/messages.js'
import type * as ParserModule from 'pg-protocol/dist/parser.js'

/** A Buffer with the methods that Node's own `toString` ends in, which are cheaper to call. */
export interface Bytes extends Buffer {
  latin1Slice(start: number, end: number): string
  utf8Slice(start: number, end: number): string
}

/** Turns the text of a value into what the application gets. */
export type ValueParser = (text: string) => unknown

/** Anything that names the parser of a type: `pg.types`, a `TypeOverrides`, a query's `types`. */
export interface TypeSource {
  getTypeParser(oid: number, format: string): ValueParser
}

/** A column of a result. */
export type Field = Messages.Field

/** `pg.Result` with the members its methods use. */
export interface ResultInternals {
  command: string | null
  rowCount: number | null
  oid: number | null
  rows: unknown[]
  fields: Field[]
  rowAsArray: boolean
  _parsers: ValueParser[] | undefined
  _types: TypeSource | undefined
  _prebuiltEmptyResultObject: object | null
  addCommandComplete(message: { text: string }): void
}

/** `pg.Query` with the members that the client and the connection use. */
export interface QueryInternals extends EventEmitter {
  text: unknown
  values: unknown
  rows: unknown
  types: unknown
  name: unknown
  queryMode: unknown
  binary: unknown
  portal: string
  callback: ((error: Error | null, result?: unknown) => void) | undefined
  priority?: number | undefined
  /** Whether it has a signal. */
  stoppable?: boolean
  _result: ResultInternals
  _results: ResultInternals | ResultInternals[]
  _canceledDueToError: unknown
  _accumulateRows: unknown
  _checkForMultirow(): void
  requiresPreparation(): boolean
  submit(connection: ConnectionInternals): Error | null
  handleRowDescription(message: { fields: Field[] }): void
  handleDataRow(message: { fields: (string | null)[] }): void
  handleCommandComplete(message: { text: string }, connection: ConnectionInternals): void
  handleReadyForQuery(connection: ConnectionInternals): void
  handleError(error: Error, connection: ConnectionInternals): void
}

/** `pg.Connection` with the members that the client uses. */
export interface ConnectionInternals extends EventEmitter {
  stream: Duplex
  ssl: unknown
  parsedStatements: Record<string, string | undefined>
  submittedNamedStatements: Record<string, string | undefined>
  _connecting?: boolean
  _emitMessage: boolean
}

/** `pg.Client` with the members that a subclass may override or read. */
export interface ClientInternals {
  connectionParameters: {
    ssl: unknown
    user: string | undefined
    database: string | undefined
    query_timeout: unknown
  }
  _Promise: PromiseConstructor
  readyForQuery: boolean | undefined
  hasExecuted: boolean | undefined
  _activeQuery: QueryInternals | null | undefined
  _queryQueue: QueryInternals[]
  _sentQueryQueue: QueryInternals[]
  _connected: boolean
  _queryable: boolean
  _ending: boolean
  _attachListeners(connection: ConnectionInternals): void
  _handleParseComplete(): void
  _handleReadyForQuery(message: { status: string }): void
  _pulseQueryQueue(): void
  getStartupConf(): Record<string, string | undefined>
  /** Asks the server to stop `query` of `client`, or takes it out of its queue. */
  cancel(client: object, query: unknown): void
  /** Lets this client keep the process alive, as it does by default. */
  ref(): void
  /** Lets the process end though this client is connected. */
  unref(): void
  /** Number of the backend, once connected. */
  processID: number | null
  /** Key with which the backend may be cancelled, once connected. */
  secretKey: number | null
}

interface TextParsers {
  init(register: (oid: number, parser: ValueParser) => void): void
}

interface Utils {
  prepareValue(value: unknown): string | Buffer | null
}

const require_ = createRequire(require.resolve('pg'))
const protocol = require_('pg-protocol') as typeof Protocol
const messages = require_('pg-protocol/dist/messages.js') as typeof Messages
const parser = require_('pg-protocol/dist/parser.js') as typeof ParserModule
const utils = require_('./utils.js') as Utils

/** The error class of `pg`, for errors that the server reports. */
export const DatabaseError = protocol.DatabaseError

/** `pg`'s encoder of frontend messages. */
export const serialize = protocol.serialize

/** `pg`'s column class. */
export const FieldClass = messages.Field

/** `pg`'s incremental parser of backend messages. */
export const MessageParser = parser.Parser

/** The message names of `pg`'s parser. */
export type BackendMessage = Messages.BackendMessage & { name: string }

/** Turns a parameter value into what is sent: `pg`'s own rules. */
export const prepareValue = (value: unknown): string | Buffer | null => utils.prepareValue(value)

/** `pg.Query`, for which only the class's own methods are known. */
export const Query = pg.Query as unknown as {
  new (config: unknown, values?: unknown, callback?: unknown): QueryInternals
  prototype: QueryInternals
}

/** `pg-types` as `pg` sees it. */
export const types = pg.types as unknown as TypeSource

/** The parser of a type that has none of its own. */
export const textParser: ValueParser = types.getTypeParser(0x7fffffff, 'text')

/** The parsers that `pg-types` ships, whatever an application has put in their place. */
export const builtinParsers: ReadonlyMap<number, ValueParser> = readBuiltinParsers()

function readBuiltinParsers(): Map<number, ValueParser> {
  const parsers = new Map<number, ValueParser>()
  const text = require_('pg-types/lib/textParsers.js') as TextParsers
  text.init((oid, parse) => parsers.set(oid, parse))
  return parsers
}

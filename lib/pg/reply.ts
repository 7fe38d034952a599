/**
 * Reads the reply of a plain query straight out of the delivered bytes: rows, command tags and the end
 * of the reply. Rare messages (errors, notices, notifications, parameter status) are parsed and emitted
 * by `pg`'s own parser; at anything else it stops, and the rest is `pg`'s.
 */
import { isAscii } from 'node:buffer'
import {
  MessageParser,
  Query,
  type BackendMessage,
  type Bytes,
  type ConnectionInternals,
  type QueryInternals,
  type ResultInternals,
} from './internals'
import type { Window } from './columns'
import { shapeOf, type Shape, type Variant } from './shape'

/** Rows are decoded to text in pieces of this size, so that a kept value keeps no more than that. */
const WINDOW_BYTES = 8192
/** From this size on a window is looked at as a whole before its values are. */
const CHECKED_BYTES = 512
/** Command tags that are remembered. */
const REMEMBERED_TAGS = 256

/** Tags of backend messages. */
const Tag = {
  AUTHENTICATION: 0x52,
  BACKEND_KEY_DATA: 0x4b,
  BIND_COMPLETE: 0x32,
  CLOSE_COMPLETE: 0x33,
  COMMAND_COMPLETE: 0x43,
  DATA_ROW: 0x44,
  EMPTY_QUERY: 0x49,
  ERROR: 0x45,
  NO_DATA: 0x6e,
  NOTICE: 0x4e,
  NOTIFICATION: 0x41,
  PARAMETER_DESCRIPTION: 0x74,
  PARAMETER_STATUS: 0x53,
  PARSE_COMPLETE: 0x31,
  READY_FOR_QUERY: 0x5a,
  ROW_DESCRIPTION: 0x54,
} as const

/** What a reply is read for: a client, or the blocking session. */
export interface ReplyTarget {
  readonly connection: ConnectionInternals
  _activeQuery: QueryInternals | null | undefined
  _handleParseComplete(): void
  _handleReadyForQuery(message: { status: string }): void
}

/** The class's own methods, to recognise queries whose methods somebody has replaced. */
const own: Readonly<QueryInternals> = { ...methodsOf(Query.prototype) }

function methodsOf(prototype: QueryInternals): QueryInternals {
  const names = Object.getOwnPropertyNames(prototype)
  return Object.fromEntries(names.map((name) => [name, Reflect.get(prototype, name)])) as never
}

/** Whether `pg`'s own query class would do nothing but collect the result of this query. */
export function isPlain(query: QueryInternals): boolean {
  return (
    Object.getPrototypeOf(query) === Query.prototype &&
    !query.rows &&
    !query.binary &&
    !query.portal &&
    query.submit === own.submit &&
    query.handleRowDescription === own.handleRowDescription &&
    query.handleDataRow === own.handleDataRow &&
    query.handleCommandComplete === own.handleCommandComplete &&
    query.handleReadyForQuery === own.handleReadyForQuery
  )
}

/** Reports what an application's callback threw as uncaught, without losing the rest of the reply. */
function throwLater(error: unknown): void {
  process.nextTick(() => {
    throw error
  })
}

interface Command {
  command: string | null
  oid: number | null
  rowCount: number | null
}

const commands = new Map<string, Command>()

/** What `Result.addCommandComplete` reads out of a command tag. */
function commandOf(result: ResultInternals, text: string): void {
  const known = commands.get(text)
  if (known === undefined) {
    result.addCommandComplete({ text })
    if (commands.size >= REMEMBERED_TAGS) commands.clear()
    commands.set(text, { command: result.command, oid: result.oid, rowCount: result.rowCount })
    return
  }
  result.command = known.command
  result.oid = known.oid
  result.rowCount = known.rowCount
}

/** Reads replies for one client. */
export class Reply {
  readonly #target: ReplyTarget
  readonly #parser = new MessageParser()
  readonly #emit: (message: BackendMessage) => void
  #shape: Shape | undefined
  #variant: Variant | undefined
  /** The decoded part of the reply, and where it ends. */
  readonly #window: Window = { text: '', origin: 0, ascii: true }
  #windowEnd = 0

  constructor(target: ReplyTarget) {
    this.#target = target
    this.#emit = (message) => {
      const event = message.name === 'error' ? 'errorMessage' : message.name
      target.connection.emit(event, message)
    }
  }

  /** Reads messages up to the first that is not its business. Returns where it stopped. */
  read(bytes: Bytes, length: number, ascii: boolean): number {
    this.#windowEnd = 0
    let at = 0
    while (at + 5 <= length) {
      const end = at + 1 + bytes.readInt32BE(at + 1)
      if (end > length) return at
      const tag = bytes[at]
      if (tag === Tag.DATA_ROW) {
        const next = this.#readRows(bytes, at, length, ascii)
        if (next === at) return at
        at = next
        continue
      }
      if (tag === Tag.READY_FOR_QUERY) {
        this.#ready(bytes[at + 5] as number)
        const query = this.#target._activeQuery
        if (end < length && query != null && !isPlain(query)) return end
      } else if (!this.#readMessage(tag as number, bytes, at, end)) {
        return at
      }
      at = end
    }
    return at
  }

  #readMessage(tag: number, bytes: Bytes, at: number, end: number): boolean {
    const query = this.#target._activeQuery
    switch (tag) {
      case Tag.BIND_COMPLETE:
      case Tag.CLOSE_COMPLETE:
      case Tag.NO_DATA:
      case Tag.PARAMETER_DESCRIPTION:
        return true
      case Tag.PARSE_COMPLETE:
        if (query == null) return false
        if (query.name) this.#target._handleParseComplete()
        return true
      case Tag.ROW_DESCRIPTION:
        return query != null && this.#describe(query, bytes, at + 5, end)
      case Tag.COMMAND_COMPLETE:
        if (query == null) return false
        query._checkForMultirow()
        commandOf(query._result, bytes.latin1Slice(at + 5, end - 1))
        return true
      case Tag.EMPTY_QUERY:
        return query != null
      case Tag.AUTHENTICATION:
      case Tag.BACKEND_KEY_DATA:
      case Tag.ERROR:
      case Tag.NOTICE:
      case Tag.NOTIFICATION:
      case Tag.PARAMETER_STATUS:
        this.#emitMessage(bytes, at, end)
        return true
      default:
        return false
    }
  }

  #emitMessage(bytes: Bytes, at: number, end: number): void {
    try {
      this.#parser.parse(Buffer.from(bytes.subarray(at, end)), this.#emit)
    } catch (error) {
      throwLater(error)
    }
  }

  #ready(status: number): void {
    this.#variant = undefined
    try {
      this.#target._handleReadyForQuery({ status: String.fromCharCode(status) })
    } catch (error) {
      throwLater(error)
    }
  }

  #describe(query: QueryInternals, bytes: Bytes, start: number, end: number): boolean {
    const shape = shapeOf(bytes, start, end)
    // Binary values pass through `pg`'s parser, which has its own way with them.
    if (shape.binary) return false
    query._checkForMultirow()
    this.#shape = shape
    this.#variant = shape.describe(query._result)
    query._accumulateRows = query.callback ?? query.listenerCount('row') === 0
    return true
  }

  /** Reads consecutive rows from `at` on and returns where they end; `at` when it cannot. */
  #readRows(bytes: Bytes, start: number, length: number, ascii: boolean): number {
    const query = this.#target._activeQuery
    const variant = this.#variant
    const shape = this.#shape
    if (query == null || variant === undefined || shape === undefined) return start
    const result = query._result
    const estimate = Math.ceil((length - start) / (1 + bytes.readInt32BE(start + 1)))
    const reader = shape.reader(variant, result.rowAsArray, estimate)
    const emits = query.listenerCount('row') > 0
    const rows = query._accumulateRows ? result.rows : undefined
    const { needsText } = variant
    const window = this.#window
    let at = start
    while (at + 5 <= length && bytes[at] === Tag.DATA_ROW) {
      const end = at + 1 + bytes.readInt32BE(at + 1)
      if (end > length) break
      if (needsText && end > this.#windowEnd) this.#decode(bytes, at, end, length, ascii)
      if (!query._canceledDueToError) {
        try {
          const row = reader(bytes, at + 7, window)
          if (emits) emitRow(query, row, result)
          if (rows !== undefined) rows.push(row)
        } catch (error) {
          query._canceledDueToError = error
        }
      }
      at = end
    }
    return at
  }

  /** Decodes the window of the reply that begins at `start`. */
  #decode(bytes: Bytes, start: number, rowEnd: number, length: number, ascii: boolean): void {
    const window = this.#window
    if (rowEnd - start > WINDOW_BYTES) {
      // One long row: its values are decoded one by one, and keep nothing but themselves.
      window.text = null
      this.#windowEnd = rowEnd
    } else {
      const end = Math.min(start + WINDOW_BYTES, length)
      window.text = bytes.latin1Slice(start, end)
      // For few values it is cheaper to look at each.
      window.ascii = ascii || (end - start > CHECKED_BYTES && isAscii(bytes.subarray(start, end)))
      this.#windowEnd = end
    }
    window.origin = start
  }
}

function emitRow(query: QueryInternals, row: unknown, result: ResultInternals): void {
  try {
    query.emit('row', row, result)
  } catch (error) {
    throwLater(error)
  }
}

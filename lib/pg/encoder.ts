/**
 * Encodes a plain query as one batch of frontend messages: `Query`, or
 * `Parse Bind Describe Execute Sync`. Byte for byte what `pg` sends, in one reused buffer.
 * What does not fit, or is unusual, is left to `pg` by returning 0.
 */
import { prepareValue, type ConnectionInternals, type QueryInternals } from './internals'

/** Size of the batch buffer. Larger batches are written by `pg`, in buffers of their own. */
const CAPACITY = 65536
/** Up to this length a loop in JavaScript beats a call into the runtime. */
const SHORT = 48
/** Texts kept in encoded form, and the longest one that is. */
const CACHE_SIZE = 512
const CACHED_LENGTH = 2048

const PARSE = 0x50
const BIND = 0x42
const QUERY = 0x51
/** Describe the unnamed portal, Execute it without a limit, Sync. */
const TAIL = Buffer.from('44000000065000450000000900000000005300000004', 'hex')

/** The batch that `encodeBatch` wrote last; valid until its next call. */
export const batch = Buffer.allocUnsafeSlow(CAPACITY)

/** Encoded Parse messages of unnamed statements by their text: applications repeat their texts. */
const parses = new Map<string, Buffer>()

let offset = 0

function writeInt32(at: number, value: number): void {
  batch[at] = value >>> 24
  batch[at + 1] = value >>> 16
  batch[at + 2] = value >>> 8
  batch[at + 3] = value
}

function writeInt16(value: number): void {
  batch[offset] = value >>> 8
  batch[offset + 1] = value
  offset += 2
}

/** Appends text as UTF-8. False when it may not fit. */
function writeText(text: string): boolean {
  const length = text.length
  if (offset + length * 3 + TAIL.length > CAPACITY) return false
  if (length <= SHORT) {
    let at = offset
    for (let i = 0; i < length; i += 1) {
      const unit = text.charCodeAt(i)
      if (unit >= 0x80) {
        offset += batch.write(text, offset, 'utf8')
        return true
      }
      batch[at] = unit
      at += 1
    }
    offset = at
    return true
  }
  offset += batch.write(text, offset, 'utf8')
  return true
}

function writeCString(text: string): boolean {
  if (!writeText(text)) return false
  batch[offset] = 0
  offset += 1
  return true
}

function encodeParse(name: string, text: string): boolean {
  const start = offset
  batch[start] = PARSE
  offset += 5
  if (!writeCString(name) || !writeCString(text)) return false
  writeInt16(0)
  writeInt32(start + 1, offset - start - 1)
  return true
}

/** The same as `encodeParse('', text)`, from the cache where it has the text. */
function encodeUnnamedParse(text: string): boolean {
  const cached = parses.get(text)
  if (cached !== undefined) {
    batch.set(cached, offset)
    offset += cached.length
    return true
  }
  const start = offset
  if (!encodeParse('', text)) return false
  if (text.length <= CACHED_LENGTH) {
    if (parses.size >= CACHE_SIZE) parses.clear()
    parses.set(text, Buffer.from(batch.subarray(start, offset)))
  }
  return true
}

/** Largest total size of a query and its parameters. */
const MAX_BATCH = 256 * 1024 * 1024

/** Refuses what has no meaning as a value. Differs from pg: it sends the source of a function. */
function checkParameters(values: readonly unknown[]): void {
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i]
    const type = typeof value
    if (type === 'function' || type === 'symbol') {
      throw new TypeError(`oxbase: a ${type} cannot be sent as a query parameter`)
    }
    if (type === 'object' && Array.isArray(value)) checkParameters(value)
  }
}

/** Size of a query's text and larger parameters, each counted by `measure`. */
function sizeOf(query: QueryInternals, measure: (text: string) => number): number {
  let size = typeof query.text === 'string' ? measure(query.text) : 0
  for (const value of query.values as unknown[]) {
    if (typeof value === 'string') size += measure(value)
    else if (ArrayBuffer.isView(value)) size += value.byteLength
  }
  return size
}

/** An error for a query whose parameters do not fit into one message, or undefined. */
function tooLarge(query: QueryInternals): Error | undefined {
  if (sizeOf(query, (text) => text.length) <= MAX_BATCH / 3) return undefined
  const size = sizeOf(query, (text) => Buffer.byteLength(text))
  if (size <= MAX_BATCH) return undefined
  return new Error(
    `oxbase: a query with its parameters is limited to 256 MB, this one has ${size} bytes`
  )
}

/** Why a query cannot be sent at all, if so. Nothing was sent, so the client goes on with the next. */
export function refusalOf(query: QueryInternals): Error | undefined {
  if (!Array.isArray(query.values)) return undefined
  try {
    checkParameters(query.values as unknown[])
    return tooLarge(query)
  } catch (error) {
    return error as Error
  }
}

/** Appends one parameter with its length. Returns its format code, or -1 when it may not fit. */
function encodeValue(raw: unknown): number {
  const value =
    typeof raw === 'string' ? raw : typeof raw === 'number' ? String(raw) : prepareValue(raw)
  const start = offset
  offset += 4
  if (value === null || value === undefined) {
    writeInt32(start, -1)
    return 0
  }
  if (typeof value === 'string') {
    if (!writeText(value)) return -1
    writeInt32(start, offset - start - 4)
    return 0
  }
  if (offset + value.length + TAIL.length > CAPACITY) return -1
  batch.set(value, offset)
  offset += value.length
  writeInt32(start, value.length)
  return 1
}

function encodeBind(statement: string, values: readonly unknown[]): boolean {
  const start = offset
  const count = values.length
  // Formats, lengths, the counts around them and the tail.
  if (offset + statement.length * 3 + count * 6 + 32 + TAIL.length > CAPACITY) return false
  batch[start] = BIND
  batch[start + 5] = 0
  offset += 6
  if (!writeCString(statement)) return false
  writeInt16(count)
  let format = offset
  offset += count * 2
  writeInt16(count)
  for (let i = 0; i < count; i += 1) {
    if (offset + 8 + TAIL.length > CAPACITY) return false
    const code = encodeValue(values[i])
    if (code < 0) return false
    batch[format] = 0
    batch[format + 1] = code
    format += 2
  }
  writeInt16(1)
  writeInt16(0)
  writeInt32(start + 1, offset - start - 1)
  return true
}

function encodeSimple(text: string): number {
  batch[0] = QUERY
  offset = 5
  if (!writeCString(text)) return 0
  writeInt32(1, offset - 1)
  return offset
}

/**
 * Encodes `query` into `batch` and returns its length; 0 leaves it to `pg`, with nothing changed.
 * Throws what preparing a value throws. A named statement counts as submitted from here on.
 */
export function encodeBatch(query: QueryInternals, connection: ConnectionInternals): number {
  const { text, name, types, values } = query
  if (typeof text !== 'string' || (values && !Array.isArray(values))) return 0
  if (!query.requiresPreparation()) return encodeSimple(text)
  // Parameter types that were given by number travel in Parse.
  if (Array.isArray(types) && types.length > 0) return 0
  const parameters = (values ?? []) as readonly unknown[]
  offset = 0
  if (typeof name === 'string' && name !== '') {
    if (name.length > 63) return 0
    const { parsedStatements: parsed, submittedNamedStatements: submitted } = connection
    const previous = parsed[name] || submitted[name]
    if (text && previous && text !== previous) return 0
    const known = parsed[name] !== undefined || submitted[name] !== undefined
    if (!known && !encodeParse(name, text)) return 0
    if (!encodeBind(name, parameters)) return 0
    if (!known) submitted[name] = text
  } else {
    if (name) return 0
    if (!encodeUnnamedParse(text) || !encodeBind('', parameters)) return 0
  }
  batch.set(TAIL, offset)
  return offset + TAIL.length
}

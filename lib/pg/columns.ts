/**
 * Reads column values out of a reply's bytes. Where the parser of a column is the one that `pg-types`
 * ships, numbers, booleans and dates are read without making a string first; the outcome is the same
 * to the bit, and whatever looks unusual goes to the parser itself.
 */
import { builtinParsers, textParser, type Bytes, type ValueParser } from './internals'

/** How a column is read. */
export type ColumnKind = 'text' | 'integer' | 'float' | 'boolean' | 'date' | 'parser'

const parseInteger = builtinParsers.get(23)
const parseBigInteger = builtinParsers.get(20)
const parseFloatingPoint = builtinParsers.get(701)
const parseBoolean = builtinParsers.get(16)
const parseDate = builtinParsers.get(1184)

/** Digits that fit a double exactly. */
const EXACT_DIGITS = 15
const POWERS = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`))

const MINUS = 0x2d
const DOT = 0x2e
const COLON = 0x3a
const SPACE = 0x20
const PLUS = 0x2b
const ZERO = 0x30
const LETTER_T = 0x74

/** A part of a reply as text, of which byte `origin` is the first; null decodes value by value. */
export interface Window {
  text: string | null
  origin: number
  /** Whether all of it is ASCII. */
  ascii: boolean
}

/** The way to read a column whose values go through `parser`. */
export function columnKind(parser: ValueParser): ColumnKind {
  switch (parser) {
    // The parser of int8 returns the text as it is.
    case textParser:
    case parseBigInteger:
      return 'text'
    case parseInteger:
      return 'integer'
    case parseFloatingPoint:
      return 'float'
    case parseBoolean:
      return 'boolean'
    case parseDate:
      return 'date'
    default:
      return 'parser'
  }
}

/** Up to this length it pays to look at a value's bytes before decoding it. */
const SHORT_TEXT = 32

/**
 * Text out of a window of the reply, which is decoded as Latin-1 from byte `origin` on. What is beyond
 * ASCII is decoded by itself; a window without any (`ascii`) needs no look.
 */
export function readText(bytes: Bytes, start: number, length: number, window: Window): string {
  const end = start + length
  if (window.text === null) return bytes.utf8Slice(start, end)
  if (!window.ascii) {
    if (length > SHORT_TEXT) return bytes.utf8Slice(start, end)
    for (let at = start; at < end; at += 1) {
      if ((bytes[at] as number) >= 0x80) return bytes.utf8Slice(start, end)
    }
  }
  return window.text.substring(start - window.origin, end - window.origin)
}

/** Like `parseInt(text, 10)`. */
export function readInteger(bytes: Bytes, start: number, length: number): number {
  let at = start
  const end = start + length
  const negative = bytes[at] === MINUS
  if (negative) at += 1
  if (at === end || end - at > EXACT_DIGITS) return parseInt(bytes.latin1Slice(start, end), 10)
  let value = 0
  for (; at < end; at += 1) {
    const digit = (bytes[at] as number) - ZERO
    if (digit < 0 || digit > 9) return parseInt(bytes.latin1Slice(start, end), 10)
    value = value * 10 + digit
  }
  return negative ? -value : value
}

/** Like `parseFloat(text)`: a quotient of two exact doubles is rounded as the text would be. */
export function readFloat(bytes: Bytes, start: number, length: number): number {
  let at = start
  const end = start + length
  const negative = bytes[at] === MINUS
  if (negative) at += 1
  if (at === end || end - at > EXACT_DIGITS + 1) return parseFloat(bytes.latin1Slice(start, end))
  let value = 0
  let fraction = -1
  for (; at < end; at += 1) {
    const code = bytes[at] as number
    if (code === DOT && fraction < 0) {
      fraction = 0
      continue
    }
    const digit = code - ZERO
    if (digit < 0 || digit > 9) return parseFloat(bytes.latin1Slice(start, end))
    value = value * 10 + digit
    if (fraction >= 0) fraction += 1
  }
  if (fraction === 0 || value > 999_999_999_999_999)
    return parseFloat(bytes.latin1Slice(start, end))
  if (fraction > 0) value /= POWERS[fraction] as number
  return negative ? -value : value
}

/** Like the boolean parser, for what a server sends. */
export function readBoolean(bytes: Bytes, start: number, length: number): boolean {
  if (length === 1) return bytes[start] === LETTER_T
  return (parseBoolean as ValueParser)(bytes.latin1Slice(start, start + length)) as boolean
}

/** Two digits as a number; NaN or another number out of range when they are not digits. */
function pair(bytes: Bytes, at: number): number {
  const tens = (bytes[at] as number) - ZERO
  const ones = (bytes[at + 1] as number) - ZERO
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NaN
}

/** Milliseconds of `.ffffff`, or 0 where there is none; NaN when it is anything else. */
function fraction(bytes: Bytes, at: number, end: number): number {
  if (at === end) return 0
  if (bytes[at] !== DOT || at + 1 === end || end - at > 7) return NaN
  let digits = 0
  for (let i = at + 1; i < end; i += 1) {
    const digit = (bytes[i] as number) - ZERO
    if (digit < 0 || digit > 9) return NaN
    digits = digits * 10 + digit
  }
  return 1000 * (digits / (POWERS[end - at - 1] as number))
}

/** Reads the usual layouts, local or in UTC; undefined for all others. */
function readUsualDate(bytes: Bytes, start: number, length: number): Date | undefined {
  if (length < 10 || bytes[start + 4] !== MINUS || bytes[start + 7] !== MINUS) return undefined
  const year = pair(bytes, start) * 100 + pair(bytes, start + 2)
  const month = pair(bytes, start + 5) - 1
  const day = pair(bytes, start + 8)
  if (!(year >= 100) || Number.isNaN(month + day)) return undefined
  if (length === 10) return new Date(year, month, day)
  if (length < 19 || bytes[start + 10] !== SPACE) return undefined
  if (bytes[start + 13] !== COLON || bytes[start + 16] !== COLON) return undefined
  const hour = pair(bytes, start + 11)
  const minute = pair(bytes, start + 14)
  const second = pair(bytes, start + 17)
  let end = start + length
  const utc = bytes[end - 3] === PLUS && pair(bytes, end - 2) === 0
  if (utc) end -= 3
  const milliseconds = fraction(bytes, start + 19, end)
  if (Number.isNaN(hour + minute + second + milliseconds)) return undefined
  return utc
    ? new Date(Date.UTC(year, month, day, hour, minute, second, milliseconds))
    : new Date(year, month, day, hour, minute, second, milliseconds)
}

/** Like the parser of dates and timestamps. */
export function readDate(bytes: Bytes, start: number, length: number): unknown {
  const date = readUsualDate(bytes, start, length)
  if (date !== undefined) return date
  return (parseDate as ValueParser)(bytes.latin1Slice(start, start + length))
}

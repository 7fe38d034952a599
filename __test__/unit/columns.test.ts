import { describe, expect, test } from 'vitest'
import { columnKind, readBoolean, readDate, readFloat, readInteger } from '../../dist/pg/columns.js'
import { builtinParsers, textParser, types, type Bytes } from '../../dist/pg/internals.js'

type Reader = (bytes: Bytes, start: number, length: number) => unknown

/** Reads `text` from the middle of other bytes, as it stands in a reply. */
function read(reader: Reader, text: string): unknown {
  const bytes = Buffer.from(`9.${text}9.`) as Bytes
  return reader(bytes, 2, Buffer.byteLength(text))
}

/** Pseudo-random numbers that are the same in every run. */
function* sequence(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state = (state * 1103515245 + 12345) % 2147483648
    yield state
  }
}

const integers = ['0', '-0', '1', '-1', '2147483647', '-2147483648', '999999999999999']
const unusual = ['', '-', 'abc', '12a', '1234567890123456789', '-9007199254740993']

test.each([...integers, ...unusual])('the integer %j is read as parseInt does', (text) => {
  expect(read(readInteger, text)).toBe(parseInt(text, 10))
})

const floats = ['0', '-0', '0.1', '-0.1', '.5', '5.', '1.5e300', 'NaN', 'Infinity', '-Infinity']
const exact = [
  '3.14159265358979',
  '99999999999999.9',
  '999999999999999',
  '1234567890123456',
  '1.2.3',
]

test.each([...floats, ...exact, ''])('the float %j is read as parseFloat does', (text) => {
  expect(read(readFloat, text)).toBe(parseFloat(text))
})

test('any decimal is read as parseFloat does', () => {
  const random = sequence(7)
  for (let i = 0; i < 5000; i += 1) {
    const digits = String(random.next().value) + String(random.next().value)
    const point = i % (digits.length + 1)
    const text = `${i % 2 ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point, i % 18)}`
    expect([text, read(readFloat, text)]).toEqual([text, parseFloat(text)])
  }
})

test.each(['t', 'f', 'true', 'no'])('the boolean %j is read as pg-types does', (text) => {
  expect(read(readBoolean, text)).toBe(builtinParsers.get(16)?.(text))
})

const days = ['2024-02-29', '0044-03-15 BC', '0099-12-31', '12024-01-01', 'infinity', '-infinity']
const times = ['', ' 00:00:00', ' 23:59:59.999999', ' 04:05:06.7', ' 04:05:06.001']
const zones = ['', '+00', '-00', '+05:30', '-03:30:52', ' BC', '+00 BC']
const dates = days.flatMap((day) => times.flatMap((time) => zones.map((zone) => day + time + zone)))

test.each([...dates, '', 'x', '2024-1-1', '2024-01-01 1:2:3', '2024-02-03 04:05:06.1234567'])(
  'the date %j is read as pg-types does',
  (text) => {
    expect(read(readDate, text)).toEqual(builtinParsers.get(1184)?.(text))
  }
)

test('every fraction of a second is read as pg-types does', () => {
  const parse = builtinParsers.get(1114)
  for (let ms = 0; ms < 1000; ms += 1) {
    const text = `2024-02-03 04:05:06.${String(ms).padStart(3, '0')}`
    expect(read(readDate, text)).toEqual(parse?.(text))
  }
})

describe('the way to read a column follows its parser', () => {
  test.each([
    [23, 'integer'],
    [21, 'integer'],
    [26, 'integer'],
    [20, 'text'],
    [25, 'text'],
    [1700, 'text'],
    [16, 'boolean'],
    [700, 'float'],
    [701, 'float'],
    [1082, 'date'],
    [1114, 'date'],
    [1184, 'date'],
    [114, 'parser'],
    [17, 'parser'],
  ])('of type %i it is %s', (oid, kind) => {
    expect(columnKind(types.getTypeParser(oid, 'text'))).toBe(kind)
  })

  test("an application's own parser is called", () => {
    expect(columnKind((text) => text)).toBe('parser')
    expect(columnKind(textParser)).toBe('text')
  })
})

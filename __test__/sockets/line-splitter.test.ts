// How input is cut into lines, wherever it was cut on its way.
import { expect, test } from 'vitest'
import { LineSplitter } from '../../dist/ndjson/line-splitter.js'

const encode = (text: string) => new TextEncoder().encode(text)

/** The lines of a text that comes in pieces of a size. */
function split(bytes: Uint8Array, size: number, limit = 1000) {
  const splitter = new LineSplitter(limit)
  const lines = []
  for (let at = 0; at < bytes.length; at += size) {
    lines.push(...splitter.push(bytes.slice(at, at + size)))
  }
  return [...lines, ...splitter.end()]
}

const cases: [string, unknown[]][] = [
  ['', []],
  ['a', ['a']],
  ['a\n', ['a']],
  ['a\r\nb\rc\n\n', ['a', 'b\rc', '']],
  ['ä€😀\n\uFEFFb', ['ä€😀', '\uFEFFb']],
  [`${'x'.repeat(10)}\n${'x'.repeat(11)}\r\ny`, ['x'.repeat(10), 'tooLong', 'y']],
  [`${'x'.repeat(10)}\r\n${'x'.repeat(30)}`, ['x'.repeat(10), 'tooLong']],
]

test.each(cases)('%j gives the same lines in pieces of any size', (text, expected) => {
  const bytes = encode(text)
  const lines = expected.map((line) =>
    line === 'tooLong' ? { problem: line } : { text: line as string }
  )
  const limit = text.startsWith('x') ? 10 : 1000
  for (let size = 1; size <= bytes.length + 1; size += 1) {
    expect(split(bytes, size, limit)).toEqual(lines)
  }
})

test('bytes that are no UTF-8 spoil their own line only', () => {
  const bytes = Uint8Array.of(0xc3, 10, 0xa4, 10, 0x61, 10)
  for (let size = 1; size <= bytes.length; size += 1) {
    expect(split(bytes, size)).toEqual([
      { problem: 'notUtf8' },
      { problem: 'notUtf8' },
      { text: 'a' },
    ])
  }
})

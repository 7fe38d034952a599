import { expect, test } from 'vitest'
import { layOut } from '../../../dist/gen/document.js'
import {
  appendBrackets,
  array,
  columnType,
  inDatabase,
  JSON_TYPE,
  key,
  literal,
  literals,
  nullable,
  object,
  plain,
  quote,
  union,
  UNKNOWN,
} from '../../../dist/gen/syntax.js'
import { typeDocument } from '../../../dist/gen/type-document.js'

type Type = Parameters<typeof typeDocument>[0]
const text = (type: Type, width = 80) => layOut(typeDocument(type), width)
const ab = union([literal('a'), literal('b')])

test.each([
  ['plain', '"plain"'],
  ["it's", `"it's"`],
  ['say "hi"', `'say "hi"'`],
  [`it's "so"`, `'it\\'s "so"'`],
  [`"one" isn't 'two'`, `"\\"one\\" isn't 'two'"`],
  ['a\\b\n\u0001', '"a\\\\b\\n\\u0001"'],
])('a text is quoted with as few backslashes as can be: %s', (value, quoted) => {
  expect(quote(value)).toBe(quoted)
})

test.each([
  ['id', 'id'],
  ['$x', '$x'],
  ['_', '_'],
  ['été', 'été'],
  ['日本', '日本'],
  ['class', 'class'],
  ['a b', '"a b"'],
  ['1st', '"1st"'],
  ['12', '"12"'],
  ['', '""'],
  ['a-b', '"a-b"'],
])('a key is quoted if it is no identifier: %s', (name, printed) => {
  expect(key(name)).toBe(printed)
})

test('an array of a union has parentheses, and brackets that are appended have none', () => {
  expect(text(array(ab))).toBe('("a" | "b")[]')
  expect(text(appendBrackets(ab))).toBe('"a" | "b"[]')
})

test('null is added to what may be null and does not know it', () => {
  expect(text(nullable(ab))).toBe('"a" | "b" | null')
  expect(text(nullable(UNKNOWN))).toBe('unknown')
  expect(text(columnType(JSON_TYPE, true))).toBe('Json | null')
  expect(text(columnType(JSON_TYPE, false))).toBe('NonNullable<Json>')
  expect(text(columnType(array(JSON_TYPE), false))).toBe('Json[]')
})

test('a union that is too long has one member a line', () => {
  const members = [{ key: 'e', type: nullable(array(ab)) }]
  expect(text(object(members), 12)).toBe(
    '{\n  e:\n    | (\n        | "a"\n        | "b"\n      )[]\n    | null\n}'
  )
})

test('an object that may be null is kept in one piece', () => {
  const inner = object([{ key: 'a', type: plain('string'), isOptional: true }])
  expect(text(nullable(inner))).toBe('{\n  a?: string\n} | null')
  expect(text(nullable(array(inner)))).toBe('\n  | {\n      a?: string\n    }[]\n  | null')
})

test('an object that is not open stands on one line if it fits', () => {
  const type = object(
    [
      { key: 'a', type: plain('1') },
      { key: 'b', type: literals(['x', 'y']) },
    ],
    false
  )
  expect(text(type)).toBe('{ a: 1; b: ["x", "y"] }')
  expect(text(type, 22)).toBe('{\n  a: 1\n  b: ["x", "y"]\n}')
  expect(text(object([], false))).toBe('{}')
})

test('a path into the database never breaks', () => {
  expect(text(inDatabase('public', 'Tables', "o'clock", 'Row'), 10)).toBe(
    `Database["public"]["Tables"]["o'clock"]["Row"]`
  )
})

import { expect, test } from 'vitest'
import {
  either,
  group,
  hardBreak,
  indent,
  join,
  layOut,
  line,
  softLine,
} from '../../../dist/gen/document.js'

const words = group([
  '(',
  indent([softLine, join(['one', 'two'], [',', line])]),
  either(',', ''),
  softLine,
  ')',
])

test('a group that fits exactly stands on one line', () => {
  expect(layOut(words, 10)).toBe('(one, two)')
})

test('a group that is one column too long breaks all its own lines', () => {
  expect(layOut(words, 9)).toBe('(\n  one,\n  two,\n)')
})

test('what follows a group on its line counts', () => {
  expect(layOut([words, '[]'], 11)).toBe('(\n  one,\n  two,\n)[]')
  expect(layOut([words, hardBreak, 'more'], 10)).toBe('(one, two)\nmore')
})

test('a group inside breaks only if it has to', () => {
  expect(layOut(group(['[', indent([line, words]), line, ']']), 12)).toBe('[\n  (one, two)\n]')
})

test('a group around something that always breaks, breaks', () => {
  expect(layOut(group(['a', line, group(['b', hardBreak, 'c'])]), 80)).toBe('a\nb\nc')
})

test('no line ends with a space', () => {
  expect(layOut(['a: ', hardBreak, 'b'], 80)).toBe('a:\nb')
})

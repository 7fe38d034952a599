import { expect, test } from 'vitest'
import { textWidth } from '../../../dist/gen/text-width.js'

test.each([
  ['plain text', 10],
  ['été', 3],
  ['e\u0301te\u0301', 3],
  ['日本語', 6],
  ['한글', 4],
  ['ｶﾞ', 1],
  ['🎉', 2],
  ['👨‍👩‍👧', 2],
  ['❤️', 2],
  ['❤', 1],
  ['a\u200bb', 2],
  ['', 0],
])('%s is as wide as it is shown', (text, width) => {
  expect(textWidth(text)).toBe(width)
})

import { expect, test } from 'vitest'
import { query } from '../support/provider'
import { isSentAs, readsAs, survivesStorage } from '../support/values'

const TEXTS = [
  '',
  ' ',
  'null',
  "it's",
  'back\\slash',
  'a\nb\r\tc',
  'ünïcödé',
  '日本語',
  '👩‍👩‍👧‍👦 🇺🇦',
  '\u{10ffff}\u0001\u007f\u0080\u07ff\u0800\uffff',
  'x'.repeat(100_000),
  'é'.repeat(70_000),
]

readsAs([
  ["''::text", ''],
  ["'ab '::char(5)", 'ab   '],
  ["'ab'::varchar(5)", 'ab'],
  ['\'x\'::"char"', 'x'],
  ["'a_name'::name", 'a_name'],
  ["E'a\\nb'", 'a\nb'],
  ["'😀'", '😀'],
  ["U&'\\+01F600'", '😀'],
])

isSentAs([
  ['plain', 'text', 'plain'],
  ['', 'text', ''],
  [null, 'text', null],
  [undefined, 'text', null],
  [12, 'text', '12'],
  [{ a: 1 }, 'text', '{"a":1}'],
])

survivesStorage('text', [...TEXTS, null])

test.each(TEXTS.map((text) => [text]))(
  'the text %j has as many characters there as here',
  async (text) => {
    const { rows } = await query('select length($1) as n, octet_length($1) as bytes', [text])
    expect(rows).toEqual([{ n: [...text].length, bytes: Buffer.byteLength(text) }])
  }
)

test('a lone surrogate is sent as the replacement character', async () => {
  expect((await query('select $1::text as v', ['a\ud800b'])).rows).toEqual([{ v: 'a\ufffdb' }])
})

test('text in the query itself may be of any script', async () => {
  expect((await query(`select '日本👍' as "ключ"`)).rows).toEqual([{ ключ: '日本👍' }])
})

import { expect, test } from 'vitest'
import { query } from '../support/provider'
import { isSentAs, readsAs, survivesStorage } from '../support/values'

readsAs([
  ['\'{"a": [1, null, "x"]}\'::json', { a: [1, null, 'x'] }],
  ['\'{"b": 1, "a": 2}\'::jsonb', { a: 2, b: 1 }],
  ["'null'::jsonb", null],
  ["'3'::json", 3],
  ['\'"text"\'::jsonb', 'text'],
  ["'[]'::json", []],
  ["json_build_object('when', '2020-01-02'::date)", { when: '2020-01-02' }],
  ['array[\'{"a":1}\'::jsonb]', [{ a: 1 }]],
])

isSentAs([
  [{ a: 1, b: null }, 'json', '{"a":1,"b":null}'],
  [{ a: { b: [1] } }, 'jsonb', '{"a": {"b": [1]}}'],
  [{ at: new Date(0) }, 'json', '{"at":"1970-01-01T00:00:00.000Z"}'],
  ['{"raw": true}', 'jsonb', '{"raw": true}'],
  [JSON.stringify([1, 2]), 'jsonb', '[1, 2]'],
])

survivesStorage('jsonb', [{ a: 1 }, { deep: { list: [1, 'é', { x: null }] } }, null])

test('an array is sent as an array, so json wants it as text', async () => {
  await expect(query('select $1::json', [[{ a: 1 }]])).rejects.toMatchObject({ code: '22P02' })
})

test('json that is none is refused with what is wrong with it', async () => {
  await expect(query('select \'{"a":}\'::json')).rejects.toMatchObject({
    code: '22P02',
    message: 'invalid input syntax for type json',
    detail: 'Expected JSON value, but found "}".',
    where: 'JSON data, line 1: {"a":}',
  })
})

import { expect, test } from 'vitest'
import { answer } from '../support/answers'
import { query } from '../support/provider'

const NOTHING = { command: null, rowCount: null, oid: null, rows: [], fields: [] }

test.each(['', ' ', ';', '-- only a comment', '/* a /* nested */ comment */'])(
  'the text %j is an empty query',
  async (text) => {
    expect(answer(await query(text))).toEqual(NOTHING)
  }
)

test('an empty query with an empty list of values is empty, too', async () => {
  expect(answer(await query('', []))).toEqual(NOTHING)
})

test('an empty named query is empty, too', async () => {
  expect(answer(await query({ name: 'empty', text: '' }))).toEqual(NOTHING)
})

test('the client goes on after an empty query', async () => {
  await query('')
  expect((await query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

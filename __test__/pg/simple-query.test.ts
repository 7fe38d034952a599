import { expect, test } from 'vitest'
import { answer } from '../support/answers'
import { query } from '../support/provider'

test('a query without parameters answers rows as objects keyed by column', async () => {
  const result = await query("select 1 as one, 'two' as two, null as three")
  expect(answer(result)).toEqual({
    command: 'SELECT',
    rowCount: 1,
    oid: null,
    rows: [{ one: 1, two: 'two', three: null }],
    fields: ['one', 'two', 'three'],
  })
})

test('columns keep the order of the select list', async () => {
  const { rows } = await query('select 3 as c, 1 as a, 2 as b')
  expect(Object.keys(rows[0] as object)).toEqual(['c', 'a', 'b'])
})

test('a column without a name is called ?column?', async () => {
  expect((await query('select 1')).rows).toEqual([{ '?column?': 1 }])
})

test('a query that finds nothing answers no rows and still names its fields', async () => {
  expect(answer(await query('select 1 as one where false'))).toEqual({
    command: 'SELECT',
    rowCount: 0,
    oid: null,
    rows: [],
    fields: ['one'],
  })
})

test('a select list may be empty', async () => {
  expect(answer(await query('select from generate_series(1, 2)'))).toEqual({
    command: 'SELECT',
    rowCount: 2,
    oid: null,
    rows: [{}, {}],
    fields: [],
  })
})

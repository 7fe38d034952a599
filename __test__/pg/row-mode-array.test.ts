import { expect, test } from 'vitest'
import { answer, answers } from '../support/answers'
import { query } from '../support/provider'

test('rowMode array answers each row as a list of values', async () => {
  const result = await query({ text: "select 1 as a, 'x' as b, null as c", rowMode: 'array' })
  expect(answer(result)).toEqual({
    command: 'SELECT',
    rowCount: 1,
    oid: null,
    rows: [[1, 'x', null]],
    fields: ['a', 'b', 'c'],
  })
})

test('rowMode array keeps columns of the same name apart', async () => {
  const { rows } = await query({ text: 'select 1 as a, 2 as a', rowMode: 'array' })
  expect(rows).toEqual([[1, 2]])
})

test('rowMode array works with parameters and a name', async () => {
  const config = { name: 'in-array', text: 'select $1::int4, $2::text', rowMode: 'array' as const }
  const first = await query(config, [1, 'a'])
  const second = await query(config, [2, 'b'])
  expect([first.rows, second.rows]).toEqual([[[1, 'a']], [[2, 'b']]])
})

test('rowMode array parses values as objects do', async () => {
  const text = "select 1::int8 as a, true as b, '{1,2}'::int[] as c, '{\"x\":1}'::jsonb as d"
  expect((await query({ text, rowMode: 'array' })).rows).toEqual([['1', true, [1, 2], { x: 1 }]])
})

test('rowMode array reaches every result of several statements', async () => {
  const results = await query({ text: 'select 1; select 2, 3', rowMode: 'array' })
  expect(answers(results).map((result) => result.rows)).toEqual([[[1]], [[2, 3]]])
})

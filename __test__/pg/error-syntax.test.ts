import { expect, test } from 'vitest'
import { refusal } from '../support/answers'
import { query } from '../support/provider'

test('a syntax error tells the place', async () => {
  expect(await refusal(query('selec 1'))).toEqual({
    name: 'error',
    severity: 'ERROR',
    code: '42601',
    message: 'syntax error at or near "selec"',
    position: '1',
  })
})

test('the place is counted in characters of the whole text', async () => {
  expect(await refusal(query("select '日本👍';\n  selec 2"))).toMatchObject({
    code: '42601',
    position: '17',
  })
})

test('an unfinished text is an error at its end', async () => {
  expect(await refusal(query('select (1'))).toMatchObject({
    code: '42601',
    message: 'syntax error at end of input',
    position: '10',
  })
})

test.each([
  ["select 'open", 'unterminated quoted string at or near "\'open"', '8'],
  ['select "open', 'unterminated quoted identifier at or near ""open"', '8'],
  ['select /* open', 'unterminated /* comment at or near "/* open"', '8'],
  ['select $a$ open', 'unterminated dollar-quoted string at or near "$a$ open"', '8'],
])('%s is refused as unterminated', async (text, message, position) => {
  expect(await refusal(query(text))).toMatchObject({ code: '42601', message, position })
})

test('a parameter that is missing is refused', async () => {
  expect(await refusal(query('select $1'))).toEqual({
    name: 'error',
    severity: 'ERROR',
    code: '42P02',
    message: 'there is no parameter $1',
    position: '8',
  })
})

test('what does not exist is named, with a hint where the server has one', async () => {
  await query('create table known (title text)')
  expect(await refusal(query('select * from unknown_table'))).toMatchObject({
    code: '42P01',
    message: 'relation "unknown_table" does not exist',
    position: '15',
  })
  expect(await refusal(query('select titel from known'))).toMatchObject({
    code: '42703',
    message: 'column "titel" does not exist',
    hint: 'Perhaps you meant to reference the column "known.title".',
    position: '8',
  })
  expect(await refusal(query("select no_such_function('x', 1)"))).toMatchObject({
    code: '42883',
    message: 'function no_such_function(unknown, integer) does not exist',
    hint: 'No function matches the given name and argument types. You might need to add explicit type casts.',
  })
})

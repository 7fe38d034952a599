import { expect, test } from 'vitest'
import { failure, refusal } from '../support/answers'
import { connect, DatabaseError, query } from '../support/provider'

test('an error of the server is a DatabaseError and an Error', async () => {
  const error = await failure(query('select 1 / 0'))
  expect(error).toBeInstanceOf(DatabaseError)
  expect(error).toBeInstanceOf(Error)
  expect(error.name).toBe('error')
  expect(Object.prototype.toString.call(error)).toBe('[object Error]')
})

test('an error has every property of pg, sent or not', async () => {
  const error = await failure(query('select 1 / 0'))
  expect(Object.keys(error).sort()).toEqual(
    'length name severity code detail hint position internalPosition internalQuery where schema table column dataType constraint file line routine'
      .split(' ')
      .sort()
  )
  expect(error).toMatchObject({
    detail: undefined,
    hint: undefined,
    length: expect.any(Number) as number,
    file: 'int.c',
    line: expect.stringMatching(/^\d+$/) as string,
    routine: 'int4div',
  })
})

test('the stack of an error leads to the query', async () => {
  const error = await failure(query('select 1 / 0'))
  expect(error.stack).toContain('error: division by zero')
  expect(error.stack).toContain('error-object.test.ts')
})

test('a function tells everything it raises', async () => {
  await query(`create function complain() returns void language plpgsql as $$
    begin
      raise exception using errcode = 'P0042', message = 'msg', detail = 'det', hint = 'hin',
        schema = 'sch', table = 'tab', column = 'col', datatype = 'typ', constraint = 'con';
    end $$`)
  expect(await refusal(query('select complain()'))).toEqual({
    name: 'error',
    severity: 'ERROR',
    code: 'P0042',
    message: 'msg',
    detail: 'det',
    hint: 'hin',
    schema: 'sch',
    table: 'tab',
    column: 'col',
    dataType: 'typ',
    constraint: 'con',
    where: 'PL/pgSQL function complain() line 3 at RAISE',
  })
})

test('an error in a query within a function tells the inner query and its place', async () => {
  await query(`create function stumble() returns void language plpgsql as $$
    begin execute 'select nothing_here'; end $$`)
  expect(await refusal(query('select stumble()'))).toEqual({
    name: 'error',
    severity: 'ERROR',
    code: '42703',
    message: 'column "nothing_here" does not exist',
    internalPosition: '8',
    internalQuery: 'select nothing_here',
    where: 'PL/pgSQL function stumble() line 2 at EXECUTE',
  })
})

test('text of any script survives in an error', async () => {
  expect(await refusal(query(`select '日本'::int`))).toMatchObject({
    message: 'invalid input syntax for type integer: "日本"',
    position: '8',
  })
})

test('errors of two clients are told to each its own', async () => {
  const [one, two] = [await connect(), await connect()]
  const outcomes = await Promise.allSettled([
    one.query('select 1 / 0'),
    two.query('select 2 as two'),
    one.query("select 'x'::int"),
    two.query('select nothing'),
  ])
  expect(
    outcomes.map((outcome) =>
      outcome.status === 'fulfilled'
        ? outcome.value.rows
        : (outcome.reason as { code: string }).code
    )
  ).toEqual(['22012', [{ two: 2 }], '22P02', '42703'])
})

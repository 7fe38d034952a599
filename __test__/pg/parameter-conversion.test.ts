import { expect, test } from 'vitest'
import { failure } from '../support/answers'
import { connect, query } from '../support/provider'

const text = async (value: unknown) =>
  ((await query('select $1::text as v', [value])).rows[0] as { v: string | null }).v

test('an object with toPostgres is sent as what that returns', async () => {
  const point = { x: 1, y: 2, toPostgres: () => '(1,2)' }
  expect(await text(point)).toBe('(1,2)')
})

test('what toPostgres returns is converted in its turn', async () => {
  expect(await text({ toPostgres: () => [1, 2] })).toBe('{"1","2"}')
})

test('toPostgres gets the function that converts values', async () => {
  const value = { toPostgres: (convert: (v: unknown) => unknown) => `<${String(convert([1]))}>` }
  expect(await text(value)).toBe('<{"1"}>')
})

test('a date is sent with the offset of the process', async () => {
  const { rows } = await query('select $1::timestamptz as v', [new Date(86400000)])
  expect(rows).toEqual([{ v: new Date(86400000) }])
})

test('a date before the common era is sent as such', async () => {
  const date = new Date(Date.UTC(-43, 2, 15))
  const { rows } = await query('select $1::timestamptz as v', [date])
  expect(rows).toEqual([{ v: date }])
})

test('an object with toJSON is sent as what that returns', async () => {
  expect(await text({ toJSON: () => ({ a: 1 }) })).toBe('{"a":1}')
})

test('a symbol and a function are sent as their text', async () => {
  expect(await text(Symbol('s'))).toBe('Symbol(s)')
  expect(await text(Math.max)).toBe('function max() { [native code] }')
})

test.each([
  ['a circular object', circular(), /circular structure/],
  [
    'a toPostgres that throws',
    {
      toPostgres: () => {
        throw new Error('mine')
      },
    },
    /^mine$/,
  ],
  ['a toPostgres that returns its own object', selfReturning(), /circular reference detected/],
])('%s cannot be sent: the query is rejected and the client goes on', async (_, value, message) => {
  const client = await connect()
  const error = await failure(client.query('select $1::text', [value]))
  expect(error.message).toMatch(message)
  expect((await client.query('select $1::int4 as one', [1])).rows).toEqual([{ one: 1 }])
})

test('a value that cannot be sent reaches the callback', async () => {
  const client = await connect()
  const error = await new Promise<Error>((resolve) => {
    client.query('select $1::text', [circular()], (err) => resolve(err))
  })
  expect(error.message).toMatch(/circular structure/)
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

function circular(): object {
  const value: Record<string, unknown> = {}
  value['self'] = value
  return value
}

function selfReturning(): object {
  const value = { toPostgres: (): unknown => value }
  return value
}

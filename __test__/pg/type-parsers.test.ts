import { expect, onTestFinished, test } from 'vitest'
import { connect, query, types, type QueryOptions } from '../support/provider'

test('a parser of the client replaces the one for all', async () => {
  const client = await connect()
  client.setTypeParser(types.builtins.NUMERIC, Number)
  expect((await client.query('select 1.50::numeric as v')).rows).toEqual([{ v: 1.5 }])
  expect((await query('select 1.50::numeric as v')).rows).toEqual([{ v: '1.50' }])
})

test('a parser that is set for all reaches clients that were connected before', async () => {
  const client = await connect()
  const before = types.getTypeParser(types.builtins.DATE)
  types.setTypeParser(types.builtins.DATE, (text: string) => `date ${text}`)
  onTestFinished(() => types.setTypeParser(types.builtins.DATE, before))
  expect((await client.query("select '2020-01-02'::date as v")).rows).toEqual([
    { v: 'date 2020-01-02' },
  ])
})

test('a parser for integers is used, too', async () => {
  const client = await connect()
  client.setTypeParser(23, (text: string) => `int ${text}`)
  client.setTypeParser(16, (text: string) => `bool ${text}`)
  client.setTypeParser(25, (text: string) => `text ${text}`)
  expect(
    (await client.query("select 1::int4 as a, true as b, 'x'::text as c, null::int4 as d")).rows
  ).toEqual([{ a: 'int 1', b: 'bool t', c: 'text x', d: null }])
})

test('the config of a query may bring its own types', async () => {
  const config = {
    text: "select 1::int4 as a, 'x'::text as b",
    types: {
      getTypeParser: (oid: number, format: string) => (text: string) => `${oid} ${format} ${text}`,
    },
  } as QueryOptions
  expect((await query(config)).rows).toEqual([{ a: '23 text 1', b: '25 text x' }])
})

test('the config of a client may bring its own types', async () => {
  const client = await connect({
    types: { getTypeParser: () => (text: string) => `<${text}>` },
  } as never)
  expect((await client.query('select 1 as a, $1::text as b', ['x'])).rows).toEqual([
    { a: '<1>', b: '<x>' },
  ])
})

test('a parser of the client is used for row mode array and named queries', async () => {
  const client = await connect()
  client.setTypeParser(20, Number)
  const config = { name: 'parsed', text: 'select $1::int8', rowMode: 'array', values: [5] }
  expect((await client.query(config)).rows).toEqual([[5]])
})

test('a parser that is changed between two runs of one query is the one that counts', async () => {
  const client = await connect()
  const config = { name: 'changing', text: 'select 1::int4 as v' }
  const first = await client.query(config)
  client.setTypeParser(23, () => 'other')
  const second = await client.query(config)
  expect([first.rows, second.rows]).toEqual([[{ v: 1 }], [{ v: 'other' }]])
})

test('getTypeParser tells the parser of the client', async () => {
  const client = await connect()
  const parser = (text: string) => text.length
  client.setTypeParser(1700, parser)
  expect(client.getTypeParser(1700)).toBe(parser)
  expect(client.getTypeParser(23)('12')).toBe(12)
})

test('a parser that throws rejects the query, and the client goes on', async () => {
  const client = await connect()
  client.setTypeParser(23, () => {
    throw new Error('cannot parse')
  })
  await expect(client.query('select 1 as v from generate_series(1, 3)')).rejects.toThrow(
    'cannot parse'
  )
  expect((await client.query("select 'x' as v")).rows).toEqual([{ v: 'x' }])
})

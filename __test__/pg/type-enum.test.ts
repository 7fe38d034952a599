import { expect, test } from 'vitest'
import { connect, query } from '../support/provider'

test('an enum is read and sent as text, and keeps its order', async () => {
  await query("create type mood as enum ('sad', 'ok', 'happy')")
  const { rows } = await query('select m from unnest($1::mood[]) m order by m', [['happy', 'sad']])
  expect(rows).toEqual([{ m: 'sad' }, { m: 'happy' }])
})

test('an array of an enum is read as its text', async () => {
  await query("create type size as enum ('s', 'm')")
  expect((await query("select '{s,m}'::size[] as v")).rows).toEqual([{ v: '{s,m}' }])
})

test('a value the enum does not have is refused', async () => {
  await query("create type tone as enum ('low')")
  await expect(query("select 'high'::tone")).rejects.toMatchObject({
    code: '22P02',
    message: 'invalid input value for enum tone: "high"',
    position: '8',
  })
})

test('a value that is added later can be used by the same client', async () => {
  const client = await connect()
  await client.query("create type grown as enum ('a')")
  await client.query("alter type grown add value 'b' before 'a'")
  expect((await client.query('select enum_range(null::grown) as v')).rows).toEqual([{ v: '{b,a}' }])
})

test('a domain is read as the type below it and checks its values', async () => {
  await query('create domain positive as int check (value > 0)')
  const { rows, fields } = await query('select 5::positive as v')
  expect([rows, fields[0]?.dataTypeID]).toEqual([[{ v: 5 }], 23])
  await expect(query('select (-5)::positive')).rejects.toMatchObject({
    code: '23514',
    schema: 'public',
    dataType: 'positive',
    constraint: 'positive_check',
    message: 'value for domain positive violates check constraint "positive_check"',
  })
})

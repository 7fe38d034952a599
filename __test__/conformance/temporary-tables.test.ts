import { expect, test } from 'vitest'
import { refusal } from '../support/answers'
import { connect } from '../support/provider'

test('a temporary table belongs to the client that made it', async () => {
  const [one, other] = [await connect(), await connect()]
  await one.query('create temp table own as select 1 as n')
  expect(await refusal(other.query('select n from own'))).toMatchObject({ code: '42P01' })
  expect((await one.query('select n from own')).rows).toEqual([{ n: 1 }])
})

test('two clients have temporary tables of one name', async () => {
  const [one, other] = [await connect(), await connect()]
  await one.query('create temp table same as select 1 as n')
  await other.query("create temp table same as select 'x' as t")
  expect([
    (await one.query('select * from same')).rows,
    (await other.query('select * from same')).rows,
  ]).toEqual([[{ n: 1 }], [{ t: 'x' }]])
})

test('a temporary table ends with its client', async () => {
  const gone = await connect()
  await gone.query('create temp table fleeting as select 1 as n')
  await gone.end()
  const next = await connect()
  await next.query('create temp table fleeting as select 2 as n')
  expect((await next.query('select n from fleeting')).rows).toEqual([{ n: 2 }])
})

test('on commit drop and on commit delete rows do what they say', async () => {
  const client = await connect()
  await client.query('create temp table emptied (n int) on commit delete rows')
  await client.query(
    'begin; create temp table dropped (n int) on commit drop; insert into emptied values (1)'
  )
  await client.query('commit')
  expect((await client.query('select n from emptied')).rows).toEqual([])
  expect(await refusal(client.query('select n from dropped'))).toMatchObject({ code: '42P01' })
})

test('discard temp drops the temporary tables', async () => {
  const client = await connect()
  await client.query('create temp table discarded (n int)')
  await client.query('discard temp')
  expect(await refusal(client.query('select n from discarded'))).toMatchObject({ code: '42P01' })
})

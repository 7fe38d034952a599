// Two clients at once: what one has open the other must wait for or not see.
import { expect, test } from 'vitest'
import { connect, query } from '../support/provider'

test('what a transaction wrote is seen by others after its commit', async () => {
  await query('create table between (n int)')
  const [writer, reader] = [await connect(), await connect()]
  await writer.query('begin')
  await writer.query('insert into between values (1)')
  await writer.query('commit')
  expect((await reader.query('select n from between')).rows).toEqual([{ n: 1 }])
})

test('a client connects while another has a transaction open', async () => {
  const holder = await connect()
  await holder.query('begin')
  const other = await connect({ connectionTimeoutMillis: 5000 })
  await holder.query('commit')
  expect((await other.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('a sequence gives each client another number', async () => {
  await query('create sequence numbers')
  const clients = await Promise.all([connect(), connect(), connect()])
  const results = await Promise.all(
    Array.from({ length: 30 }, (_, i) =>
      clients[i % 3]?.query("select nextval('numbers')::int as n")
    )
  )
  const numbers = results.map((result) => (result?.rows[0] as { n: number }).n)
  expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1))
})

test('a transaction that was begun in one text is open for the next query of that client', async () => {
  await query('create table opened (n int)')
  const client = await connect()
  await client.query('begin; insert into opened values (1)')
  await client.query('insert into opened values (2)')
  await client.query('rollback')
  expect((await query('select n from opened')).rows).toEqual([])
})

test('a query of another client given while a transaction is open is answered in the end', async () => {
  await query('create table waited (n int)')
  const [holder, other] = [await connect(), await connect()]
  await holder.query('begin')
  await holder.query('insert into waited values (1)')
  const later = other.query('select 1 as one')
  await holder.query('insert into waited values (2)')
  await holder.query('commit')
  expect((await later).rows).toEqual([{ one: 1 }])
  expect((await other.query('select count(*)::int as n from waited')).rows).toEqual([{ n: 2 }])
})

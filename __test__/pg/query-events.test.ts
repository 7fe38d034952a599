import { once } from 'node:events'
import type pg from 'pg'
import { expect, test } from 'vitest'
import { collect, serverFields } from '../support/answers'
import { connect, Query } from '../support/provider'

const submit = (client: pg.Client, ...args: [string, unknown[]?]) => {
  const query = new Query(...args)
  client.query(query)
  return query
}

test('a Query tells each row with the result so far, then its end with the result', async () => {
  const query = submit(await connect(), 'select n from generate_series(1, 3) n')
  const rows = collect(query, 'row')
  const [result] = (await once(query, 'end')) as [{ rowCount: number; rows: unknown[] }]
  expect(rows).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
  expect(result.rowCount).toBe(3)
})

test('a Query with row listeners alone keeps no rows', async () => {
  const query = submit(await connect(), 'select n from generate_series($1::int, 3) n', [2])
  const rows = collect(query, 'row')
  const [result] = (await once(query, 'end')) as [{ rows: unknown[] }]
  expect(rows).toEqual([{ n: 2 }, { n: 3 }])
  expect(result.rows).toEqual([])
})

test('a Query tells its error, and no end', async () => {
  const client = await connect()
  const query = submit(client, 'select 1 / 0')
  const ends = collect(query, 'end')
  const [error] = (await once(query, 'error')) as [Error]
  expect(serverFields(error)).toEqual({
    name: 'error',
    severity: 'ERROR',
    code: '22012',
    message: 'division by zero',
  })
  await client.query('select 1')
  expect(ends).toEqual([])
})

test('rows that came before an error were told', async () => {
  const client = await connect()
  const query = submit(client, 'select 1 / (3 - n) as q from generate_series(1, 5) n')
  const rows = collect(query, 'row')
  await once(query, 'error')
  expect(rows).toEqual([{ q: 0 }, { q: 1 }])
})

test('client tells drain when its queue is empty', async () => {
  const client = await connect()
  const drains = collect(client, 'drain')
  const drained = once(client, 'drain')
  void client.query('select 1')
  await client.query('select 2')
  await drained
  expect(drains).toHaveLength(1)
})

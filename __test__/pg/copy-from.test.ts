import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { from } from 'pg-copy-streams'
import { expect, test } from 'vitest'
import type pg from 'pg'
import { failure, serverFields } from '../support/answers'
import { connect } from '../support/provider'

const loaded = async (client: pg.Client, table: string) =>
  (await client.query(`select * from ${table} order by 1`)).rows as unknown[]

const setUp = async (table: string, columns = 'n int primary key, t text') => {
  const client = await connect()
  await client.query(`create table ${table} (${columns})`)
  return client
}

test('rows are loaded and counted', async () => {
  const client = await setUp('loaded')
  const copy = client.query(from('copy loaded from stdin'))
  await pipeline(Readable.from(['1\tone\n2\t\\N\n', '3\ta\\tb é\n']), copy)
  expect(copy.rowCount).toBe(3)
  expect(await loaded(client, 'loaded')).toEqual([
    { n: 1, t: 'one' },
    { n: 2, t: null },
    { n: 3, t: 'a\tb é' },
  ])
})

test('rows may be cut anywhere', async () => {
  const client = await setUp('cut')
  const bytes = Buffer.from('1\tпривіт\n2\t日本\n')
  const pieces = Array.from(bytes, (_, i) => bytes.subarray(i, i + 1))
  await pipeline(Readable.from(pieces), client.query(from('copy cut from stdin')))
  expect(await loaded(client, 'cut')).toEqual([
    { n: 1, t: 'привіт' },
    { n: 2, t: '日本' },
  ])
})

test('csv with a header is loaded', async () => {
  const client = await setUp('csv_in')
  const copy = client.query(from('copy csv_in from stdin with (format csv, header)'))
  await pipeline(Readable.from(['n,t\n1,"a, ""b"""\n2,\n']), copy)
  expect(await loaded(client, 'csv_in')).toEqual([
    { n: 1, t: 'a, "b"' },
    { n: 2, t: null },
  ])
})

test('nothing may be loaded', async () => {
  const client = await setUp('empty_in')
  const copy = client.query(from('copy empty_in from stdin'))
  await pipeline(Readable.from([]), copy)
  expect(copy.rowCount).toBe(0)
  expect(await loaded(client, 'empty_in')).toEqual([])
})

test('a bad row fails the whole and tells the line', async () => {
  const client = await setUp('bad_row')
  const copy = client.query(from('copy bad_row from stdin'))
  const error = await failure(pipeline(Readable.from(['1\ta\n', 'x\tb\n', '3\tc\n']), copy))
  expect(serverFields(error)).toEqual({
    name: 'error',
    severity: 'ERROR',
    code: '22P02',
    message: 'invalid input syntax for type integer: "x"',
    where: 'COPY bad_row, line 2, column n: "x"',
  })
  expect(await loaded(client, 'bad_row')).toEqual([])
})

test('a duplicate key in the middle fails the whole', async () => {
  const client = await setUp('twice')
  const lines = Array.from({ length: 5000 }, (_, i) => `${i === 4000 ? 7 : i}\tx\n`)
  const copy = client.query(from('copy twice from stdin'))
  const error = await failure(pipeline(Readable.from(lines), copy))
  expect(error).toMatchObject({ code: '23505', constraint: 'twice_pkey', table: 'twice' })
  expect(await loaded(client, 'twice')).toEqual([])
})

test('a source that fails takes nothing in', async () => {
  const client = await setUp('half')
  const copy = client.query(from('copy half from stdin'))
  const source = Readable.from(
    (function* () {
      yield '1\ta\n'
      throw new Error('the source broke')
    })()
  )
  expect((await failure(pipeline(source, copy))).message).toBe('the source broke')
  expect(await loaded(client, 'half')).toEqual([])
})

test('destroying the stream takes nothing in, and the client goes on', async () => {
  const client = await setUp('abandoned')
  const copy = client.query(from('copy abandoned from stdin'))
  const error = new Promise<Error>((resolve) => copy.on('error', resolve))
  copy.write('1\ta\n')
  copy.destroy()
  expect(serverFields(await error)).toMatchObject({
    code: '57014',
    message: 'COPY from stdin failed: NODE-PG-COPY-STREAMS destroy() was called',
    where: 'COPY abandoned, line 1',
  })
  expect(await loaded(client, 'abandoned')).toEqual([])
})

test('a table that does not exist fails before anything is sent', async () => {
  const client = await connect()
  const copy = client.query(from('copy no_such_table from stdin'))
  expect(await failure(pipeline(Readable.from(['1\n']), copy))).toMatchObject({ code: '42P01' })
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('a copy within a transaction rolls back with it', async () => {
  const client = await setUp('in_transaction')
  await client.query('begin')
  await pipeline(Readable.from(['1\ta\n']), client.query(from('copy in_transaction from stdin')))
  expect(await loaded(client, 'in_transaction')).toEqual([{ n: 1, t: 'a' }])
  await client.query('rollback')
  expect(await loaded(client, 'in_transaction')).toEqual([])
})

test('others are served before and after a copy', async () => {
  const client = await setUp('beside')
  const other = await connect()
  const copy = client.query(from('copy beside from stdin'))
  copy.write('1\ta\n')
  const asked = other.query('select 1 as one')
  copy.end('2\tb\n')
  await new Promise((resolve) => copy.once('finish', resolve))
  expect((await asked).rows).toEqual([{ one: 1 }])
  expect(await loaded(other, 'beside')).toHaveLength(2)
})

test('copies one after the other on one client', async () => {
  const client = await setUp('repeated')
  for (let i = 0; i < 5; i++)
    await pipeline(Readable.from([`${i}\tx\n`]), client.query(from('copy repeated from stdin')))
  expect(await loaded(client, 'repeated')).toHaveLength(5)
})

test('copy from stdin as a plain query is refused for want of a source', async () => {
  const client = await setUp('plain_in')
  expect(await failure(client.query('copy plain_in from stdin'))).toMatchObject({
    code: '57014',
    message: 'COPY from stdin failed: No source stream defined',
    where: 'COPY plain_in, line 1',
  })
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

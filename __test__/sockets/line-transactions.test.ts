// Transactions over the newline protocol: each client has its own, over as many lines as it takes.
import { expect, test } from 'vitest'
import { LineClient, serve } from './server'

const ok = expect.objectContaining({ status: 'success' }) as unknown
const count = async (client: LineClient) =>
  ((await client.ask('select count(*) as n from t'))['rows'] as { n: number }[])[0]?.n

async function withTable() {
  const server = await serve()
  const client = await LineClient.connect(server)
  await client.ask('create table t (n int)')
  return { server, client }
}

test('a transaction goes from BEGIN to COMMIT, over several lines', async () => {
  const { server, client } = await withTable()
  for (const line of ['begin', 'insert into t values (1)', 'insert into t values (2)', 'commit']) {
    expect(await client.ask(line)).toEqual(ok)
  }
  expect(await count(await LineClient.connect(server))).toBe(2)
})

test('ROLLBACK undoes the lines since BEGIN', async () => {
  const { client } = await withTable()
  for (const line of ['start transaction', 'insert into t values (1)', 'savepoint s']) {
    expect(await client.ask(line)).toEqual(ok)
  }
  await client.ask('insert into t values (2)')
  expect(await client.ask('rollback to s')).toEqual(ok)
  expect(await count(client)).toBe(1)
  expect(await client.ask('rollback')).toEqual(ok)
  expect(await count(client)).toBe(0)
})

test('a transaction may begin and end within a line', async () => {
  const { client } = await withTable()
  const nothing = { rows: [], rowCount: 0, fields: [] }
  expect(await client.ask('begin; insert into t values (1), (2); commit')).toEqual({
    status: 'success',
    ...nothing,
    results: [nothing, { ...nothing, rowCount: 2 }, nothing],
  })
  expect(await count(client)).toBe(2)
})

test('BEGIN takes its modes', async () => {
  const { client } = await withTable()
  await client.ask('begin isolation level serializable, read only')
  expect(await client.ask('show transaction_isolation')).toMatchObject({
    rows: [{ transaction_isolation: 'serializable' }],
  })
  expect(await client.ask('insert into t values (1)')).toMatchObject({ code: '25006' })
  expect(await client.ask('rollback')).toEqual(ok)
})

test('after an error a transaction waits for its end, as on a server', async () => {
  const { client } = await withTable()
  await client.ask('begin; insert into t values (1)')
  expect(await client.ask('select 1 / 0')).toMatchObject({ code: '22012' })
  expect(await client.ask('select 1')).toMatchObject({ code: '25P02' })
  expect(await client.ask('commit')).toEqual({
    status: 'error',
    message: 'oxbase: the transaction was rolled back, because a statement in it had failed',
  })
  expect(await count(client)).toBe(0)
})

test('nobody sees a transaction of somebody else, and it is undone when its client leaves', async () => {
  const { server, client } = await withTable()
  const other = await LineClient.connect(server)
  await client.ask('begin')
  await client.ask('insert into t values (1)')
  other.send('select count(*) as n from t\n')
  client.end()
  expect(await client.rest()).toEqual([])
  expect(await other.answer()).toMatchObject({ rows: [{ n: 0 }] })
})

test('COMMIT AND CHAIN is refused', async () => {
  const { client } = await withTable()
  await client.ask('begin')
  expect(await client.ask('commit and chain')).toEqual({
    status: 'error',
    severity: 'ERROR',
    code: '0A000',
    message: 'AND CHAIN is not supported',
  })
  expect(await client.ask('rollback')).toEqual(ok)
})

test('words that only look like the end of a transaction end none', async () => {
  const { client } = await withTable()
  await client.ask('begin; insert into t values (1)')
  expect(await client.ask("select case when true then 'commit; end' end as text")).toMatchObject({
    rows: [{ text: 'commit; end' }],
  })
  await client.ask('do $$ begin perform 1; end $$')
  await client.ask('rollback')
  expect(await count(client)).toBe(0)
})

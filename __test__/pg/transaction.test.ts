import { expect, test } from 'vitest'
import { refusal } from '../support/answers'
import { connect, query } from '../support/provider'

const table = async (name: string) => {
  await query(`create table ${name} (n int primary key)`)
  return async () => (await query(`select n from ${name} order by n`)).rows
}

test('what was committed is there for others, and not before', async () => {
  const rows = await table('committed')
  const client = await connect()
  await client.query('begin')
  await client.query('insert into committed values (1)')
  await client.query('commit')
  expect(await rows()).toEqual([{ n: 1 }])
})

test('a rollback leaves nothing', async () => {
  const rows = await table('rolled_back')
  const client = await connect()
  await client.query('begin')
  await client.query('insert into rolled_back values ($1)', [1])
  expect((await client.query('select * from rolled_back')).rows).toEqual([{ n: 1 }])
  await client.query('rollback')
  expect(await rows()).toEqual([])
})

test('after an error a transaction answers 25P02 until it is rolled back', async () => {
  const rows = await table('failed')
  const client = await connect()
  await client.query('begin')
  await client.query('insert into failed values (1)')
  await refusal(client.query('insert into failed values (1)'))
  const aborted = {
    name: 'error',
    severity: 'ERROR',
    code: '25P02',
    message: 'current transaction is aborted, commands ignored until end of transaction block',
  }
  expect(await refusal(client.query('select 1'))).toEqual(aborted)
  expect(await refusal(client.query('select $1::int', [1]))).toEqual(aborted)
  await client.query('rollback')
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  expect(await rows()).toEqual([])
})

test('the commit of a failed transaction rolls back and says so', async () => {
  const rows = await table('commit_failed')
  const client = await connect()
  await client.query('begin')
  await client.query('insert into commit_failed values (1)')
  await refusal(client.query('select 1 / 0'))
  expect((await client.query('commit')).command).toBe('ROLLBACK')
  expect(await rows()).toEqual([])
})

test('a savepoint brings a failed transaction back', async () => {
  const rows = await table('saved')
  const client = await connect()
  await client.query('begin')
  await client.query('insert into saved values (1)')
  await client.query('savepoint before')
  await refusal(client.query('insert into saved values (1)'))
  await client.query('rollback to savepoint before')
  await client.query('insert into saved values (2)')
  await client.query('savepoint inner_one')
  await client.query('insert into saved values (3)')
  await client.query('release savepoint inner_one')
  await client.query('commit')
  expect(await rows()).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
})

test('a savepoint that does not exist is refused', async () => {
  const client = await connect()
  await client.query('begin')
  expect(await refusal(client.query('rollback to nowhere'))).toMatchObject({
    code: '3B001',
    message: 'savepoint "nowhere" does not exist',
  })
})

test('commit and chain starts the next transaction', async () => {
  const client = await connect()
  await client.query('begin isolation level serializable')
  await client.query('commit and chain')
  expect((await client.query('show transaction_isolation')).rows).toEqual([
    { transaction_isolation: 'serializable' },
  ])
  await client.query('commit')
})

test('a transaction keeps its isolation level and read-only mode to itself', async () => {
  const client = await connect()
  await client.query('begin transaction isolation level repeatable read read only')
  expect(await refusal(client.query('create table no_way (n int)'))).toMatchObject({
    code: '25006',
    message: 'cannot execute CREATE TABLE in a read-only transaction',
  })
  await client.query('rollback')
  expect((await client.query('show transaction_isolation')).rows).toEqual([
    { transaction_isolation: 'read committed' },
  ])
})

test('a deferred constraint fails at commit', async () => {
  const client = await connect()
  await client.query('create table parent (id int primary key)')
  await client.query('create table child (id int references parent deferrable initially deferred)')
  await client.query('begin')
  await client.query('insert into child values (1)')
  expect(await refusal(client.query('commit'))).toMatchObject({ code: '23503', table: 'child' })
  expect((await client.query('select * from child')).rows).toEqual([])
})

test('data definition rolls back, too', async () => {
  const client = await connect()
  await client.query('begin')
  await client.query('create table short_lived (n int)')
  await client.query('rollback')
  expect(await refusal(client.query('select * from short_lived'))).toMatchObject({ code: '42P01' })
})

test('what the transaction of one client did is gone when the client ends', async () => {
  const rows = await table('left_open')
  const client = await connect()
  await client.query('begin')
  await client.query('insert into left_open values (1)')
  await client.end()
  expect(await rows()).toEqual([])
  await query('insert into left_open values (1)')
  expect(await rows()).toEqual([{ n: 1 }])
})

test('begin within a transaction and commit outside of one are warnings', async () => {
  const client = await connect()
  const notices: string[] = []
  client.on('notice', (notice) => notices.push(`${notice.code} ${notice.message}`))
  await client.query('begin')
  await client.query('begin')
  await client.query('commit')
  await client.query('commit')
  expect(notices).toEqual([
    '25001 there is already a transaction in progress',
    '25P01 there is no transaction in progress',
  ])
})

test('a statement that cannot run in a transaction is refused there', async () => {
  const client = await connect()
  await client.query('begin')
  expect(await refusal(client.query('vacuum'))).toMatchObject({
    code: '25001',
    message: 'VACUUM cannot run inside a transaction block',
  })
})

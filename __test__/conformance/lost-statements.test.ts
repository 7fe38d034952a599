import { expect, test } from 'vitest'
import { refusal } from '../support/answers'
import { connect } from '../support/provider'

const named = { name: 'held', text: 'select v from kept' }

test('a named query goes on after another client has dropped all of its own', async () => {
  const [one, other] = [await connect(), await connect()]
  await one.query('create table kept (v int); insert into kept values (1)')
  expect((await one.query(named)).rows).toEqual([{ v: 1 }])
  await one.query('prepare told as select v + 1 as w from kept')
  await other.query('deallocate all')
  await other.query('discard all')
  expect((await one.query(named)).rows).toEqual([{ v: 1 }])
  expect((await one.query('execute told')).rows).toEqual([{ w: 2 }])
})

test('a statement whose table is gone says so, and the client goes on', async () => {
  const [one, other] = [await connect(), await connect()]
  await one.query('create table if not exists kept (v int)')
  await one.query({ name: 'lost', text: 'select v from kept' })
  await other.query('deallocate all')
  await other.query('drop table kept')
  for (const query of [{ name: 'lost', text: 'select v from kept' }, 'execute lost']) {
    expect(await refusal(one.query(query as never))).toMatchObject({
      code: '42P01',
      message: 'relation "kept" does not exist',
    })
    expect((await one.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  }
  const { rows } = await one.query('select name from pg_prepared_statements where name like $1', [
    'x%',
  ])
  expect(rows).toEqual([])
})

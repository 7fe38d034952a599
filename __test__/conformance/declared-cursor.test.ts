import { expect, test } from 'vitest'
import { refusal } from '../support/answers'
import { connect } from '../support/provider'

const SERIES = 'select n from generate_series(1, 5) n'

test('a declared cursor is fetched forward and back', async () => {
  const client = await connect()
  await client.query(`begin; declare c scroll cursor for ${SERIES}`)
  const seen = []
  for (const step of ['next', '2', 'prior', 'absolute 5', 'first', 'all'])
    seen.push((await client.query(`fetch ${step} from c`)).rows.map((row: { n: number }) => row.n))
  expect(seen).toEqual([[1], [2, 3], [2], [5], [1], [2, 3, 4, 5]])
  await client.query('close c; commit')
})

test('a cursor ends with its transaction', async () => {
  const client = await connect()
  await client.query(`begin; declare c cursor for ${SERIES}; commit`)
  expect(await refusal(client.query('fetch c'))).toEqual({
    name: 'error',
    severity: 'ERROR',
    code: '34000',
    message: 'cursor "c" does not exist',
  })
})

test('a cursor outside of a transaction is refused', async () => {
  const client = await connect()
  expect(await refusal(client.query(`declare c cursor for ${SERIES}`))).toMatchObject({
    code: '25P01',
    message: 'DECLARE CURSOR can only be used in transaction blocks',
  })
})

test('a cursor with hold outlives its transaction', async () => {
  const client = await connect()
  await client.query(`declare held cursor with hold for ${SERIES}`)
  expect((await client.query('fetch 2 from held')).rows).toEqual([{ n: 1 }, { n: 2 }])
  await client.query('close held')
})

test('a cursor sees the rows as they were when it was declared', async () => {
  const client = await connect()
  await client.query('create table snapshot_of (n int); insert into snapshot_of values (1)')
  await client.query('begin; declare c insensitive cursor for select n from snapshot_of')
  await client.query('update snapshot_of set n = 2')
  expect((await client.query('fetch all from c')).rows).toEqual([{ n: 1 }])
  await client.query('rollback')
})

test('rows are changed where the cursor stands', async () => {
  const client = await connect()
  await client.query('create table stepped (n int); insert into stepped values (1), (2)')
  await client.query('begin; declare c cursor for select n from stepped for update')
  await client.query('fetch 2 from c')
  expect((await client.query('update stepped set n = 20 where current of c')).rowCount).toBe(1)
  await client.query('commit')
  expect((await client.query('select n from stepped order by n')).rows).toEqual([
    { n: 1 },
    { n: 20 },
  ])
})

test('a function returns a cursor that is fetched by name', async () => {
  const client = await connect()
  await client.query(`create function open_it(c refcursor) returns refcursor language plpgsql as $$
    begin open c for select 42 as v; return c; end $$`)
  await client.query('begin')
  expect((await client.query("select open_it('mine') as c")).rows).toEqual([{ c: 'mine' }])
  expect((await client.query('fetch all in mine')).rows).toEqual([{ v: 42 }])
  await client.query('commit')
})

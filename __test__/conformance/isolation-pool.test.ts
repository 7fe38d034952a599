// A client that a pool gives out again has what its user before left, and nothing of other clients.
import { expect, test } from 'vitest'
import { refusal } from '../support/answers'
import { connect, createPool, query } from '../support/provider'

const show = async (on: { query(text: string): Promise<{ rows: unknown[] }> }, text: string) =>
  Object.values((await on.query(text)).rows[0] as object)[0] as unknown

test('settings, role, prepared statements and channels stay with a client that is released', async () => {
  await query('create role pooled_role')
  const pool = createPool({ max: 1 })
  const first = await pool.connect()
  await first.query(
    "set work_mem = '7MB'; set app.of_pool = 'x'; prepare kept as select 1 as n; listen kept; set role pooled_role"
  )
  first.release()
  const fresh = await connect()
  expect(await show(fresh, 'show work_mem')).toBe('4MB')
  expect(await show(pool, 'show work_mem')).toBe('7MB')
  expect(await show(pool, "select current_setting('app.of_pool')")).toBe('x')
  expect(await show(pool, 'select current_user::text')).toBe('pooled_role')
  expect(await show(pool, 'select pg_listening_channels()')).toBe('kept')
  expect((await pool.query('execute kept')).rows).toEqual([{ n: 1 }])
  expect(await refusal(fresh.query('execute kept'))).toMatchObject({ code: '26000' })
})

test('a transaction that is open when its client is released is still open', async () => {
  await query('create table half_done (n int)')
  const pool = createPool({ max: 1 })
  const first = await pool.connect()
  await first.query('begin; insert into half_done values (1)')
  first.release()
  const next = await pool.connect()
  expect((await next.query('select n from half_done')).rows).toEqual([{ n: 1 }])
  await next.query('rollback')
  next.release()
  expect((await query('select n from half_done')).rows).toEqual([])
})

test('a transaction that failed is still failed for the next user', async () => {
  const pool = createPool({ max: 1 })
  const first = await pool.connect()
  await first.query('begin')
  expect(await refusal(first.query('select nothing'))).toMatchObject({ code: '42703' })
  first.release()
  expect(await refusal(pool.query('select 1'))).toMatchObject({ code: '25P02' })
  await pool.query('rollback')
  expect(await show(pool, 'select 1')).toBe(1)
})

test('a client that is destroyed leaves nothing to the next', async () => {
  await query('create table undone (n int)')
  const pool = createPool({ max: 1 })
  const first = await pool.connect()
  await first.query(
    "set work_mem = '7MB'; prepare gone as select 1; declare held cursor with hold for select 1; listen gone"
  )
  await first.query('create temp table temporary_of_first (n int)')
  await first.query('begin; insert into undone values (1)')
  first.release(true)
  const next = await pool.connect()
  expect(await show(next, 'show work_mem')).toBe('4MB')
  for (const [text, code] of [
    ['execute gone', '26000'],
    ['fetch held', '34000'],
    ['select * from temporary_of_first', '42P01'],
  ] as const)
    expect(await refusal(next.query(text))).toMatchObject({ code })
  expect((await next.query('select pg_listening_channels()')).rows).toEqual([])
  expect((await next.query('select n from undone')).rows).toEqual([])
  next.release()
})

test('discard all makes a client clean for the next user', async () => {
  const pool = createPool({ max: 1 })
  const other = await connect()
  await other.query("set work_mem = '9MB'; create temp table of_other as select 1 as n")
  const first = await pool.connect()
  await first.query(
    "set work_mem = '7MB'; prepare gone as select 1; listen gone; create temp table t (n int)"
  )
  await first.query('discard all')
  first.release()
  expect(await show(pool, 'show work_mem')).toBe('4MB')
  expect(await refusal(pool.query('execute gone'))).toMatchObject({ code: '26000' })
  expect(await refusal(pool.query('select * from t'))).toMatchObject({ code: '42P01' })
  expect((await pool.query('select pg_listening_channels()')).rows).toEqual([])
  expect(await show(other, 'show work_mem')).toBe('9MB')
  expect(await show(other, 'select n from of_other')).toBe(1)
})

test('many clients of a pool do not see each other', async () => {
  const pool = createPool({ max: 4 })
  const work = async (n: number) => {
    const client = await pool.connect()
    try {
      await client.query(`set application_name = 'worker ${n}'`)
      await client.query('create temp table if not exists mine (n int)')
      await client.query('truncate mine')
      await client.query('insert into mine values ($1)', [n])
      await client.query('begin')
      await client.query("select set_config('search_path', 'pg_temp, public', true)")
      const { rows } = await client.query(
        "select n, current_setting('application_name') as name from mine"
      )
      await client.query('commit')
      return rows[0] as unknown
    } finally {
      client.release()
    }
  }
  const numbers = Array.from({ length: 24 }, (_, n) => n)
  expect(await Promise.all(numbers.map(work))).toEqual(
    numbers.map((n) => ({ n, name: `worker ${n}` }))
  )
})

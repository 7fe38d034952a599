import { expect, test } from 'vitest'
import { connect } from '../support/provider'

/** An engine that does not survive this never answers again: no need to wait for a minute. */
const LIMIT = { timeout: 5000 }

test('a procedure may roll back what it did, and goes on', LIMIT, async () => {
  const client = await connect()
  await client.query('create table by_procedure (n int)')
  await client.query(`create procedure fill() language plpgsql as $$
    begin
      insert into by_procedure values (1); commit;
      insert into by_procedure values (2); rollback;
      insert into by_procedure values (3);
    end $$`)
  await client.query('call fill()')
  expect((await client.query('select n from by_procedure order by n')).rows).toEqual([
    { n: 1 },
    { n: 3 },
  ])
})

test('a procedure that rolled back answers its inout parameter', LIMIT, async () => {
  const client = await connect()
  await client.query('create table undone (n int)')
  await client.query(`create procedure undo(inout n int) language plpgsql as $$
    begin insert into undone values (n); rollback; n := n + 1; end $$`)
  expect((await client.query('call undo(1)')).rows).toEqual([{ n: 2 }])
  expect((await client.query('select n from undone')).rows).toEqual([])
})

import { expect, test } from 'vitest'
import { answers } from '../support/answers'
import { connect, query } from '../support/provider'

test('a function in SQL with a body of statements is defined and called', async () => {
  await query(
    `create function twice(int) returns int language sql begin atomic; select $1 * 2; end`
  )
  expect((await query('select twice(21) as v')).rows).toEqual([{ v: 42 }])
})

test('what stands after a body of statements runs, too', async () => {
  const results = await query(`
    create function case_of(int) returns text language sql
      begin atomic select case when $1 > 0 then 'plus' else 'minus' end; end;
    select case_of(1) as v`)
  expect(answers(results).map((result) => [result.command, result.rows])).toEqual([
    ['CREATE', []],
    ['SELECT', [{ v: 'plus' }]],
  ])
})

test('a function returns a set', async () => {
  await query(`create function pairs(n int) returns table (i int, sq int) language plpgsql as $body$
    begin for i in 1..n loop return query select i, i * i; end loop; end $body$`)
  expect((await query('select * from pairs($1)', [3])).rows).toEqual([
    { i: 1, sq: 1 },
    { i: 2, sq: 4 },
    { i: 3, sq: 9 },
  ])
})

test('out parameters are columns', async () => {
  await query("create function outs(out a int, out b text) language sql as $$ select 1, 'x' $$")
  expect((await query('select * from outs()')).rows).toEqual([{ a: 1, b: 'x' }])
})

test('a procedure is called, and may commit', async () => {
  const client = await connect()
  await client.query('create table by_procedure (n int)')
  await client.query(`create procedure fill(inout n int) language plpgsql as $$
    begin
      insert into by_procedure values (n); commit;
      n := n + 1;
    end $$`)
  expect((await client.query('call fill(1)')).rows).toEqual([{ n: 2 }])
  expect((await client.query('select n from by_procedure')).rows).toEqual([{ n: 1 }])
})

test('an exception block keeps what was before it', async () => {
  const client = await connect()
  await client.query('create table guarded (n int primary key)')
  await client.query(`do $$
    begin
      insert into guarded values (1);
      begin insert into guarded values (1);
      exception when unique_violation then insert into guarded values (2);
      end;
    end $$`)
  expect((await client.query('select n from guarded order by n')).rows).toEqual([
    { n: 1 },
    { n: 2 },
  ])
})

test('a trigger changes what is written', async () => {
  const client = await connect()
  await client.query(`
    create table stamped (v text, by_trigger boolean default false);
    create function stamp() returns trigger language plpgsql as $$
      begin new.by_trigger := true; return new; end $$;
    create trigger stamp before insert on stamped for each row execute function stamp()`)
  expect((await client.query("insert into stamped values ('a') returning *")).rows).toEqual([
    { v: 'a', by_trigger: true },
  ])
})

test('polymorphic and variadic functions take what fits', async () => {
  await query(
    "create function biggest(variadic anyarray) returns anyelement language sql as 'select max(v) from unnest($1) v'"
  )
  expect(
    (await query("select biggest(3, 9, 5) as n, biggest('a'::text, 'c', 'b') as t")).rows
  ).toEqual([{ n: 9, t: 'c' }])
})

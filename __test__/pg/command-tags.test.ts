import { expect, test } from 'vitest'
import { answer } from '../support/answers'
import { connect } from '../support/provider'

/** Each statement with the command and the row count that its result carries, in order. */
const STATEMENTS: [sql: string, command: string, rowCount: number | null][] = [
  ['begin', 'BEGIN', null],
  ['create table tags (n int primary key, note text)', 'CREATE', null],
  ['create index on tags (note)', 'CREATE', null],
  ["insert into tags values (1, 'a'), (2, 'b'), (3, 'c')", 'INSERT', 3],
  ["update tags set note = 'z' where n > 1", 'UPDATE', 2],
  ['delete from tags where n = 3', 'DELETE', 1],
  ['table tags', 'SELECT', 2],
  ['values (1), (2), (3)', 'SELECT', 3],
  ['with moved as (delete from tags where n = 2 returning n) select * from moved', 'SELECT', 1],
  [
    "merge into tags using (values (1, 'q'), (9, 'r')) s (n, note) on tags.n = s.n when matched then update set note = s.note when not matched then insert values (s.n, s.note)",
    'MERGE',
    2,
  ],
  ['create table copied as select * from tags', 'SELECT', 2],
  ['select * into copied_again from tags', 'SELECT', 2],
  ['savepoint here', 'SAVEPOINT', null],
  ['alter table tags add column more int', 'ALTER', null],
  ['rollback to here', 'ROLLBACK', null],
  ['release here', 'RELEASE', null],
  ['declare c cursor for select * from tags', 'DECLARE', null],
  ['fetch 1 from c', 'FETCH', 1],
  ['move 1 from c', 'MOVE', 1],
  ['close c', 'CLOSE', null],
  ["set local application_name = 'x'", 'SET', null],
  ['show application_name', 'SHOW', null],
  ['explain (costs off) select 1', 'EXPLAIN', null],
  ['do $$ begin perform 1; end $$', 'DO', null],
  ['truncate tags', 'TRUNCATE', null],
  ['drop table tags', 'DROP', null],
  ["comment on table copied is 'c'", 'COMMENT', null],
  ['lock table copied', 'LOCK', null],
  ['grant select on copied to public', 'GRANT', null],
  ['revoke select on copied from public', 'REVOKE', null],
  ['analyze copied', 'ANALYZE', null],
  ['listen tags', 'LISTEN', null],
  ['notify tags', 'NOTIFY', null],
  ['unlisten tags', 'UNLISTEN', null],
  ['rollback', 'ROLLBACK', null],
  ['discard plans', 'DISCARD', null],
]

test('every statement answers its own command and row count', async () => {
  const client = await connect()
  const seen: unknown[] = []
  for (const [sql] of STATEMENTS) {
    const { command, rowCount } = await client.query(sql)
    seen.push([sql, command, rowCount])
  }
  expect(seen).toEqual(STATEMENTS)
})

test('an insert answers the oid 0', async () => {
  const client = await connect()
  await client.query('create table tag_oid (n int)')
  expect(answer(await client.query('insert into tag_oid values (1)'))).toEqual({
    command: 'INSERT',
    rowCount: 1,
    oid: 0,
    rows: [],
    fields: [],
  })
})

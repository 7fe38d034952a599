import { beforeAll, expect, test } from 'vitest'
import { refusal } from '../support/answers'
import { query } from '../support/provider'

beforeAll(async () => {
  await query(`
    create schema shop;
    create table shop.customer (id int primary key, email text unique);
    create table shop.purchase (
      id int primary key,
      customer int not null references shop.customer (id),
      amount numeric(6, 2) constraint positive_amount check (amount > 0)
    );
    insert into shop.customer values (1, 'a@x'), (2, 'b@x');
    insert into shop.purchase values (1, 1, 10)`)
})

const base = { name: 'error', severity: 'ERROR', schema: 'shop' }

test('a unique violation names the constraint and the key', async () => {
  expect(await refusal(query("insert into shop.customer values (3, 'a@x')"))).toEqual({
    ...base,
    code: '23505',
    table: 'customer',
    constraint: 'customer_email_key',
    message: 'duplicate key value violates unique constraint "customer_email_key"',
    detail: 'Key (email)=(a@x) already exists.',
  })
})

test('a violation through parameters is told in the same way', async () => {
  expect(await refusal(query('insert into shop.customer values ($1, $2)', [1, 'c@x']))).toEqual({
    ...base,
    code: '23505',
    table: 'customer',
    constraint: 'customer_pkey',
    message: 'duplicate key value violates unique constraint "customer_pkey"',
    detail: 'Key (id)=(1) already exists.',
  })
})

test('a not-null violation names the column and the row', async () => {
  expect(await refusal(query('insert into shop.purchase values (2, null, 5)'))).toEqual({
    ...base,
    code: '23502',
    table: 'purchase',
    column: 'customer',
    message: 'null value in column "customer" of relation "purchase" violates not-null constraint',
    detail: 'Failing row contains (2, null, 5.00).',
  })
})

test('a foreign key violation names the missing key', async () => {
  expect(await refusal(query('insert into shop.purchase values (2, 99, 5)'))).toEqual({
    ...base,
    code: '23503',
    table: 'purchase',
    constraint: 'purchase_customer_fkey',
    message:
      'insert or update on table "purchase" violates foreign key constraint "purchase_customer_fkey"',
    detail: 'Key (customer)=(99) is not present in table "customer".',
  })
})

test('a row that is referenced cannot be deleted', async () => {
  expect(await refusal(query('delete from shop.customer where id = 1'))).toEqual({
    ...base,
    code: '23503',
    table: 'purchase',
    constraint: 'purchase_customer_fkey',
    message:
      'update or delete on table "customer" violates foreign key constraint "purchase_customer_fkey" on table "purchase"',
    detail: 'Key (id)=(1) is still referenced from table "purchase".',
  })
})

test('a check violation names the constraint and the row', async () => {
  expect(await refusal(query('insert into shop.purchase values (2, 1, -1)'))).toEqual({
    ...base,
    code: '23514',
    table: 'purchase',
    constraint: 'positive_amount',
    message: 'new row for relation "purchase" violates check constraint "positive_amount"',
    detail: 'Failing row contains (2, 1, -1.00).',
  })
})

test('a refused write leaves nothing behind', async () => {
  await refusal(query("insert into shop.customer values (8, 'h@x'), (9, 'a@x')"))
  expect((await query('select id from shop.customer order by id')).rows).toEqual([
    { id: 1 },
    { id: 2 },
  ])
})

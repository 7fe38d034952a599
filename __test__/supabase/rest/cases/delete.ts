// Writing: DELETE removes the rows that the filters keep.
import { answer, failure, get, json, list, remove, rows, type Case } from '../support/case'

export const deletion: Case[] = [
  {
    name: 'a delete says nothing but that it was done',
    role: 'service_role',
    request: remove('/orders?id=eq.3'),
    response: answer(204, { 'content-range': '*/*' }),
    then: [
      {
        request: get('/orders?select=id&order=id'),
        response: rows('0-1/*', '{"id":1}', '{"id":2}'),
      },
      { request: get('/order_items?order_id=eq.3'), response: rows('*/*') },
    ],
  },
  {
    name: 'return=representation gives the rows as they were',
    role: 'service_role',
    request: remove('/orders?id=eq.2&select=id,customer', { Prefer: 'return=representation' }),
    response: answer(
      200,
      { ...json, 'content-range': '*/*', 'preference-applied': 'return=representation' },
      list('{"id":2,"customer":"Bob"}')
    ),
    then: [
      {
        request: get('/orders?select=id&order=id'),
        response: rows('0-1/*', '{"id":1}', '{"id":3}'),
      },
    ],
  },
  {
    name: 'a delete of no rows is done',
    role: 'service_role',
    request: remove('/orders?id=eq.99'),
    response: answer(204, { 'content-range': '*/*' }),
  },
  {
    name: 'a delete of no rows returns none',
    role: 'service_role',
    request: remove('/orders?id=eq.99', { Prefer: 'return=representation' }),
    response: answer(
      200,
      { ...json, 'content-range': '*/*', 'preference-applied': 'return=representation' },
      '[]'
    ),
  },
  {
    name: 'count=exact counts what was deleted',
    role: 'service_role',
    request: remove('/order_items?quantity=gt.1', { Prefer: 'count=exact' }),
    response: answer(204, { 'content-range': '*/2', 'preference-applied': 'count=exact' }),
    then: [
      {
        request: get('/order_items?select=sku'),
        response: rows('0-1/*', '{"sku":"bag"}', '{"sku":"pen"}'),
      },
    ],
  },
  {
    name: 'without a filter, every row is deleted',
    role: 'service_role',
    request: remove('/logs', { Prefer: 'return=representation' }),
    response: answer(
      200,
      { ...json, 'content-range': '*/*', 'preference-applied': 'return=representation' },
      list(
        '{"level":"info","message":"started"}',
        '{"level":"warn","message":"hot"}',
        '{"level":"info","message":"stopped"}'
      )
    ),
    then: [{ request: get('/logs'), response: rows('*/*') }],
  },
  {
    name: 'a delete that breaks a reference is refused',
    role: 'service_role',
    request: remove('/studios?id=eq.1'),
    response: failure(409, {
      code: '23503',
      message:
        'update or delete on table "studios" violates foreign key constraint "films_studio_fkey" on table "films"',
      details: 'Key (id)=(1) is still referenced from table "films".',
    }),
    then: [
      {
        request: get('/studios?select=id&order=id'),
        response: rows('0-2/*', '{"id":1}', '{"id":2}', '{"id":3}'),
      },
    ],
  },
  {
    name: 'trees hold for a delete',
    role: 'service_role',
    request: remove('/logs?or=(level.eq.warn,message.eq.stopped)', {
      Prefer: 'return=representation',
    }),
    response: answer(
      200,
      { ...json, 'content-range': '*/*', 'preference-applied': 'return=representation' },
      list('{"level":"warn","message":"hot"}', '{"level":"info","message":"stopped"}')
    ),
    then: [
      { request: get('/logs'), response: rows('0-0/*', '{"level":"info","message":"started"}') },
    ],
  },
  {
    name: 'relations are embedded in what is returned of a delete',
    role: 'service_role',
    request: remove('/order_items?order_id=eq.2&select=line,products(name)', {
      Prefer: 'return=representation',
    }),
    response: answer(
      200,
      { ...json, 'content-range': '*/*', 'preference-applied': 'return=representation' },
      list('{"line":1,"products":{"name": "Bag"}}')
    ),
  },
  {
    name: 'a delete through a view',
    role: 'service_role',
    request: remove('/ledger?id=eq.2&select=id', { Prefer: 'return=representation' }),
    response: answer(
      200,
      { ...json, 'content-range': '*/*', 'preference-applied': 'return=representation' },
      list('{"id":2}')
    ),
    then: [
      {
        request: get('/orders?select=id&order=id'),
        response: rows('0-1/*', '{"id":1}', '{"id":3}'),
      },
    ],
  },
  {
    name: 'a view that joins cannot be deleted from',
    role: 'service_role',
    request: remove('/casts?film_id=eq.1'),
    response: failure(500, {
      code: '55000',
      message: 'cannot delete from view "casts"',
      details:
        'Views that do not select from a single table or view are not automatically updatable.',
      hint: 'To enable deleting from the view, provide an INSTEAD OF DELETE trigger or an unconditional ON DELETE DO INSTEAD rule.',
    }),
  },
]

// Preferences: max-affected, which limits what a write may change.
import {
  answer,
  CANONICAL,
  failure,
  get,
  json,
  list,
  patch,
  post,
  remove,
  rows,
  type Case,
} from '../support/case'

export const maxAffected: Case[] = [
  {
    name: 'max-affected stops an update of more rows',
    since: 13,
    role: 'service_role',
    request: patch(
      '/orders?customer=eq.Ann',
      { note: 'x' },
      { Prefer: 'handling=strict, max-affected=1' }
    ),
    response: failure(400, {
      code: 'PGRST124',
      message: 'Query result exceeds max-affected preference constraint',
      details: 'The query affects 2 rows',
    }),
    then: [
      {
        request: get('/orders?select=id,note&order=id'),
        response: rows(
          '0-2/*',
          '{"id":1,"note":null}',
          '{"id":2,"note":"gift"}',
          '{"id":3,"note":null}'
        ),
      },
    ],
  },
  {
    name: 'max-affected lets an update of as many rows pass',
    since: 13,
    role: 'service_role',
    request: patch(
      '/orders?customer=eq.Ann',
      { note: 'x' },
      { Prefer: 'handling=strict, max-affected=2' }
    ),
    response: answer(204, {
      'content-range': '0-1/*',
      'preference-applied': 'handling=strict, max-affected=2',
    }),
    then: [
      {
        request: get('/orders?select=id,note&order=id'),
        response: rows(
          '0-2/*',
          '{"id":1,"note":"x"}',
          '{"id":2,"note":"gift"}',
          '{"id":3,"note":"x"}'
        ),
      },
    ],
  },
  {
    name: 'max-affected stops a delete of more rows',
    since: 13,
    role: 'service_role',
    request: remove('/order_items?quantity=gt.0', { Prefer: 'handling=strict, max-affected=3' }),
    response: failure(400, {
      code: 'PGRST124',
      message: 'Query result exceeds max-affected preference constraint',
      details: 'The query affects 4 rows',
    }),
    then: [
      {
        request: get('/order_items?select=line&order_id=eq.2'),
        response: rows('0-0/*', '{"line":1}'),
      },
    ],
  },
  {
    name: 'max-affected without handling=strict does nothing',
    since: 13,
    role: 'service_role',
    request: patch('/orders?customer=eq.Ann', { note: 'x' }, { Prefer: 'max-affected=1' }),
    response: answer(204, { 'content-range': '0-1/*' }),
    then: [
      {
        request: get('/orders?select=id,note&order=id'),
        response: rows(
          '0-2/*',
          '{"id":1,"note":"x"}',
          '{"id":2,"note":"gift"}',
          '{"id":3,"note":"x"}'
        ),
      },
    ],
  },
  {
    name: 'max-affected with handling=lenient does nothing',
    since: 13,
    role: 'service_role',
    request: patch(
      '/orders?customer=eq.Ann',
      { note: 'x' },
      { Prefer: 'handling=lenient, max-affected=1' }
    ),
    response: answer(204, { 'content-range': '0-1/*', 'preference-applied': 'handling=lenient' }),
  },
  {
    name: 'max-affected does not hold for reads',
    since: 13,
    request: get('/films?select=id&id=lt.3&order=id', {
      Prefer: 'handling=strict, max-affected=1',
    }),
    response: answer(
      200,
      {
        ...json,
        'content-range': '0-1/*',
        'content-location': CANONICAL,
        'preference-applied': 'handling=strict',
      },
      list('{"id":1}', '{"id":2}')
    ),
  },
  {
    name: 'max-affected does not hold for inserts',
    since: 13,
    role: 'service_role',
    request: post('/logs', [{ level: 'a' }, { level: 'b' }], {
      Prefer: 'handling=strict, max-affected=1',
    }),
    response: answer(201, { 'content-range': '*/*', 'preference-applied': 'handling=strict' }),
  },
  {
    name: 'max-affected stops a function that returns more rows',
    since: 13,
    role: 'service_role',
    request: post('/rpc/raise_prices', { by: 1 }, { Prefer: 'handling=strict, max-affected=2' }),
    response: failure(400, {
      code: 'PGRST124',
      message: 'Query result exceeds max-affected preference constraint',
      details: 'The query affects 3 rows',
    }),
    then: [
      {
        request: get('/products?select=price&sku=eq.mug'),
        response: rows('0-0/*', '{"price":7.50}'),
      },
    ],
  },
  {
    name: 'max-affected needs a function that returns a set',
    since: 13,
    request: post('/rpc/add', { a: 1, b: 2 }, { Prefer: 'handling=strict, max-affected=2' }),
    response: failure(400, {
      code: 'PGRST128',
      message:
        'Function must return SETOF or TABLE when max-affected preference is used with handling=strict',
    }),
  },
  {
    name: 'a max-affected that is no number is ignored',
    since: 13,
    role: 'service_role',
    request: patch(
      '/orders?customer=eq.Ann',
      { note: 'x' },
      { Prefer: 'handling=strict, max-affected=all' }
    ),
    response: answer(204, { 'content-range': '0-1/*', 'preference-applied': 'handling=strict' }),
  },
  {
    name: 'params=single-object is no preference',
    request: post(
      '/rpc/json_arg',
      { doc: { k: 1 } },
      { Prefer: 'handling=strict, params=single-object' }
    ),
    response: failure(400, {
      code: 'PGRST122',
      message: 'Invalid preferences given with handling=strict',
      details: 'Invalid preferences: params=single-object',
    }),
    response12: answer(
      200,
      {
        ...json,
        'content-range': '0-0/*',
        'preference-applied': 'params=single-object, handling=strict',
      },
      'null'
    ),
  },
]

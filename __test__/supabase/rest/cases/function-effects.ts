// Functions: what a call may do: methods, read-only transactions, permissions and settings.
import {
  answer,
  failure,
  get,
  head,
  json,
  list,
  patch,
  post,
  put,
  remove,
  result,
  rows,
  type Case,
} from '../support/case'

export const effects: Case[] = [
  {
    name: 'HEAD calls a function and shows no body',
    request: head('/rpc/numbers?upto=3'),
    response: result('', '0-2/*'),
  },
  {
    name: 'HEAD counts a result',
    request: head('/rpc/all_films?limit=1', { Prefer: 'count=exact' }),
    response: answer(206, {
      ...json,
      'content-range': '0-0/5',
      'preference-applied': 'count=exact',
    }),
  },
  {
    name: 'a GET of a volatile function runs in a transaction that cannot write',
    request: get('/rpc/read_only_volatile'),
    response: result('"on"'),
  },
  {
    name: 'a POST of a volatile function can write',
    request: post('/rpc/read_only_volatile', {}),
    response: result('"off"'),
  },
  {
    name: 'a POST of a stable function cannot write',
    request: post('/rpc/read_only', {}),
    response: result('"on"'),
  },
  {
    name: 'a GET that writes is refused',
    role: 'service_role',
    request: get('/rpc/add_log?level=x&message=y'),
    response: failure(405, {
      code: '25006',
      message: 'cannot execute INSERT in a read-only transaction',
    }),
    then: [{ request: get('/logs?level=eq.x'), response: rows('*/*') }],
  },
  {
    name: 'a POST writes',
    role: 'service_role',
    request: post('/rpc/add_log', { level: 'x', message: 'y' }),
    response: answer(204, { 'content-range': '0-0/*' }),
    then: [
      { request: get('/logs?level=eq.x'), response: rows('0-0/*', '{"level":"x","message":"y"}') },
    ],
  },
  {
    name: 'a stable function that writes is refused',
    role: 'service_role',
    request: post('/rpc/write_when_stable', {}),
    response: failure(400, {
      code: '0A000',
      message: 'INSERT is not allowed in a non-volatile function',
    }),
  },
  {
    name: 'a function that returns the row it wrote',
    role: 'service_role',
    request: post('/rpc/add_product?select=sku,price', { sku: 'cup', name: 'Cup', price: 2 }),
    response: result('{"sku":"cup","price":2.00}'),
    then: [
      {
        request: get('/products?select=name&sku=eq.cup'),
        response: rows('0-0/*', '{"name":"Cup"}'),
      },
    ],
  },
  {
    name: 'a function that updates returns what it updated',
    role: 'service_role',
    request: post('/rpc/raise_prices?select=sku,price&order=sku', { by: 1 }),
    response: result(
      list(
        '{"sku":"bag","price":31.00}',
        '{"sku":"mug","price":8.50}',
        '{"sku":"pen","price":2.20}'
      ),
      '0-2/*'
    ),
    then: [
      {
        request: get('/products?select=sku,price&order=sku'),
        response: rows(
          '0-2/*',
          '{"sku":"bag","price":31.00}',
          '{"sku":"mug","price":8.50}',
          '{"sku":"pen","price":2.20}'
        ),
      },
    ],
  },
  {
    name: 'PUT does not call functions',
    request: put('/rpc/add', { a: 1, b: 2 }),
    response: failure(405, { code: 'PGRST101', message: 'Cannot use the PUT method on RPC' }),
  },
  {
    name: 'PATCH does not call functions',
    request: patch('/rpc/add', { a: 1, b: 2 }),
    response: failure(405, { code: 'PGRST101', message: 'Cannot use the PATCH method on RPC' }),
  },
  {
    name: 'DELETE does not call functions',
    request: remove('/rpc/add'),
    response: failure(405, { code: 'PGRST101', message: 'Cannot use the DELETE method on RPC' }),
  },
  {
    name: 'a function that its caller may not execute is refused',
    request: post('/rpc/locked', {}),
    response: failure(
      401,
      { code: '42501', message: 'permission denied for function locked' },
      { 'www-authenticate': 'Bearer' }
    ),
  },
  {
    name: 'a function that a known caller may not execute is forbidden',
    role: 'authenticated',
    request: post('/rpc/locked', {}),
    response: failure(403, { code: '42501', message: 'permission denied for function locked' }),
  },
  {
    name: 'a function may set the isolation of its transaction',
    request: get('/rpc/isolation'),
    response: result('"read committed"'),
  },
  {
    name: 'an isolation that the function names is used',
    request: post('/rpc/strict_isolation', {}),
    response: result('"serializable"'),
  },
  {
    name: 'a statement timeout that the function names is used',
    request: post('/rpc/quick', {}),
    response: result('"9s"'),
  },
  {
    name: 'a function that runs for too long is stopped',
    request: post('/rpc/slow', {}),
    response: failure(500, {
      code: '57014',
      message: 'canceling statement due to statement timeout',
    }),
  },
]

// Writing: PUT writes the one row that the path names.
import { answer, failure, get, json, list, put, rows, type Case } from '../support/case'

export const replace: Case[] = [
  {
    name: 'PUT replaces the row of the key',
    role: 'service_role',
    request: put('/countries?code=eq.XX', { code: 'XX', name: 'Replaced' }),
    response: answer(204, {}),
    then: [
      {
        request: get('/countries?code=eq.XX'),
        response: rows('0-0/*', '{"code":"XX","name":"Replaced"}'),
      },
    ],
  },
  {
    name: 'PUT inserts what is not there',
    role: 'service_role',
    request: put(
      '/countries?code=eq.DE',
      { code: 'DE', name: 'Germany' },
      { Prefer: 'return=representation' }
    ),
    response: answer(
      201,
      { ...json, 'preference-applied': 'return=representation' },
      list('{"code":"DE","name":"Germany"}')
    ),
    then: [
      {
        request: get('/countries?code=eq.DE'),
        response: rows('0-0/*', '{"code":"DE","name":"Germany"}'),
      },
    ],
  },
  {
    name: 'PUT returns the row that it replaced',
    role: 'service_role',
    request: put(
      '/countries?code=eq.XX',
      { code: 'XX', name: 'Replaced' },
      { Prefer: 'return=representation' }
    ),
    response: answer(
      200,
      { ...json, 'preference-applied': 'return=representation' },
      list('{"code":"XX","name":"Replaced"}')
    ),
  },
  {
    name: 'PUT takes a list of one',
    role: 'service_role',
    request: put('/countries?code=eq.XX', [{ code: 'XX', name: 'Replaced' }], {
      Prefer: 'return=representation',
    }),
    response: answer(
      200,
      { ...json, 'preference-applied': 'return=representation' },
      list('{"code":"XX","name":"Replaced"}')
    ),
  },
  {
    name: 'PUT of a key of two columns',
    role: 'service_role',
    request: put(
      '/order_items?order_id=eq.1&line=eq.1&select=quantity',
      { order_id: 1, line: 1, quantity: 5 },
      { Prefer: 'return=representation' }
    ),
    response: answer(
      200,
      { ...json, 'preference-applied': 'return=representation' },
      list('{"quantity":5}')
    ),
  },
  {
    name: 'PUT without the key in the path is refused',
    role: 'service_role',
    request: put('/countries', { code: 'XX', name: 'Y' }),
    response: failure(405, {
      code: 'PGRST105',
      message: "Filters must include all and only primary key columns with 'eq' operators",
    }),
    then: [
      {
        request: get('/countries?code=eq.XX'),
        response: rows('0-0/*', '{"code":"XX","name":"Nowhere"}'),
      },
    ],
  },
  {
    name: 'PUT with only a part of the key is refused',
    role: 'service_role',
    request: put('/order_items?order_id=eq.1', { order_id: 1, line: 1 }),
    response: failure(405, {
      code: 'PGRST105',
      message: "Filters must include all and only primary key columns with 'eq' operators",
    }),
  },
  {
    name: 'PUT with another operator is refused',
    role: 'service_role',
    request: put('/countries?code=neq.XX', { code: 'XX', name: 'Y' }),
    response: failure(405, {
      code: 'PGRST105',
      message: "Filters must include all and only primary key columns with 'eq' operators",
    }),
  },
  {
    name: 'PUT with another filter as well is refused',
    role: 'service_role',
    request: put('/countries?code=eq.XX&name=eq.Nowhere', { code: 'XX', name: 'Y' }),
    response: failure(405, {
      code: 'PGRST105',
      message: "Filters must include all and only primary key columns with 'eq' operators",
    }),
  },
  {
    name: 'PUT with another key in the body is refused',
    role: 'service_role',
    request: put('/countries?code=eq.XX', { code: 'YY', name: 'Y' }),
    response: failure(400, {
      code: 'PGRST115',
      message: 'Payload values do not match URL in primary key column(s)',
    }),
    then: [
      {
        request: get('/countries?code=in.(XX,YY)'),
        response: rows('0-0/*', '{"code":"XX","name":"Nowhere"}'),
      },
    ],
  },
  {
    name: 'PUT without the key in the body is refused',
    role: 'service_role',
    request: put('/countries?code=eq.XX', { name: 'Y' }),
    response: failure(400, { code: '42703', message: 'column pgrst_body.code does not exist' }),
  },
  {
    name: 'of two rows, PUT writes the one of the key',
    role: 'service_role',
    request: put('/countries?code=eq.XX', [
      { code: 'XX', name: 'A' },
      { code: 'YY', name: 'B' },
    ]),
    response: answer(204, {}),
    then: [
      {
        request: get('/countries?code=in.(XX,YY)'),
        response: rows('0-0/*', '{"code":"XX","name":"A"}'),
      },
    ],
  },
  {
    name: 'PUT with a limit is refused',
    role: 'service_role',
    request: put('/countries?code=eq.XX&limit=1', { code: 'XX', name: 'Y' }),
    response: failure(400, {
      code: 'PGRST114',
      message: 'limit/offset querystring parameters are not allowed for PUT',
    }),
  },
  {
    name: 'PUT with an offset is refused',
    role: 'service_role',
    request: put('/countries?code=eq.XX&offset=1', { code: 'XX', name: 'Y' }),
    response: failure(400, {
      code: 'PGRST114',
      message: 'limit/offset querystring parameters are not allowed for PUT',
    }),
  },
  {
    name: 'PUT with an or is refused',
    role: 'service_role',
    request: put('/countries?or=(code.eq.XX,code.eq.FR)', { code: 'XX', name: 'Y' }),
    response: failure(405, {
      code: 'PGRST105',
      message: "Filters must include all and only primary key columns with 'eq' operators",
    }),
  },
  {
    name: 'PUT to a table without a key is refused',
    role: 'service_role',
    request: put('/logs?level=eq.a', { level: 'a', message: 'b' }),
    response: failure(405, {
      code: 'PGRST105',
      message: "Filters must include all and only primary key columns with 'eq' operators",
    }),
  },
  {
    name: 'PUT with an object that says less keeps nothing less',
    role: 'service_role',
    request: put(
      '/products?sku=eq.mug&select=sku,stock',
      { sku: 'mug', name: 'M', price: 1 },
      { Prefer: 'return=representation' }
    ),
    response: answer(
      200,
      { ...json, 'preference-applied': 'return=representation' },
      list('{"sku":"mug","stock":20}')
    ),
  },
]

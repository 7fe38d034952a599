// Writing: POST inserts one row or many.
import { answer, failure, get, json, list, post, rows, type Case } from '../support/case'

export const insert: Case[] = [
  {
    name: 'an insert says nothing but that it was done',
    role: 'service_role',
    request: post('/countries', { code: 'DE', name: 'Germany' }),
    response: answer(201, { 'content-range': '*/*' }),
    then: [
      {
        request: get('/countries?code=eq.DE'),
        response: rows('0-0/*', '{"code":"DE","name":"Germany"}'),
      },
    ],
  },
  {
    name: 'return=minimal is what is done anyway',
    role: 'service_role',
    request: post('/countries', { code: 'DE', name: 'Germany' }, { Prefer: 'return=minimal' }),
    response: answer(201, { 'content-range': '*/*', 'preference-applied': 'return=minimal' }),
    then: [
      {
        request: get('/countries?code=eq.DE'),
        response: rows('0-0/*', '{"code":"DE","name":"Germany"}'),
      },
    ],
  },
  {
    name: 'return=representation gives the row as it was written',
    role: 'service_role',
    request: post('/orders', { customer: 'Cid' }, { Prefer: 'return=representation' }),
    response: answer(
      201,
      { ...json, 'content-range': '*/*', 'preference-applied': 'return=representation' },
      list(
        '{"id":4,"customer":"Cid","status":"new","placed_at":"2024-05-01T12:00:00+00:00","note":null}'
      )
    ),
    then: [
      {
        request: get('/orders?customer=eq.Cid'),
        response: rows(
          '0-0/*',
          '{"id":4,"customer":"Cid","status":"new","placed_at":"2024-05-01T12:00:00+00:00","note":null}'
        ),
      },
    ],
  },
  {
    name: 'return=headers-only tells where the row is',
    role: 'service_role',
    request: post('/countries', { code: 'DE', name: 'Germany' }, { Prefer: 'return=headers-only' }),
    response: answer(201, {
      location: '/countries?code=eq.DE',
      'content-range': '*/*',
      'preference-applied': 'return=headers-only',
    }),
  },
  {
    name: 'the location of a row holds all columns of its key',
    role: 'service_role',
    request: post(
      '/order_items',
      { order_id: 1, line: 9, quantity: 1 },
      { Prefer: 'return=headers-only' }
    ),
    response: answer(201, {
      location: '/order_items?order_id=eq.1&line=eq.9',
      'content-range': '*/*',
      'preference-applied': 'return=headers-only',
    }),
    then: [
      {
        request: get('/order_items?order_id=eq.1&line=eq.9'),
        response: rows(
          '0-0/*',
          '{"order_id":1,"line":9,"sku":null,"quantity":1,"price":0.00,"total":0.00}'
        ),
      },
    ],
  },
  {
    name: 'the location encodes what a URL needs',
    role: 'service_role',
    request: post(
      '/products',
      { sku: 'a b/ü&', name: 'x', price: 1 },
      { Prefer: 'return=headers-only' }
    ),
    response: answer(201, {
      location: '/products?sku=eq.a%20b%2F%C3%BC%26',
      'content-range': '*/*',
      'preference-applied': 'return=headers-only',
    }),
  },
  {
    name: 'there is no location for several rows',
    role: 'service_role',
    request: post(
      '/countries',
      [
        { code: 'DE', name: 'Germany' },
        { code: 'ES', name: 'Spain' },
      ],
      { Prefer: 'return=headers-only' }
    ),
    response: answer(201, { 'content-range': '*/*', 'preference-applied': 'return=headers-only' }),
  },
  {
    name: 'there is no location without a key',
    role: 'service_role',
    request: post('/logs', { level: 'a', message: 'b' }, { Prefer: 'return=headers-only' }),
    response: answer(201, { 'content-range': '*/*', 'preference-applied': 'return=headers-only' }),
  },
  {
    name: 'a location with a representation',
    role: 'service_role',
    request: post(
      '/countries?select=name',
      { code: 'DE', name: 'Germany' },
      { Prefer: 'return=representation' }
    ),
    response: answer(
      201,
      { ...json, 'content-range': '*/*', 'preference-applied': 'return=representation' },
      list('{"name":"Germany"}')
    ),
  },
  {
    name: 'select shapes what is returned',
    role: 'service_role',
    request: post(
      '/films?select=id,label,studios(name)',
      { title: 'New', studio_id: 1 },
      { Prefer: 'return=representation' }
    ),
    response: answer(
      201,
      { ...json, 'content-range': '*/*', 'preference-applied': 'return=representation' },
      list('{"id":101,"label":"New","studios":{"name": "Lumen"}}')
    ),
    then: [
      {
        request: get('/films?select=id,title&title=eq.New'),
        response: rows('0-0/*', '{"id":101,"title":"New"}'),
      },
    ],
  },
  {
    name: 'a list inserts many rows',
    role: 'service_role',
    request: post(
      '/countries?select=code',
      [
        { code: 'DE', name: 'Germany' },
        { code: 'ES', name: 'Spain' },
      ],
      { Prefer: 'return=representation' }
    ),
    response: answer(
      201,
      { ...json, 'content-range': '*/*', 'preference-applied': 'return=representation' },
      list('{"code":"DE"}', '{"code":"ES"}')
    ),
    then: [
      {
        request: get('/countries?select=code&order=code'),
        response: rows(
          '0-5/*',
          '{"code":"DE"}',
          '{"code":"ES"}',
          '{"code":"FR"}',
          '{"code":"IT"}',
          '{"code":"JP"}',
          '{"code":"XX"}'
        ),
      },
    ],
  },
  {
    name: 'an empty list inserts nothing',
    role: 'service_role',
    request: post('/countries', [], { Prefer: 'return=representation' }),
    response: answer(
      201,
      { ...json, 'content-range': '*/*', 'preference-applied': 'return=representation' },
      '[]'
    ),
    then: [
      {
        request: get('/countries?select=code&order=code'),
        response: rows('0-3/*', '{"code":"FR"}', '{"code":"IT"}', '{"code":"JP"}', '{"code":"XX"}'),
      },
    ],
  },
  {
    name: 'an empty list inserts nothing and says so',
    role: 'service_role',
    request: post('/countries', []),
    response: answer(201, { 'content-range': '*/*' }),
  },
  {
    name: 'an empty object inserts defaults, and null where there is none',
    role: 'service_role',
    request: post('/orders?select=id', {}, { Prefer: 'return=representation' }),
    response: failure(400, {
      code: '23502',
      message: 'null value in column "customer" of relation "orders" violates not-null constraint',
      details: 'Failing row contains (4, null, new, 2024-05-01 12:00:00+00, null).',
    }),
  },
  {
    name: 'an empty object inserts a row where every column has a default',
    role: 'service_role',
    request: post('/drafts', {}, { Prefer: 'return=representation' }),
    response: answer(
      201,
      { ...json, 'content-range': '*/*', 'preference-applied': 'return=representation' },
      list('{"id":1,"title":"untitled"}')
    ),
  },
  {
    name: 'a missing key is null in a list of which another has it',
    role: 'service_role',
    request: post(
      '/orders?columns=customer,note&select=customer,note',
      [{ customer: 'A', note: 'x' }, { customer: 'B' }],
      { Prefer: 'return=representation' }
    ),
    response: answer(
      201,
      { ...json, 'content-range': '*/*', 'preference-applied': 'return=representation' },
      list('{"customer":"A","note":"x"}', '{"customer":"B","note":null}')
    ),
  },
  {
    name: 'rows with different keys are refused without columns',
    role: 'service_role',
    request: post('/orders', [{ customer: 'A', note: 'x' }, { customer: 'B' }], {
      Prefer: 'return=representation',
    }),
    response: failure(400, { code: 'PGRST102', message: 'All object keys must match' }),
    then: [
      {
        request: get('/orders?select=id&order=id'),
        response: rows('0-2/*', '{"id":1}', '{"id":2}', '{"id":3}'),
      },
    ],
  },
  {
    name: 'columns= leaves other keys out',
    role: 'service_role',
    request: post(
      '/customers?columns=email,name&select=email,name,points',
      { email: 'c@example.com', name: 'C', points: 99 },
      { Prefer: 'return=representation' }
    ),
    response: answer(
      201,
      { ...json, 'content-range': '*/*', 'preference-applied': 'return=representation' },
      list('{"email":"c@example.com","name":"C","points":0}')
    ),
  },
  {
    name: 'columns= with a column that does not exist is refused',
    role: 'service_role',
    request: post(
      '/customers?columns=email,nope',
      { email: 'c@example.com' },
      { Prefer: 'return=representation' }
    ),
    response: failure(400, {
      code: 'PGRST204',
      message: "Could not find the 'nope' column of 'customers' in the schema cache",
    }),
    response12: failure(400, {
      code: 'PGRST204',
      message: "Column 'nope' of relation 'customers' does not exist",
    }),
  },
  {
    name: 'a key that is no column is refused',
    role: 'service_role',
    request: post(
      '/customers',
      { email: 'c@example.com', nope: 1 },
      { Prefer: 'return=representation' }
    ),
    response: failure(400, {
      code: 'PGRST204',
      message: "Could not find the 'nope' column of 'customers' in the schema cache",
    }),
    response12: failure(400, {
      code: 'PGRST204',
      message: "Column 'nope' of relation 'customers' does not exist",
    }),
  },
  {
    name: 'a key that is no column may be left out with columns=',
    role: 'service_role',
    request: post(
      '/customers?columns=email&select=email',
      { email: 'c@example.com', nope: 1 },
      { Prefer: 'return=representation' }
    ),
    response: answer(
      201,
      { ...json, 'content-range': '*/*', 'preference-applied': 'return=representation' },
      list('{"email":"c@example.com"}')
    ),
  },
  {
    name: 'missing=default takes the defaults for missing keys',
    role: 'service_role',
    request: post(
      '/customers?columns=email,name,points&select=email,name,points',
      [
        { email: 'c@example.com', points: 5 },
        { email: 'd@example.com', name: 'D' },
      ],
      { Prefer: 'return=representation, missing=default' }
    ),
    response: answer(
      201,
      {
        ...json,
        'content-range': '*/*',
        'preference-applied': 'missing=default, return=representation',
      },
      list(
        '{"email":"c@example.com","name":"Nobody","points":5}',
        '{"email":"d@example.com","name":"D","points":0}'
      )
    ),
  },
  {
    name: 'missing=null takes null for missing keys',
    role: 'service_role',
    request: post('/customers?columns=email,name&select=email,name', [{ email: 'c@example.com' }], {
      Prefer: 'return=representation, missing=null',
    }),
    response: answer(
      201,
      {
        ...json,
        'content-range': '*/*',
        'preference-applied': 'missing=null, return=representation',
      },
      list('{"email":"c@example.com","name":null}')
    ),
  },
  {
    name: 'null in the body is null, and no default, with missing=default',
    role: 'service_role',
    request: post(
      '/customers?columns=email,name&select=email,name',
      [{ email: 'c@example.com', name: null }],
      { Prefer: 'return=representation, missing=default' }
    ),
    response: answer(
      201,
      {
        ...json,
        'content-range': '*/*',
        'preference-applied': 'missing=default, return=representation',
      },
      list('{"email":"c@example.com","name":null}')
    ),
  },
]

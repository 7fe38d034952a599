// Writing: rows that are there already, with POST and on_conflict.
import { answer, failure, get, json, list, post, rows, type Case } from '../support/case'

export const upsert: Case[] = [
  {
    name: 'merge-duplicates updates the row of the same key',
    role: 'service_role',
    request: post(
      '/countries',
      { code: 'XX', name: 'Somewhere' },
      { Prefer: 'resolution=merge-duplicates' }
    ),
    response: answer(200, {
      'content-range': '*/*',
      'preference-applied': 'resolution=merge-duplicates',
    }),
    then: [
      {
        request: get('/countries?code=eq.XX'),
        response: rows('0-0/*', '{"code":"XX","name":"Somewhere"}'),
      },
    ],
  },
  {
    name: 'merge-duplicates inserts what is not there',
    role: 'service_role',
    request: post(
      '/countries',
      { code: 'DE', name: 'Germany' },
      { Prefer: 'resolution=merge-duplicates' }
    ),
    response: answer(201, {
      'content-range': '*/*',
      'preference-applied': 'resolution=merge-duplicates',
    }),
    then: [
      {
        request: get('/countries?code=eq.DE'),
        response: rows('0-0/*', '{"code":"DE","name":"Germany"}'),
      },
    ],
  },
  {
    name: 'merge-duplicates returns what it wrote',
    role: 'service_role',
    request: post(
      '/countries?select=name',
      [
        { code: 'XX', name: 'A' },
        { code: 'DE', name: 'B' },
      ],
      { Prefer: 'resolution=merge-duplicates, return=representation' }
    ),
    response: answer(
      201,
      {
        ...json,
        'content-range': '*/*',
        'preference-applied': 'resolution=merge-duplicates, return=representation',
      },
      list('{"name":"A"}', '{"name":"B"}')
    ),
  },
  {
    name: 'merge-duplicates of rows that are all there inserted none',
    role: 'service_role',
    request: post(
      '/countries',
      [
        { code: 'XX', name: 'A' },
        { code: 'FR', name: 'B' },
      ],
      { Prefer: 'resolution=merge-duplicates, return=representation' }
    ),
    response: answer(
      200,
      {
        ...json,
        'content-range': '*/*',
        'preference-applied': 'resolution=merge-duplicates, return=representation',
      },
      list('{"code":"XX","name":"A"}', '{"code":"FR","name":"B"}')
    ),
  },
  {
    name: 'merge-duplicates keeps what it does not name',
    role: 'service_role',
    request: post(
      '/products?select=sku,name,stock',
      { sku: 'mug', name: 'Cup', price: 1 },
      { Prefer: 'resolution=merge-duplicates, return=representation' }
    ),
    response: answer(
      200,
      {
        ...json,
        'content-range': '*/*',
        'preference-applied': 'resolution=merge-duplicates, return=representation',
      },
      list('{"sku":"mug","name":"Cup","stock":20}')
    ),
  },
  {
    name: 'ignore-duplicates keeps the row of the same key',
    role: 'service_role',
    request: post(
      '/countries',
      { code: 'XX', name: 'Somewhere' },
      { Prefer: 'resolution=ignore-duplicates' }
    ),
    response: answer(201, {
      'content-range': '*/*',
      'preference-applied': 'resolution=ignore-duplicates',
    }),
    then: [
      {
        request: get('/countries?code=eq.XX'),
        response: rows('0-0/*', '{"code":"XX","name":"Nowhere"}'),
      },
    ],
  },
  {
    name: 'ignore-duplicates returns only what it inserted',
    role: 'service_role',
    request: post(
      '/countries?select=code',
      [
        { code: 'XX', name: 'A' },
        { code: 'DE', name: 'B' },
      ],
      { Prefer: 'resolution=ignore-duplicates, return=representation' }
    ),
    response: answer(
      201,
      {
        ...json,
        'content-range': '*/*',
        'preference-applied': 'resolution=ignore-duplicates, return=representation',
      },
      list('{"code":"DE"}')
    ),
  },
  {
    name: 'on_conflict names the unique columns',
    role: 'service_role',
    request: post(
      '/countries?on_conflict=name&select=code,name',
      { code: 'QQ', name: 'Japan' },
      { Prefer: 'resolution=ignore-duplicates, return=representation' }
    ),
    response: answer(
      201,
      {
        ...json,
        'content-range': '*/*',
        'preference-applied': 'resolution=ignore-duplicates, return=representation',
      },
      '[]'
    ),
  },
  {
    name: 'on_conflict with merge updates the key',
    role: 'service_role',
    request: post(
      '/customers?on_conflict=email&select=email,points',
      { email: 'ann@example.com', points: 77 },
      { Prefer: 'resolution=merge-duplicates, return=representation' }
    ),
    response: answer(
      200,
      {
        ...json,
        'content-range': '*/*',
        'preference-applied': 'resolution=merge-duplicates, return=representation',
      },
      list('{"email":"ann@example.com","points":77}')
    ),
    then: [
      {
        request: get('/customers?select=name,points&email=eq.ann@example.com'),
        response: rows('0-0/*', '{"name":"Ann","points":77}'),
      },
    ],
  },
  {
    name: 'on_conflict takes several columns',
    role: 'service_role',
    request: post(
      '/bookings?on_conflict=room,nights&select=id,guests',
      { room: 'red', nights: '[2024-01-05,2024-01-10)', guests: '[1,2)' },
      { Prefer: 'resolution=merge-duplicates, return=representation' }
    ),
    response: answer(
      200,
      {
        ...json,
        'content-range': '*/*',
        'preference-applied': 'resolution=merge-duplicates, return=representation',
      },
      list('{"id":3,"guests":"[1,2)"}')
    ),
  },
  {
    name: 'on_conflict of columns that are not unique is the error of the database',
    role: 'service_role',
    request: post(
      '/customers?on_conflict=name',
      { email: 'x@example.com', name: 'Ann' },
      { Prefer: 'resolution=merge-duplicates' }
    ),
    response: failure(400, {
      code: '42P10',
      message: 'there is no unique or exclusion constraint matching the ON CONFLICT specification',
    }),
  },
  {
    name: 'on_conflict of a column that does not exist is the error of the database',
    role: 'service_role',
    request: post(
      '/customers?on_conflict=nope',
      { email: 'x@example.com' },
      { Prefer: 'resolution=merge-duplicates' }
    ),
    response: failure(400, {
      code: '42703',
      message: 'column "nope" does not exist',
      hint: 'Perhaps you meant to reference the column "customers.name" or the column "excluded.name".',
    }),
  },
  {
    name: 'on_conflict without a resolution is a plain insert',
    role: 'service_role',
    request: post('/countries?on_conflict=name', { code: 'QQ', name: 'Japan' }),
    response: failure(409, {
      code: '23505',
      message: 'duplicate key value violates unique constraint "countries_name_key"',
      details: 'Key (name)=(Japan) already exists.',
    }),
    then: [{ request: get('/countries?code=eq.QQ'), response: rows('*/*') }],
  },
  {
    name: 'a resolution without a key is not applied',
    role: 'service_role',
    request: post(
      '/logs',
      { level: 'a', message: 'b' },
      { Prefer: 'resolution=merge-duplicates, return=representation' }
    ),
    response: answer(
      201,
      { ...json, 'content-range': '*/*', 'preference-applied': 'return=representation' },
      list('{"level":"a","message":"b"}')
    ),
  },
  {
    name: 'a resolution that does not exist is ignored',
    role: 'service_role',
    request: post('/countries', { code: 'XX', name: 'Y' }, { Prefer: 'resolution=other' }),
    response: failure(409, {
      code: '23505',
      message: 'duplicate key value violates unique constraint "countries_pkey"',
      details: 'Key (code)=(XX) already exists.',
    }),
  },
  {
    name: 'two rows of one key in one request are the error of the database',
    role: 'service_role',
    request: post(
      '/countries',
      [
        { code: 'DE', name: 'A' },
        { code: 'DE', name: 'B' },
      ],
      { Prefer: 'resolution=merge-duplicates' }
    ),
    response: failure(500, {
      code: '21000',
      message: 'ON CONFLICT DO UPDATE command cannot affect row a second time',
      hint: 'Ensure that no rows proposed for insertion within the same command have duplicate constrained values.',
    }),
    response12: failure(400, {
      code: '21000',
      message: 'ON CONFLICT DO UPDATE command cannot affect row a second time',
      hint: 'Ensure that no rows proposed for insertion within the same command have duplicate constrained values.',
    }),
    then: [{ request: get('/countries?code=eq.DE'), response: rows('*/*') }],
  },
  {
    name: 'a key of two columns',
    role: 'service_role',
    request: post(
      '/order_items?select=order_id,line,quantity',
      { order_id: 1, line: 1, quantity: 5 },
      { Prefer: 'resolution=merge-duplicates, return=representation' }
    ),
    response: answer(
      200,
      {
        ...json,
        'content-range': '*/*',
        'preference-applied': 'resolution=merge-duplicates, return=representation',
      },
      list('{"order_id":1,"line":1,"quantity":5}')
    ),
  },
  {
    name: 'only the key changes nothing, and finds the row',
    role: 'service_role',
    request: post('/tiny_numbers', [{ n: 3 }, { n: 99 }], {
      Prefer: 'resolution=merge-duplicates, return=representation',
    }),
    response: answer(
      201,
      {
        ...json,
        'content-range': '*/*',
        'preference-applied': 'resolution=merge-duplicates, return=representation',
      },
      list('{"n":3}', '{"n":99}')
    ),
    then: [{ request: get('/tiny_numbers?n=eq.99'), response: rows('0-0/*', '{"n":99}') }],
  },
  {
    name: 'a conflict without a resolution is refused',
    role: 'service_role',
    request: post('/countries', { code: 'XX', name: 'Y' }),
    response: failure(409, {
      code: '23505',
      message: 'duplicate key value violates unique constraint "countries_pkey"',
      details: 'Key (code)=(XX) already exists.',
    }),
    then: [
      {
        request: get('/countries?code=eq.XX'),
        response: rows('0-0/*', '{"code":"XX","name":"Nowhere"}'),
      },
    ],
  },
  {
    name: 'an empty list with a resolution',
    role: 'service_role',
    request: post('/countries', [], {
      Prefer: 'resolution=merge-duplicates, return=representation',
    }),
    response: answer(
      200,
      {
        ...json,
        'content-range': '*/*',
        'preference-applied': 'resolution=merge-duplicates, return=representation',
      },
      '[]'
    ),
  },
  {
    name: 'columns= and merge-duplicates',
    role: 'service_role',
    request: post(
      '/products?columns=sku,stock,name,price&select=stock,name',
      { sku: 'mug', stock: 1, name: 'M', price: 1, attributes: { a: 1 } },
      { Prefer: 'resolution=merge-duplicates, return=representation' }
    ),
    response: answer(
      200,
      {
        ...json,
        'content-range': '*/*',
        'preference-applied': 'resolution=merge-duplicates, return=representation',
      },
      list('{"stock":1,"name":"M"}')
    ),
  },
]

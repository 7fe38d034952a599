// Writing: PATCH updates the rows that the filters keep.
import { answer, failure, get, json, list, patch, rows, type Case } from '../support/case'

export const update: Case[] = [
  {
    name: 'an update says nothing but that it was done',
    role: 'service_role',
    request: patch('/orders?id=eq.1', { status: 'paid' }),
    response: answer(204, { 'content-range': '0-0/*' }),
    then: [
      {
        request: get('/orders?select=id,status&order=id'),
        response: rows(
          '0-2/*',
          '{"id":1,"status":"paid"}',
          '{"id":2,"status":"paid"}',
          '{"id":3,"status":"sent"}'
        ),
      },
    ],
  },
  {
    name: 'return=representation gives the rows as they are now',
    role: 'service_role',
    request: patch(
      '/orders?customer=eq.Ann&select=id,status',
      { status: 'paid' },
      { Prefer: 'return=representation' }
    ),
    response: answer(
      200,
      { ...json, 'content-range': '0-1/*', 'preference-applied': 'return=representation' },
      list('{"id":1,"status":"paid"}', '{"id":3,"status":"paid"}')
    ),
    then: [
      {
        request: get('/orders?select=id,status&order=id'),
        response: rows(
          '0-2/*',
          '{"id":1,"status":"paid"}',
          '{"id":2,"status":"paid"}',
          '{"id":3,"status":"paid"}'
        ),
      },
    ],
  },
  {
    name: 'an update of no rows is done',
    role: 'service_role',
    request: patch('/orders?id=eq.99', { status: 'paid' }),
    response: answer(204, { 'content-range': '*/*' }),
  },
  {
    name: 'an update of no rows returns none',
    role: 'service_role',
    request: patch('/orders?id=eq.99', { status: 'paid' }, { Prefer: 'return=representation' }),
    response: answer(
      200,
      { ...json, 'content-range': '*/*', 'preference-applied': 'return=representation' },
      '[]'
    ),
  },
  {
    name: 'without a filter, every row is updated',
    role: 'service_role',
    request: patch('/orders?select=id,note', { note: 'x' }, { Prefer: 'return=representation' }),
    response: answer(
      200,
      { ...json, 'content-range': '0-2/*', 'preference-applied': 'return=representation' },
      list('{"id":1,"note":"x"}', '{"id":2,"note":"x"}', '{"id":3,"note":"x"}')
    ),
  },
  {
    name: 'count=exact counts what was updated',
    role: 'service_role',
    request: patch('/orders?customer=eq.Ann', { note: 'x' }, { Prefer: 'count=exact' }),
    response: answer(204, { 'content-range': '0-1/2', 'preference-applied': 'count=exact' }),
  },
  {
    name: 'return=headers-only has no body, and no location',
    role: 'service_role',
    request: patch('/orders?id=eq.1', { note: 'x' }, { Prefer: 'return=headers-only' }),
    response: answer(204, {
      'content-range': '0-0/*',
      'preference-applied': 'return=headers-only',
    }),
  },
  {
    name: 'an empty object updates nothing',
    role: 'service_role',
    request: patch('/orders?id=eq.1', {}, { Prefer: 'return=representation' }),
    response: answer(
      200,
      { ...json, 'content-range': '*/*', 'preference-applied': 'return=representation' },
      '[]'
    ),
    then: [
      {
        request: get('/orders?select=id,status&order=id'),
        response: rows(
          '0-2/*',
          '{"id":1,"status":"new"}',
          '{"id":2,"status":"paid"}',
          '{"id":3,"status":"sent"}'
        ),
      },
    ],
  },
  {
    name: 'an empty object updates nothing and says so',
    role: 'service_role',
    request: patch('/orders?id=eq.1', {}),
    response: answer(204, { 'content-range': '*/*' }),
  },
  {
    name: 'an empty list updates nothing',
    role: 'service_role',
    request: patch('/orders?id=eq.1', [], { Prefer: 'return=representation' }),
    response: answer(
      200,
      { ...json, 'content-range': '*/*', 'preference-applied': 'return=representation' },
      '[]'
    ),
  },
  {
    name: 'of a list, the first object is what the rows become',
    role: 'service_role',
    request: patch('/orders?id=eq.1&select=note', [{ note: 'a' }, { note: 'b' }], {
      Prefer: 'return=representation',
    }),
    response: answer(
      200,
      { ...json, 'content-range': '0-0/*', 'preference-applied': 'return=representation' },
      list('{"note":"a"}')
    ),
  },
  {
    name: 'an empty body is refused',
    role: 'service_role',
    request: patch('/orders?id=eq.1', ''),
    response: failure(400, { code: 'PGRST102', message: 'Empty or invalid json' }),
    then: [
      {
        request: get('/orders?select=id,status&order=id'),
        response: rows(
          '0-2/*',
          '{"id":1,"status":"new"}',
          '{"id":2,"status":"paid"}',
          '{"id":3,"status":"sent"}'
        ),
      },
    ],
  },
  {
    name: 'columns= leaves other keys out',
    role: 'service_role',
    request: patch(
      '/orders?id=eq.1&columns=note&select=note,status',
      { note: 'a', status: 'sent' },
      { Prefer: 'return=representation' }
    ),
    response: answer(
      200,
      { ...json, 'content-range': '0-0/*', 'preference-applied': 'return=representation' },
      list('{"note":"a","status":"new"}')
    ),
  },
  {
    name: 'a key that is no column is refused',
    role: 'service_role',
    request: patch('/orders?id=eq.1', { nope: 1 }, { Prefer: 'return=representation' }),
    response: failure(400, {
      code: 'PGRST204',
      message: "Could not find the 'nope' column of 'orders' in the schema cache",
    }),
    response12: failure(400, {
      code: 'PGRST204',
      message: "Column 'nope' of relation 'orders' does not exist",
    }),
  },
  {
    name: 'missing=default takes the default of a column',
    role: 'service_role',
    request: patch(
      '/orders?id=eq.2&columns=status,note&select=status,note',
      { note: 'n' },
      { Prefer: 'return=representation, missing=default' }
    ),
    response: answer(
      200,
      {
        ...json,
        'content-range': '0-0/*',
        'preference-applied': 'missing=default, return=representation',
      },
      list('{"status":"new","note":"n"}')
    ),
  },
  {
    name: 'an update keeps what it does not name',
    role: 'service_role',
    request: patch(
      '/orders?id=eq.2&select=*',
      { status: 'sent' },
      { Prefer: 'return=representation' }
    ),
    response: answer(
      200,
      { ...json, 'content-range': '0-0/*', 'preference-applied': 'return=representation' },
      list(
        '{"id":2,"customer":"Bob","status":"sent","placed_at":"2024-05-02T12:00:00+00:00","note":"gift"}'
      )
    ),
  },
  {
    name: 'a filter on a computed column holds for an update',
    role: 'service_role',
    request: patch(
      '/films?label=eq.Night Train (1994)&select=id,year',
      { year: 1995 },
      { Prefer: 'return=representation' }
    ),
    response: answer(
      200,
      { ...json, 'content-range': '0-0/*', 'preference-applied': 'return=representation' },
      list('{"id":1,"year":1995}')
    ),
  },
  {
    name: 'trees hold for an update',
    role: 'service_role',
    request: patch(
      '/films?or=(id.eq.1,and(id.gt.3,year.gt.2000))&select=id,year&order=id',
      { year: 1 },
      { Prefer: 'return=representation' }
    ),
    response: answer(
      200,
      { ...json, 'content-range': '0-1/*', 'preference-applied': 'return=representation' },
      list('{"id":1,"year":1}', '{"id":4,"year":1}')
    ),
    response12: answer(
      200,
      { ...json, 'content-range': '0-0/*', 'preference-applied': 'return=representation' },
      list('{"id":1,"year":1}')
    ),
    then: [
      {
        request: get('/films?select=id&year=eq.1&order=id'),
        response: rows('0-1/*', '{"id":1}', '{"id":4}'),
      },
    ],
  },
  {
    name: 'JSON paths hold for an update',
    role: 'service_role',
    request: patch(
      '/films?facts->>awards=eq.0&select=id',
      { year: 1 },
      { Prefer: 'return=representation' }
    ),
    response: answer(
      200,
      { ...json, 'content-range': '0-0/*', 'preference-applied': 'return=representation' },
      list('{"id":2}')
    ),
  },
  {
    name: 'relations are embedded in what is returned',
    role: 'service_role',
    request: patch(
      '/films?id=eq.1&select=id,studios(name),people!castings(name)&people.order=name',
      { studio_id: 2 },
      { Prefer: 'return=representation' }
    ),
    response: answer(
      200,
      { ...json, 'content-range': '0-0/*', 'preference-applied': 'return=representation' },
      list(
        '{"id":1,"people":[{"name": "Cleo Rossi"}, {"name": "Dan Weil"}],"studios":{"name": "Kumo"}}'
      )
    ),
    response12: answer(
      200,
      { ...json, 'content-range': '0-0/*', 'preference-applied': 'return=representation' },
      list(
        '{"id":1,"studios":{"name": "Kumo"},"people":[{"name": "Cleo Rossi"}, {"name": "Dan Weil"}]}'
      )
    ),
  },
  {
    name: 'an updated key is found by its new value',
    role: 'service_role',
    request: patch('/countries?code=eq.XX', { code: 'ZZ' }, { Prefer: 'return=representation' }),
    response: answer(
      200,
      { ...json, 'content-range': '0-0/*', 'preference-applied': 'return=representation' },
      list('{"code":"ZZ","name":"Nowhere"}')
    ),
    then: [
      {
        request: get('/countries?code=in.(XX,ZZ)'),
        response: rows('0-0/*', '{"code":"ZZ","name":"Nowhere"}'),
      },
    ],
  },
]

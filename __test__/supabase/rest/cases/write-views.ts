// Writing: views and partitioned tables.
import { answer, failure, get, json, list, post, rows, type Case } from '../support/case'

export const writtenViews: Case[] = [
  {
    name: 'an insert through a view writes its table',
    role: 'service_role',
    request: post(
      '/recent_films?select=id,title',
      { id: 50, title: 'New', year: 2020 },
      { Prefer: 'return=representation' }
    ),
    response: answer(
      201,
      { ...json, 'content-range': '*/*', 'preference-applied': 'return=representation' },
      list('{"id":50,"title":"New"}')
    ),
    then: [
      {
        request: get('/films?select=id,title&id=eq.50'),
        response: rows('0-0/*', '{"id":50,"title":"New"}'),
      },
    ],
  },
  {
    name: 'the location of a row of a view holds the key of its table',
    role: 'service_role',
    request: post(
      '/recent_films',
      { id: 50, title: 'New', year: 2020 },
      { Prefer: 'return=headers-only' }
    ),
    response: answer(201, {
      location: '/recent_films?id=eq.50',
      'content-range': '*/*',
      'preference-applied': 'return=headers-only',
    }),
  },
  {
    name: 'a trigger of a view may write in place of it',
    role: 'service_role',
    request: post(
      '/ledger?select=customer,status',
      { customer: 'Zoe' },
      { Prefer: 'return=representation' }
    ),
    response: answer(
      201,
      { ...json, 'content-range': '*/*', 'preference-applied': 'return=representation' },
      list('{"customer":"Zoe","status":null}')
    ),
    then: [
      {
        request: get('/orders?select=customer,status&customer=eq.Zoe'),
        response: rows('0-0/*', '{"customer":"Zoe","status":"new"}'),
      },
    ],
  },
  {
    name: 'a partitioned table takes rows for its partitions',
    role: 'service_role',
    request: post(
      '/visits?select=id',
      [
        { id: 8, day: '2023-05-05' },
        { id: 9, day: '2024-05-05' },
      ],
      { Prefer: 'return=representation' }
    ),
    response: answer(
      201,
      { ...json, 'content-range': '*/*', 'preference-applied': 'return=representation' },
      list('{"id":8}', '{"id":9}')
    ),
    then: [
      {
        request: get('/visits?select=id&id=gt.7&order=id'),
        response: rows('0-1/*', '{"id":8}', '{"id":9}'),
      },
    ],
  },
  {
    name: 'a row that no partition takes is refused',
    role: 'service_role',
    request: post('/visits', { id: 8, day: '1999-05-05' }),
    response: failure(400, {
      code: '23514',
      message: 'no partition of relation "visits" found for row',
      details: 'Partition key of the failing row contains (day) = (1999-05-05).',
    }),
  },
  {
    name: 'a view over a private table is written where it may be',
    role: 'service_role',
    request: post('/codes', { id: 2, code: 'x' }),
    response: answer(201, { 'content-range': '*/*' }),
    then: [{ request: get('/codes?id=eq.2'), response: rows('0-0/*', '{"id":2,"code":"x"}') }],
  },
]

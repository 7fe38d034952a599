// Schemas: writes, functions, and what is seen from a schema.
import {
  answer,
  CANONICAL,
  failure,
  get,
  json,
  list,
  patch,
  post,
  put,
  remove,
  type Case,
} from '../support/case'

export const schemaWrites: Case[] = [
  {
    name: 'PATCH takes Content-Profile',
    config: 'two schemas',
    role: 'service_role',
    request: patch(
      '/films?id=eq.1',
      { note: 'n' },
      { 'Content-Profile': 'other', Prefer: 'return=representation' }
    ),
    response: answer(
      200,
      {
        ...json,
        'content-range': '0-0/*',
        'preference-applied': 'return=representation',
        'content-profile': 'other',
      },
      list('{"id":1,"title":"Elsewhere","note":"n"}')
    ),
  },
  {
    name: 'DELETE takes Content-Profile',
    config: 'two schemas',
    role: 'service_role',
    request: remove('/films?id=eq.2', {
      'Content-Profile': 'other',
      Prefer: 'return=representation',
    }),
    response: answer(
      200,
      {
        ...json,
        'content-range': '*/*',
        'preference-applied': 'return=representation',
        'content-profile': 'other',
      },
      list('{"id":2,"title":"Nowhere","note":null}')
    ),
    then: [
      {
        request: get('/films?select=id', { 'Accept-Profile': 'other' }),
        response: answer(
          200,
          {
            ...json,
            'content-range': '0-0/*',
            'content-location': CANONICAL,
            'content-profile': 'other',
          },
          list('{"id":1}')
        ),
      },
    ],
  },
  {
    name: 'PUT takes Content-Profile',
    config: 'two schemas',
    role: 'service_role',
    request: put(
      '/films?id=eq.2',
      { id: 2, title: 'Put' },
      { 'Content-Profile': 'other', Prefer: 'return=representation' }
    ),
    response: answer(
      200,
      { ...json, 'content-profile': 'other', 'preference-applied': 'return=representation' },
      list('{"id":2,"title":"Put","note":null}')
    ),
  },
  {
    name: 'a write to a schema that is not exposed is refused',
    config: 'two schemas',
    role: 'service_role',
    request: post('/codes', { id: 9 }, { 'Content-Profile': 'private' }),
    response: failure(406, {
      code: 'PGRST106',
      message: 'Invalid schema: private',
      hint: 'Only the following schemas are exposed: api, other',
    }),
    response12: failure(406, {
      code: 'PGRST106',
      message: 'The schema must be one of the following: api, other',
    }),
  },
  {
    name: 'a write that returns nothing does not tell the schema',
    config: 'two schemas',
    role: 'service_role',
    request: post('/films', { id: 9, title: 'T' }, { 'Content-Profile': 'other' }),
    response: answer(201, { 'content-range': '*/*' }),
  },
  {
    name: 'a function is called in its schema with POST',
    config: 'two schemas',
    request: post('/rpc/double', { n: 4 }, { 'Content-Profile': 'other' }),
    response: answer(200, { ...json, 'content-range': '0-0/*', 'content-profile': 'other' }, '8'),
  },
  {
    name: 'a function is called in its schema with GET',
    config: 'two schemas',
    request: get('/rpc/double?n=4', { 'Accept-Profile': 'other' }),
    response: answer(200, { ...json, 'content-range': '0-0/*', 'content-profile': 'other' }, '8'),
  },
  {
    name: 'a function of another schema is not found',
    config: 'two schemas',
    request: get('/rpc/double?n=4'),
    response: failure(404, {
      code: 'PGRST202',
      message: 'Could not find the function api.double(n) in the schema cache',
      details:
        'Searched for the function api.double with parameter n, but no matches were found in the schema cache.',
    }),
    response12: failure(404, {
      code: 'PGRST202',
      message: 'Could not find the function api.double(n) in the schema cache',
      details:
        'Searched for the function api.double with parameter n, but no matches were found in the schema cache.',
      hint: 'Perhaps you meant to call the function api.outs',
    }),
  },
  {
    name: 'a function of the first schema is not found in the second',
    config: 'two schemas',
    request: get('/rpc/add?a=1&b=2', { 'Accept-Profile': 'other' }),
    response: failure(404, {
      code: 'PGRST202',
      message: 'Could not find the function other.add(a, b) in the schema cache',
      details:
        'Searched for the function other.add with parameters a, b, but no matches were found in the schema cache.',
    }),
  },
  {
    name: 'a table of the first schema is not found in the second',
    config: 'two schemas',
    request: get('/studios', { 'Accept-Profile': 'other' }),
    response: failure(404, {
      code: 'PGRST205',
      message: "Could not find the table 'other.studios' in the schema cache",
    }),
    response12: failure(404, { code: '42P01', message: 'relation "other.studios" does not exist' }),
  },
  {
    name: 'a relation stays in its schema',
    config: 'two schemas',
    request: get('/films?select=title,ratings(stars)&id=eq.1&ratings.order=id', {
      'Accept-Profile': 'other',
    }),
    response: answer(
      200,
      {
        ...json,
        'content-range': '0-0/*',
        'content-location': CANONICAL,
        'content-profile': 'other',
      },
      list('{"title":"Elsewhere","ratings":[{"stars": 5}, {"stars": 3}]}')
    ),
  },
  {
    name: 'a relation to a table of another schema is not found',
    config: 'two schemas',
    request: get('/films?select=title,studios(name)', { 'Accept-Profile': 'other' }),
    response: failure(400, {
      code: 'PGRST200',
      message: "Could not find a relationship between 'films' and 'studios' in the schema cache",
      details:
        "Searched for a foreign key relationship between 'films' and 'studios' in the schema 'other', but no matches were found.",
    }),
  },
  {
    name: 'the search path begins with the schema of the request',
    config: 'two schemas',
    request: get('/rpc/where_am_i', { 'Accept-Profile': 'other' }),
    response: answer(
      200,
      { ...json, 'content-range': '0-0/*', 'content-profile': 'other' },
      '"\\"other\\", \\"public\\""'
    ),
  },
  {
    name: 'an error of a request for a schema',
    config: 'two schemas',
    request: get('/films?select=nope', { 'Accept-Profile': 'other' }),
    response: failure(400, {
      code: '42703',
      message: 'column films.nope does not exist',
      hint: 'Perhaps you meant to reference the column "films.note".',
    }),
  },
  {
    name: 'where there is one schema, another is refused',
    request: get('/films', { 'Accept-Profile': 'other' }),
    response: failure(406, {
      code: 'PGRST106',
      message: 'Invalid schema: other',
      hint: 'Only the following schemas are exposed: api',
    }),
    response12: failure(406, {
      code: 'PGRST106',
      message: 'The schema must be one of the following: api',
    }),
  },
  {
    name: 'where there is one schema, it may be named, and is then told',
    request: get('/films?select=id&id=eq.1', { 'Accept-Profile': 'api' }),
    response: answer(
      200,
      {
        ...json,
        'content-range': '0-0/*',
        'content-location': CANONICAL,
        'content-profile': 'api',
      },
      list('{"id":1}')
    ),
  },
  {
    name: 'OPTIONS takes Accept-Profile',
    config: 'two schemas',
    request: { method: 'OPTIONS', path: '/films', headers: { 'Accept-Profile': 'other' } },
    response: answer(200, {
      'access-control-allow-origin': '*',
      allow: 'OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE',
    }),
  },
]

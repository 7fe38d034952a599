// Errors: those of PostgREST itself, and the methods and paths that it does not know.
import {
  answer,
  failure,
  get,
  head,
  json,
  patch,
  post,
  put,
  remove,
  rows,
  type Case,
} from '../support/case'

export const codes: Case[] = [
  {
    name: 'PGRST100: a query that cannot be parsed',
    request: get('/films?select=id,'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse select parameter (id,)" (line 1, column 4)',
      details:
        'unexpected end of input expecting "...", field name (* or [a..z0..9_$]), "*" or "count()"',
    }),
  },
  {
    name: 'PGRST101: a method that calls no function',
    request: put('/rpc/greet', {}),
    response: failure(405, { code: 'PGRST101', message: 'Cannot use the PUT method on RPC' }),
  },
  {
    name: 'PGRST102: a body that is no JSON',
    role: 'service_role',
    request: post('/logs', '{"level":'),
    response: failure(400, { code: 'PGRST102', message: 'Empty or invalid json' }),
  },
  {
    name: 'PGRST103: a limit below zero',
    request: get('/films?limit=-5'),
    response: failure(416, {
      code: 'PGRST103',
      message: 'Requested range not satisfiable',
      details: 'Limit should be greater than or equal to zero.',
    }),
  },
  {
    name: 'PGRST105: a PUT without a key',
    role: 'service_role',
    request: put('/films?title=eq.x', { title: 'x' }),
    response: failure(405, {
      code: 'PGRST105',
      message: "Filters must include all and only primary key columns with 'eq' operators",
    }),
  },
  {
    name: 'PGRST108: a filter on what is not embedded',
    request: get('/films?studios.id=eq.1'),
    response: failure(400, {
      code: 'PGRST108',
      message: "'studios' is not an embedded resource in this request",
      hint: "Verify that 'studios' is included in the 'select' query parameter.",
    }),
  },
  {
    name: 'PGRST114: a PUT with a limit',
    role: 'service_role',
    request: put('/films?id=eq.1&limit=1', { id: 1, title: 'x' }),
    response: failure(400, {
      code: 'PGRST114',
      message: 'limit/offset querystring parameters are not allowed for PUT',
    }),
  },
  {
    name: 'PGRST115: a PUT of another key',
    role: 'service_role',
    request: put('/films?id=eq.1', { id: 2, title: 'x' }),
    response: failure(400, {
      code: 'PGRST115',
      message: 'Payload values do not match URL in primary key column(s)',
    }),
  },
  {
    name: 'PGRST117: a method that is none',
    request: { method: 'FOO', path: '/films' },
    response: failure(405, { code: 'PGRST117', message: 'Unsupported HTTP method: FOO' }),
  },
  {
    name: 'PGRST117: a method that HTTP has and the API has not',
    request: { method: 'PROPFIND', path: '/films' },
    response: failure(405, { code: 'PGRST117', message: 'Unsupported HTTP method: PROPFIND' }),
  },
  {
    name: 'PGRST118: an order by a relation to many',
    request: get('/studios?select=films(id)&order=films(id)'),
    response: failure(400, {
      code: 'PGRST118',
      message: "A related order on 'films' is not possible",
      details: "'studios' and 'films' do not form a many-to-one or one-to-one relationship",
    }),
  },
  {
    name: 'PGRST119 is no more: a spread to many is an array',
    request: get('/studios?select=id,...films(title)&id=eq.3'),
    response: rows('0-0/*', '{"id":3,"title":[]}'),
    response12: failure(400, {
      code: 'PGRST119',
      message: "A spread operation on 'films' is not possible",
      details: "'studios' and 'films' do not form a many-to-one or one-to-one relationship",
    }),
  },
  {
    name: 'PGRST122: a preference that is none',
    request: get('/films', { Prefer: 'handling=strict, nope' }),
    response: failure(400, {
      code: 'PGRST122',
      message: 'Invalid preferences given with handling=strict',
      details: 'Invalid preferences: nope',
    }),
  },
  {
    name: 'PGRST123: an aggregate where there are none',
    request: get('/films?select=year.sum()'),
    response: failure(400, {
      code: 'PGRST123',
      message: 'Use of aggregate functions is not allowed',
    }),
  },
  {
    name: 'PGRST125: a path of two parts',
    request: get('/films/1'),
    response: failure(404, { code: 'PGRST125', message: 'Invalid path specified in request URL' }),
    response12: answer(404, json, '{}'),
  },
  {
    name: 'PGRST125: a path of three parts',
    request: get('/rpc/greet/1'),
    response: failure(404, { code: 'PGRST125', message: 'Invalid path specified in request URL' }),
    response12: answer(404, json, '{}'),
  },
  {
    name: 'PGRST202: rpc with nothing behind it is a function without a name',
    request: get('/rpc/'),
    response: failure(404, {
      code: 'PGRST202',
      message: 'Could not find the function api. without parameters in the schema cache',
      details:
        'Searched for the function api. without parameters, but no matches were found in the schema cache.',
    }),
  },
  {
    name: 'a path named rpc is a table that is not there',
    request: get('/rpc'),
    response: failure(404, {
      code: 'PGRST205',
      message: "Could not find the table 'api.rpc' in the schema cache",
    }),
    response12: failure(404, { code: '42P01', message: 'relation "api.rpc" does not exist' }),
  },
  {
    name: 'PGRST200: a relation that is not there',
    request: get('/countries?select=posters(*)'),
    response: failure(400, {
      code: 'PGRST200',
      message:
        "Could not find a relationship between 'countries' and 'posters' in the schema cache",
      details:
        "Searched for a foreign key relationship between 'countries' and 'posters' in the schema 'api', but no matches were found.",
    }),
  },
  {
    name: 'PGRST201: more than one relation',
    request: get('/people?select=films(*)'),
    response: failure(300, {
      code: 'PGRST201',
      message:
        "Could not embed because more than one relationship was found for 'people' and 'films'",
      details: [
        {
          cardinality: 'one-to-many',
          embedding: 'people with films',
          relationship: 'films_director_fkey using people(id) and films(director_id)',
        },
        {
          cardinality: 'one-to-many',
          embedding: 'people with films',
          relationship: 'films_writer_fkey using people(id) and films(writer_id)',
        },
        {
          cardinality: 'many-to-many',
          embedding: 'people with films',
          relationship:
            'castings using castings_person_fkey(person_id) and castings_film_fkey(film_id)',
        },
        {
          cardinality: 'many-to-many',
          embedding: 'people with films',
          relationship:
            'reviews using reviews_person_fkey(person_id) and reviews_film_fkey(film_id)',
        },
      ],
      hint: "Try changing 'films' to one of the following: 'films!films_director_fkey', 'films!films_writer_fkey', 'films!castings', 'films!reviews'. Find the desired relationship in the 'details' key.",
    }),
  },
  {
    name: 'PGRST202: a function that is not there',
    request: get('/rpc/zzz'),
    response: failure(404, {
      code: 'PGRST202',
      message: 'Could not find the function api.zzz without parameters in the schema cache',
      details:
        'Searched for the function api.zzz without parameters, but no matches were found in the schema cache.',
    }),
  },
  {
    name: 'PGRST203: more than one function',
    request: get('/rpc/twin?a=1'),
    response: failure(300, {
      code: 'PGRST203',
      message:
        'Could not choose the best candidate function between: api.twin(a => integer), api.twin(a => text)',
      hint: 'Try renaming the parameters or the function itself in the database so function overloading can be resolved',
    }),
  },
  {
    name: 'PGRST204: a column that is not there',
    role: 'service_role',
    request: post('/logs', { nope: 1 }),
    response: failure(400, {
      code: 'PGRST204',
      message: "Could not find the 'nope' column of 'logs' in the schema cache",
    }),
    response12: failure(400, {
      code: 'PGRST204',
      message: "Column 'nope' of relation 'logs' does not exist",
    }),
  },
  {
    name: 'PGRST205: a table that is not there',
    request: get('/zzz'),
    response: failure(404, {
      code: 'PGRST205',
      message: "Could not find the table 'api.zzz' in the schema cache",
    }),
    response12: failure(404, { code: '42P01', message: 'relation "api.zzz" does not exist' }),
  },
  {
    name: 'PGRST205: a table that is nearly there',
    request: get('/film'),
    response: failure(404, {
      code: 'PGRST205',
      message: "Could not find the table 'api.film' in the schema cache",
      hint: "Perhaps you meant the table 'api.films'",
    }),
    response12: failure(404, { code: '42P01', message: 'relation "api.film" does not exist' }),
  },
  {
    name: 'PGRST205: a table in another case',
    request: get('/FILMS'),
    response: failure(404, {
      code: 'PGRST205',
      message: "Could not find the table 'api.FILMS' in the schema cache",
      hint: "Perhaps you meant the table 'api.films'",
    }),
    response12: failure(404, { code: '42P01', message: 'relation "api.FILMS" does not exist' }),
  },
  {
    name: 'PGRST205: a table of a schema that is not exposed',
    request: get('/hidden'),
    response: failure(404, {
      code: 'PGRST205',
      message: "Could not find the table 'api.hidden' in the schema cache",
    }),
    response12: failure(404, { code: '42P01', message: 'relation "api.hidden" does not exist' }),
  },
  {
    name: 'PGRST205: a write to a table that is not there',
    request: post('/zzz', { a: 1 }),
    response: failure(404, {
      code: 'PGRST205',
      message: "Could not find the table 'api.zzz' in the schema cache",
    }),
    response12: answer(404, json, '{}'),
  },
  {
    name: 'PGRST205: an update of a table that is not there',
    request: patch('/zzz?id=eq.1', { a: 1 }),
    response: failure(404, {
      code: 'PGRST205',
      message: "Could not find the table 'api.zzz' in the schema cache",
    }),
    response12: answer(404, json, '{}'),
  },
  {
    name: 'PGRST205: a delete from a table that is not there',
    request: remove('/zzz?id=eq.1'),
    response: failure(404, {
      code: 'PGRST205',
      message: "Could not find the table 'api.zzz' in the schema cache",
    }),
    response12: failure(404, { code: '42P01', message: 'relation "api.zzz" does not exist' }),
  },
  {
    name: 'PGRST205: a PUT to a table that is not there',
    request: put('/zzz?id=eq.1', { id: 1 }),
    response: failure(404, {
      code: 'PGRST205',
      message: "Could not find the table 'api.zzz' in the schema cache",
    }),
    response12: failure(405, {
      code: 'PGRST105',
      message: "Filters must include all and only primary key columns with 'eq' operators",
    }),
  },
  {
    name: 'PGRST205 of a HEAD',
    request: head('/zzz'),
    response: answer(404, { ...json, 'proxy-status': 'PostgREST; error=PGRST205' }),
  },
  {
    name: 'a name of the catalog is a table that is not there',
    request: get('/pg_class'),
    response: failure(404, {
      code: 'PGRST205',
      message: "Could not find the table 'api.pg_class' in the schema cache",
    }),
    response12: failure(404, { code: '42P01', message: 'relation "api.pg_class" does not exist' }),
  },
  {
    name: 'a name with a schema is a table that is not there',
    request: get('/private.codes'),
    response: failure(404, {
      code: 'PGRST205',
      message: "Could not find the table 'api.private.codes' in the schema cache",
    }),
    response12: failure(404, {
      code: '42P01',
      message: 'relation "api.private.codes" does not exist',
    }),
  },
]

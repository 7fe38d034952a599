// Reading: which part of the rows comes, and how many there are.
import {
  answer,
  CANONICAL,
  failure,
  get,
  head,
  json,
  list,
  patch,
  result,
  rows,
  type Case,
} from '../support/case'

export const paging: Case[] = [
  {
    name: 'limit keeps the first rows',
    request: get('/films?select=id&order=id&limit=2'),
    response: rows('0-1/*', '{"id":1}', '{"id":2}'),
  },
  {
    name: 'offset leaves rows out',
    request: get('/films?select=id&order=id&offset=3'),
    response: rows('3-4/*', '{"id":4}', '{"id":5}'),
  },
  {
    name: 'limit and offset together are a window',
    request: get('/films?select=id&order=id&limit=2&offset=1'),
    response: rows('1-2/*', '{"id":2}', '{"id":3}'),
  },
  {
    name: 'limit=0 gives no rows',
    request: get('/films?select=id&limit=0'),
    response: rows('*/*'),
  },
  {
    name: 'a negative limit is out of range',
    request: get('/films?limit=-1'),
    response: failure(416, {
      code: 'PGRST103',
      message: 'Requested range not satisfiable',
      details: 'Limit should be greater than or equal to zero.',
    }),
  },
  {
    name: 'a negative offset is taken as none',
    request: get('/films?select=id&order=id&offset=-2'),
    response: rows('0-4/*', '{"id":1}', '{"id":2}', '{"id":3}', '{"id":4}', '{"id":5}'),
  },
  {
    name: 'a limit that is no number is ignored',
    request: get('/films?select=id&order=id&limit=x'),
    response: rows('0-4/*', '{"id":1}', '{"id":2}', '{"id":3}', '{"id":4}', '{"id":5}'),
  },
  {
    name: 'an offset past the end gives no rows',
    request: get('/films?select=id&offset=10'),
    response: rows('*/*'),
  },
  {
    name: 'the Range header is a window',
    request: get('/films?select=id&order=id', { Range: '1-2' }),
    response: rows('1-2/*', '{"id":2}', '{"id":3}'),
  },
  {
    name: 'a Range without an end reaches to the last row',
    request: get('/films?select=id&order=id', { Range: '3-' }),
    response: rows('3-4/*', '{"id":4}', '{"id":5}'),
  },
  {
    name: 'a Range-Unit may be given',
    request: get('/films?select=id&order=id', { 'Range-Unit': 'items', Range: '0-1' }),
    response: rows('0-1/*', '{"id":1}', '{"id":2}'),
  },
  {
    name: 'a Range past the end gives no rows',
    request: get('/films?select=id&order=id', { Range: '10-20' }),
    response: rows('*/*'),
  },
  {
    name: 'a Range whose end is before its start is refused',
    request: get('/films?select=id', { Range: '3-1' }),
    response: failure(416, {
      code: 'PGRST103',
      message: 'Requested range not satisfiable',
      details:
        'The lower boundary must be lower than or equal to the upper boundary in the Range header.',
    }),
  },
  {
    name: 'a Range that cannot be read is ignored',
    request: get('/films?select=id&order=id', { Range: 'a-b' }),
    response: rows('0-4/*', '{"id":1}', '{"id":2}', '{"id":3}', '{"id":4}', '{"id":5}'),
  },
  {
    name: 'a Range and a limit meet',
    request: get('/films?select=id&order=id&limit=3', { Range: '1-10' }),
    response: rows('1-2/*', '{"id":2}', '{"id":3}'),
  },
  {
    name: 'count=exact tells the number of all rows',
    request: get('/films?select=id&order=id&limit=2', { Prefer: 'count=exact' }),
    response: answer(
      206,
      {
        ...json,
        'content-range': '0-1/5',
        'content-location': CANONICAL,
        'preference-applied': 'count=exact',
      },
      list('{"id":1}', '{"id":2}')
    ),
  },
  {
    name: 'count=exact of all rows is a whole answer',
    request: get('/films?select=id&order=id', { Prefer: 'count=exact' }),
    response: answer(
      200,
      {
        ...json,
        'content-range': '0-4/5',
        'content-location': CANONICAL,
        'preference-applied': 'count=exact',
      },
      list('{"id":1}', '{"id":2}', '{"id":3}', '{"id":4}', '{"id":5}')
    ),
  },
  {
    name: 'count=exact counts what the filters keep',
    request: get('/films?select=id&year=gt.2000&order=id&limit=1', { Prefer: 'count=exact' }),
    response: answer(
      206,
      {
        ...json,
        'content-range': '0-0/3',
        'content-location': CANONICAL,
        'preference-applied': 'count=exact',
      },
      list('{"id":2}')
    ),
  },
  {
    name: 'count=exact of no rows has no range',
    request: get('/films?select=id&id=eq.99', { Prefer: 'count=exact' }),
    response: answer(
      200,
      {
        ...json,
        'content-range': '*/0',
        'content-location': CANONICAL,
        'preference-applied': 'count=exact',
      },
      '[]'
    ),
  },
  {
    name: 'an offset past the end is refused when the rows are counted',
    request: get('/films?select=id&offset=10', { Prefer: 'count=exact' }),
    response: answer(
      416,
      {
        ...json,
        'content-range': '*/5',
        'content-location': CANONICAL,
        'preference-applied': 'count=exact',
      },
      '{"code":"PGRST103","details":"An offset of 10 was requested, but there are only 5 rows.","hint":null,"message":"Requested range not satisfiable"}'
    ),
  },
  {
    name: 'an offset of exactly all rows is an empty part of them',
    request: get('/films?select=id&offset=5', { Prefer: 'count=exact' }),
    response: answer(
      206,
      {
        ...json,
        'content-range': '*/5',
        'content-location': CANONICAL,
        'preference-applied': 'count=exact',
      },
      '[]'
    ),
  },
  {
    name: 'a Range past the end is refused when the rows are counted',
    request: get('/films?select=id', { Prefer: 'count=exact', Range: '7-9' }),
    response: answer(
      416,
      {
        ...json,
        'content-range': '*/5',
        'content-location': CANONICAL,
        'preference-applied': 'count=exact',
      },
      '{"code":"PGRST103","details":"An offset of 7 was requested, but there are only 5 rows.","hint":null,"message":"Requested range not satisfiable"}'
    ),
  },
  {
    name: 'an offset of zero of no rows is an answer',
    request: get('/films?select=id&id=eq.99&offset=0', { Prefer: 'count=exact' }),
    response: answer(
      200,
      {
        ...json,
        'content-range': '*/0',
        'content-location': CANONICAL,
        'preference-applied': 'count=exact',
      },
      '[]'
    ),
  },
  {
    name: 'limit=0 counts the rows and gives none',
    request: get('/films?select=id&limit=0', { Prefer: 'count=exact' }),
    response: answer(
      206,
      {
        ...json,
        'content-range': '*/5',
        'content-location': CANONICAL,
        'preference-applied': 'count=exact',
      },
      '[]'
    ),
  },
  {
    name: 'a window at the end of counted rows is a part',
    request: get('/films?select=id&order=id&offset=3', { Prefer: 'count=exact' }),
    response: answer(
      206,
      {
        ...json,
        'content-range': '3-4/5',
        'content-location': CANONICAL,
        'preference-applied': 'count=exact',
      },
      list('{"id":4}', '{"id":5}')
    ),
  },
  {
    name: 'count=planned takes the word of the planner',
    request: get('/tiny_numbers?select=n&n=eq.3', { Prefer: 'count=planned' }),
    response: answer(
      200,
      {
        ...json,
        'content-range': '0-0/1',
        'content-location': CANONICAL,
        'preference-applied': 'count=planned',
      },
      list('{"n":3}')
    ),
  },
  {
    name: 'count=estimated takes the word of the planner when no limit of rows is set',
    request: get('/tiny_numbers?select=n&order=n&limit=3', { Prefer: 'count=estimated' }),
    response: answer(
      206,
      {
        ...json,
        'content-range': '0-2/12',
        'content-location': CANONICAL,
        'preference-applied': 'count=estimated',
      },
      list('{"n":1}', '{"n":2}', '{"n":3}')
    ),
  },
  {
    name: 'a count that does not exist is ignored',
    request: get('/films?select=id&order=id&limit=1', { Prefer: 'count=some' }),
    response: rows('0-0/*', '{"id":1}'),
  },
  {
    name: 'HEAD has the headers of GET, and no body',
    request: head('/films?select=id&order=id&limit=2'),
    response: answer(200, { ...json, 'content-range': '0-1/*', 'content-location': CANONICAL }),
  },
  {
    name: 'HEAD counts',
    request: head('/films?limit=2', { Prefer: 'count=exact' }),
    response: answer(206, {
      ...json,
      'content-range': '0-1/5',
      'content-location': CANONICAL,
      'preference-applied': 'count=exact',
    }),
  },
  {
    name: 'HEAD of no rows',
    request: head('/films?id=eq.99'),
    response: answer(200, { ...json, 'content-range': '*/*', 'content-location': CANONICAL }),
  },
  {
    name: 'HEAD of an error has no body',
    request: head('/films?select=nope'),
    response: answer(400, { ...json, 'proxy-status': 'PostgREST; error=42703' }),
  },
  {
    name: 'HEAD past the end is refused when the rows are counted',
    request: head('/films?offset=10', { Prefer: 'count=exact' }),
    response: answer(416, {
      ...json,
      'content-range': '*/5',
      'content-location': CANONICAL,
      'preference-applied': 'count=exact',
    }),
  },
  {
    name: 'max rows limits an answer',
    config: 'max rows',
    request: get('/tiny_numbers?order=n'),
    response: rows('0-1/*', '{"n":1}', '{"n":2}'),
  },
  {
    name: 'max rows limits a greater limit',
    config: 'max rows',
    request: get('/tiny_numbers?order=n&limit=5'),
    response: rows('0-1/*', '{"n":1}', '{"n":2}'),
  },
  {
    name: 'max rows leaves a smaller limit',
    config: 'max rows',
    request: get('/tiny_numbers?order=n&limit=1'),
    response: rows('0-0/*', '{"n":1}'),
  },
  {
    name: 'max rows and count=exact tell how many there are',
    config: 'max rows',
    request: get('/tiny_numbers?order=n', { Prefer: 'count=exact' }),
    response: answer(
      206,
      {
        ...json,
        'content-range': '0-1/12',
        'content-location': CANONICAL,
        'preference-applied': 'count=exact',
      },
      list('{"n":1}', '{"n":2}')
    ),
  },
  {
    name: 'count=estimated takes the word of the planner above max rows',
    config: 'max rows',
    request: get('/tiny_numbers?order=n&n=lte.12', { Prefer: 'count=estimated' }),
    response: answer(
      206,
      {
        ...json,
        'content-range': '0-1/12',
        'content-location': CANONICAL,
        'preference-applied': 'count=estimated',
      },
      list('{"n":1}', '{"n":2}')
    ),
  },
  {
    name: 'count=estimated counts up to max rows',
    config: 'max rows',
    request: get('/tiny_numbers?order=n&n=eq.1', { Prefer: 'count=estimated' }),
    response: answer(
      200,
      {
        ...json,
        'content-range': '0-0/1',
        'content-location': CANONICAL,
        'preference-applied': 'count=estimated',
      },
      list('{"n":1}')
    ),
  },
  {
    name: 'max rows limits an embedded resource',
    config: 'max rows',
    request: get('/studios?select=id,films(id)&id=eq.1&films.order=id'),
    response: rows('0-0/*', '{"id":1,"films":[{"id": 1}, {"id": 5}]}'),
  },
  {
    name: 'max rows limits the rows of a function',
    config: 'max rows',
    request: get('/rpc/numbers?upto=5'),
    response: result('[1, 2]', '0-1/*'),
  },
  {
    name: 'max rows does not limit what a write returns',
    config: 'max rows',
    role: 'service_role',
    request: patch(
      '/products?select=sku&order=sku',
      { stock: 1 },
      { Prefer: 'return=representation' }
    ),
    response: answer(
      200,
      { ...json, 'content-range': '0-2/*', 'preference-applied': 'return=representation' },
      list('{"sku":"mug"}', '{"sku":"pen"}', '{"sku":"bag"}')
    ),
  },
]

// Representations: handlers of media types, which are functions and aggregates of the database.
import { answer, CANONICAL, failure, get, head, post, result, type Case } from '../support/case'

export const handlers: Case[] = [
  {
    name: 'an aggregate over a table makes its media type',
    request: get('/films?order=id', { Accept: 'application/vnd.films.list' }),
    response: answer(
      200,
      {
        'content-range': '0-4/*',
        'content-location': CANONICAL,
        'content-type': 'application/vnd.films.list',
      },
      'Night Train;Cloud Atelier;Paper Moonlight;Night Train;Salt, Sea & "Sun";'
    ),
  },
  {
    name: 'the aggregate sees what the filters keep',
    request: get('/films?id=lt.3&order=id', { Accept: 'application/vnd.films.list' }),
    response: answer(
      200,
      {
        'content-range': '0-1/*',
        'content-location': CANONICAL,
        'content-type': 'application/vnd.films.list',
      },
      'Night Train;Cloud Atelier;'
    ),
  },
  {
    name: 'the aggregate of one table makes nothing of another',
    request: get('/studios', { Accept: 'application/vnd.films.list' }),
    response: failure(406, {
      code: 'PGRST107',
      message: 'None of these media types are available: application/vnd.films.list',
    }),
    response12: failure(415, {
      code: 'PGRST107',
      message: 'None of these media types are available: application/vnd.films.list',
    }),
  },
  {
    name: 'the aggregate makes nothing of a view',
    request: get('/recent_films', { Accept: 'application/vnd.films.list' }),
    response: failure(406, {
      code: 'PGRST107',
      message: 'None of these media types are available: application/vnd.films.list',
    }),
    response12: failure(415, {
      code: 'PGRST107',
      message: 'None of these media types are available: application/vnd.films.list',
    }),
  },
  {
    name: 'the aggregate works on a function that returns rows of the table',
    request: get('/rpc/films_of?studio=1', { Accept: 'application/vnd.films.list' }),
    response: answer(
      200,
      { 'content-range': '0-1/*', 'content-type': 'application/vnd.films.list' },
      'Night Train;Salt, Sea & "Sun";'
    ),
  },
  {
    name: 'an aggregate over any row makes its media type of a table',
    request: get('/studios?order=id', { Accept: 'text/vnd.lines' }),
    response: answer(
      200,
      { 'content-range': '0-2/*', 'content-location': CANONICAL, 'content-type': 'text/vnd.lines' },
      '(1,Lumen,FR)\n(2,Kumo,JP)\n(3,Stella,)\n'
    ),
  },
  {
    name: 'an aggregate over any row works on a view',
    request: get('/recent_films?order=id&select=id,title', { Accept: 'text/vnd.lines' }),
    response: answer(
      200,
      { 'content-type': 'text/vnd.lines', 'content-range': '0-2/*', 'content-location': CANONICAL },
      '(2,"Cloud Atelier")\n(3,"Paper Moonlight")\n(4,"Night Train")\n'
    ),
    response12: failure(400, {
      code: '42846',
      message: 'cannot cast type record to recent_films',
      details: 'Input has too few columns.',
    }),
  },
  {
    name: 'an aggregate over a table needs all of its columns',
    request: get('/films?select=id', { Accept: 'application/vnd.films.list' }),
    response: failure(406, {
      code: 'PGRST107',
      message: 'None of these media types are available: application/vnd.films.list',
    }),
    response12: failure(400, {
      code: '42846',
      message: 'cannot cast type record to films',
      details: 'Input has too few columns.',
    }),
  },
  {
    name: 'an aggregate over any row works on a function',
    request: get('/rpc/pairs', { Accept: 'text/vnd.lines' }),
    response: answer(
      200,
      { 'content-range': '0-1/*', 'content-type': 'text/vnd.lines' },
      '(1,a)\n(2,b)\n'
    ),
  },
  {
    name: 'an aggregate works on what was written',
    role: 'service_role',
    request: post('/countries', [{ code: 'DE', name: 'Germany' }], {
      Accept: 'text/vnd.lines',
      Prefer: 'return=representation',
    }),
    response: answer(
      201,
      {
        'content-range': '*/*',
        'preference-applied': 'return=representation',
        'content-type': 'text/vnd.lines',
      },
      '(DE,Germany)\n'
    ),
  },
  {
    name: 'an aggregate can be counted',
    request: get('/studios?order=id&limit=1', { Accept: 'text/vnd.lines', Prefer: 'count=exact' }),
    response: answer(
      206,
      {
        'content-range': '0-0/3',
        'content-location': CANONICAL,
        'content-type': 'text/vnd.lines',
        'preference-applied': 'count=exact',
      },
      '(1,Lumen,FR)\n'
    ),
  },
  {
    name: 'a function that returns a media type is that type',
    request: get('/rpc/page', { Accept: 'text/html' }),
    response: answer(
      200,
      { 'content-range': '0-0/*', 'content-type': 'text/html' },
      '<h1>films</h1>'
    ),
  },
  {
    name: 'a function that returns a media type is so for a browser',
    request: get('/rpc/page', { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }),
    response: answer(
      200,
      { 'content-range': '0-0/*', 'content-type': 'text/html' },
      '<h1>films</h1>'
    ),
  },
  {
    name: 'a function that returns a media type is JSON for those who take anything',
    request: get('/rpc/page', { Accept: '*/*' }),
    response: result('"<h1>films</h1>"'),
  },
  {
    name: 'a function that returns a media type is JSON for those who want it',
    request: get('/rpc/page', { Accept: 'application/json' }),
    response: result('"<h1>films</h1>"'),
  },
  {
    name: 'plain text',
    request: get('/rpc/plain_note', { Accept: 'text/plain' }),
    response: answer(
      200,
      { 'content-range': '0-0/*', 'content-type': 'text/plain; charset=utf-8' },
      'only text'
    ),
  },
  {
    name: 'bytes come as they are',
    request: get('/rpc/pixel', { Accept: 'image/png' }),
    response: answer(
      200,
      { 'content-range': '0-0/*', 'content-type': 'image/png' },
      Buffer.from('89504e470d0a1a0a', 'hex')
    ),
  },
  {
    name: 'a range of media types finds no handler',
    request: get('/rpc/pixel', { Accept: 'image/*' }),
    response: failure(406, {
      code: 'PGRST107',
      message: 'None of these media types are available: image/*',
    }),
    response12: failure(415, {
      code: 'PGRST107',
      message: 'None of these media types are available: image/*',
    }),
  },
  {
    name: 'HEAD of a function with a media type',
    request: head('/rpc/page', { Accept: 'text/html' }),
    response: answer(200, { 'content-range': '0-0/*', 'content-type': 'text/html' }),
  },
  {
    name: 'POST of a function with a media type',
    request: post('/rpc/page', {}, { Accept: 'text/html' }),
    response: answer(
      200,
      { 'content-range': '0-0/*', 'content-type': 'text/html' },
      '<h1>films</h1>'
    ),
  },
  {
    name: 'a handler of any type takes every Accept',
    request: get('/rpc/anything', { Accept: 'text/whatever' }),
    response: answer(
      200,
      { 'content-range': '0-0/*', 'content-type': 'application/octet-stream' },
      'accepted text/whatever'
    ),
  },
  {
    name: 'a handler of any type may set its own type',
    request: get('/rpc/anything', { Accept: 'image/gif' }),
    response: answer(200, { 'content-range': '0-0/*', 'content-type': 'image/gif' }, 'GIF89a'),
  },
  {
    name: 'a handler of any type is octets without it',
    request: get('/rpc/anything', { Accept: '*/*' }),
    response: answer(
      200,
      { 'content-range': '0-0/*', 'content-type': 'application/octet-stream' },
      'accepted */*'
    ),
  },
  {
    name: 'octet-stream is no type of a scalar',
    request: get('/rpc/greet', { Accept: 'application/octet-stream' }),
    response: failure(406, {
      code: 'PGRST107',
      message: 'None of these media types are available: application/octet-stream',
    }),
    response12: failure(415, {
      code: 'PGRST107',
      message: 'None of these media types are available: application/octet-stream',
    }),
  },
  {
    name: 'plain text is no type of a scalar without a handler',
    request: get('/rpc/greet', { Accept: 'text/plain' }),
    response: failure(406, {
      code: 'PGRST107',
      message: 'None of these media types are available: text/plain',
    }),
    response12: failure(415, {
      code: 'PGRST107',
      message: 'None of these media types are available: text/plain',
    }),
  },
]

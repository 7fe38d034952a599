// Representations: JSON without nulls, CSV, and which of several media types is taken.
import { answer, CANONICAL, failure, get, list, post, rows, type Case } from '../support/case'

export const mediaForms: Case[] = [
  {
    name: 'an object without nulls leaves them out',
    request: get('/films?select=id,rating,studio_id&id=eq.3', {
      Accept: 'application/vnd.pgrst.object+json;nulls=stripped',
    }),
    response: answer(
      200,
      {
        'content-range': '0-0/*',
        'content-location': CANONICAL,
        'content-type': 'application/vnd.pgrst.object+json;nulls=stripped; charset=utf-8',
      },
      '{"id":3,"studio_id":2}'
    ),
  },
  {
    name: 'an array without nulls leaves them out',
    request: get('/films?select=id,rating&order=id&limit=3', {
      Accept: 'application/vnd.pgrst.array+json;nulls=stripped',
    }),
    response: answer(
      200,
      {
        'content-range': '0-2/*',
        'content-location': CANONICAL,
        'content-type': 'application/vnd.pgrst.array+json;nulls=stripped; charset=utf-8',
      },
      list('{"id":1,"rating":7.5},{"id":2,"rating":8.1},{"id":3}')
    ),
  },
  {
    name: 'nulls are left out of relations too',
    request: get('/films?select=id,studios(name,country)&order=id&limit=1&id=eq.4', {
      Accept: 'application/vnd.pgrst.array+json;nulls=stripped',
    }),
    response: answer(
      200,
      {
        'content-range': '0-0/*',
        'content-location': CANONICAL,
        'content-type': 'application/vnd.pgrst.array+json;nulls=stripped; charset=utf-8',
      },
      list('{"id":4}')
    ),
  },
  {
    name: 'an array with nulls is JSON',
    request: get('/films?select=id,rating&id=eq.3', { Accept: 'application/vnd.pgrst.array+json' }),
    response: rows('0-0/*', '{"id":3,"rating":null}'),
  },
  {
    name: 'what was inserted comes without nulls',
    role: 'service_role',
    request: post(
      '/orders?select=customer,note',
      { customer: 'Zed' },
      { Accept: 'application/vnd.pgrst.array+json;nulls=stripped', Prefer: 'return=representation' }
    ),
    response: answer(
      201,
      {
        'content-range': '*/*',
        'preference-applied': 'return=representation',
        'content-type': 'application/vnd.pgrst.array+json;nulls=stripped; charset=utf-8',
      },
      list('{"customer":"Zed"}')
    ),
  },
  {
    name: 'a function result comes without nulls',
    request: get('/rpc/film?film_id=3&select=id,rating', {
      Accept: 'application/vnd.pgrst.object+json;nulls=stripped',
    }),
    response: answer(
      200,
      {
        'content-range': '0-0/*',
        'content-type': 'application/vnd.pgrst.object+json;nulls=stripped; charset=utf-8',
      },
      '{"id":3}'
    ),
  },
  {
    name: 'CSV has a header and a line for each row',
    request: get('/studios?order=id', { Accept: 'text/csv' }),
    response: answer(
      200,
      {
        'content-range': '0-2/*',
        'content-location': CANONICAL,
        'content-type': 'text/csv; charset=utf-8',
      },
      'id,name,country\n1,Lumen,FR\n2,Kumo,JP\n3,Stella,'
    ),
  },
  {
    name: 'CSV quotes what needs it',
    request: get('/films?select=id,title,tags&order=id&id=gt.3', { Accept: 'text/csv' }),
    response: answer(
      200,
      {
        'content-range': '0-1/*',
        'content-location': CANONICAL,
        'content-type': 'text/csv; charset=utf-8',
      },
      'id,title,tags\n4,"Night Train","{train,remake}"\n5,"Salt, Sea & ""Sun""",{sea}'
    ),
  },
  {
    name: 'CSV of no rows is empty',
    request: get('/studios?id=eq.99', { Accept: 'text/csv' }),
    response: answer(
      200,
      {
        'content-range': '*/*',
        'content-location': CANONICAL,
        'content-type': 'text/csv; charset=utf-8',
      },
      '\n'
    ),
  },
  {
    name: 'CSV of a function result',
    request: get('/rpc/people_named?pattern=%25&limit=2', { Accept: 'text/csv' }),
    response: answer(
      200,
      { 'content-range': '0-1/*', 'content-type': 'text/csv; charset=utf-8' },
      'id,name\n1,"Ada Lune"\n2,"Ben Ito"'
    ),
  },
  {
    name: 'CSV of what was inserted',
    role: 'service_role',
    request: post('/countries', [{ code: 'DE', name: 'Germany' }], {
      Accept: 'text/csv',
      Prefer: 'return=representation',
    }),
    response: answer(
      201,
      {
        'content-range': '*/*',
        'preference-applied': 'return=representation',
        'content-type': 'text/csv; charset=utf-8',
      },
      'code,name\nDE,Germany'
    ),
  },
  {
    name: 'CSV of a relation holds it as JSON',
    request: get('/films?select=id,studios(name)&id=eq.1', { Accept: 'text/csv' }),
    response: answer(
      200,
      {
        'content-range': '0-0/*',
        'content-location': CANONICAL,
        'content-type': 'text/csv; charset=utf-8',
      },
      'id,studios\n1,"{""name"": ""Lumen""}"'
    ),
  },
  {
    name: 'a media type that no one makes is refused',
    request: get('/films', { Accept: 'text/unknown' }),
    response: failure(406, {
      code: 'PGRST107',
      message: 'None of these media types are available: text/unknown',
    }),
    response12: failure(415, {
      code: 'PGRST107',
      message: 'None of these media types are available: text/unknown',
    }),
  },
  {
    name: 'geo+json needs an extension that is not there',
    request: get('/films', { Accept: 'application/geo+json' }),
    response: failure(404, {
      code: '42883',
      message: 'function st_asgeojson(record) does not exist',
      hint: 'No function matches the given name and argument types. You might need to add explicit type casts.',
    }),
  },
  {
    name: 'the first of several that can be made is taken',
    request: get('/studios?select=id&id=eq.1', {
      Accept: 'text/unknown, text/csv, application/json',
    }),
    response: answer(
      200,
      {
        'content-range': '0-0/*',
        'content-location': CANONICAL,
        'content-type': 'text/csv; charset=utf-8',
      },
      'id\n1'
    ),
  },
  {
    name: 'a weight puts one before the other',
    request: get('/studios?select=id&id=eq.1', {
      Accept: 'text/csv;q=0.5, application/json;q=0.9',
    }),
    response: rows('0-0/*', '{"id":1}'),
  },
  {
    name: 'of equal weights the first is taken',
    request: get('/studios?select=id&id=eq.1', { Accept: 'application/json, text/csv' }),
    response: rows('0-0/*', '{"id":1}'),
  },
  {
    name: 'browsers get JSON',
    request: get('/studios?select=id&id=eq.1', {
      Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8',
    }),
    response: rows('0-0/*', '{"id":1}'),
  },
  {
    name: 'text that is no media type is refused',
    request: get('/films', { Accept: 'nonsense' }),
    response: failure(406, {
      code: 'PGRST107',
      message: 'None of these media types are available: nonsense',
    }),
    response12: failure(415, {
      code: 'PGRST107',
      message: 'None of these media types are available: nonsense',
    }),
  },
  {
    name: 'an empty Accept names no media type',
    request: get('/films?select=id&id=eq.1', { Accept: '' }),
    response: failure(406, {
      code: 'PGRST107',
      message: 'None of these media types are available: ',
    }),
    response12: failure(415, {
      code: 'PGRST107',
      message: 'None of these media types are available: ',
    }),
  },
  {
    name: 'a write whose answer cannot be made is refused before it is done',
    role: 'service_role',
    request: post(
      '/logs',
      { level: 'x' },
      { Accept: 'text/unknown', Prefer: 'return=representation' }
    ),
    response: failure(406, {
      code: 'PGRST107',
      message: 'None of these media types are available: text/unknown',
    }),
    response12: failure(415, {
      code: 'PGRST107',
      message: 'None of these media types are available: text/unknown',
    }),
    then: [{ request: get('/logs?level=eq.x'), response: rows('*/*') }],
  },
]

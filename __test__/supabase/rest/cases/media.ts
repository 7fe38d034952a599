// Representations: JSON, and one object in place of a list.
import {
  answer,
  CANONICAL,
  failure,
  get,
  head,
  patch,
  post,
  rows,
  type Case,
} from '../support/case'

export const singular: Case[] = [
  {
    name: '*/* is JSON',
    request: get('/films?select=id&id=eq.1', { Accept: '*/*' }),
    response: rows('0-0/*', '{"id":1}'),
  },
  {
    name: 'application/json is JSON',
    request: get('/films?select=id&id=eq.1', { Accept: 'application/json' }),
    response: rows('0-0/*', '{"id":1}'),
  },
  {
    name: 'a range of media types is none of them',
    request: get('/films?select=id&id=eq.1', { Accept: 'application/*' }),
    response: failure(406, {
      code: 'PGRST107',
      message: 'None of these media types are available: application/*',
    }),
    response12: failure(415, {
      code: 'PGRST107',
      message: 'None of these media types are available: application/*',
    }),
  },
  {
    name: 'a media type minds no case',
    request: get('/films?select=id&id=eq.1', { Accept: 'APPLICATION/JSON' }),
    response: rows('0-0/*', '{"id":1}'),
    response12: failure(415, {
      code: 'PGRST107',
      message: 'None of these media types are available: APPLICATION/JSON',
    }),
  },
  {
    name: 'a parameter of application/json changes nothing',
    request: get('/films?select=id&id=eq.1', { Accept: 'application/json; charset=utf-8' }),
    response: rows('0-0/*', '{"id":1}'),
  },
  {
    name: 'an object is one row, without its list',
    request: get('/films?select=id,title&id=eq.1', { Accept: 'application/vnd.pgrst.object+json' }),
    response: answer(
      200,
      {
        'content-range': '0-0/*',
        'content-location': CANONICAL,
        'content-type': 'application/vnd.pgrst.object+json; charset=utf-8',
      },
      '{"id":1,"title":"Night Train"}'
    ),
  },
  {
    name: 'an object of no row is refused',
    request: get('/films?id=eq.99', { Accept: 'application/vnd.pgrst.object+json' }),
    response: failure(406, {
      code: 'PGRST116',
      message: 'Cannot coerce the result to a single JSON object',
      details: 'The result contains 0 rows',
    }),
    response12: answer(
      406,
      {
        'content-type':
          'application/json; charset=utf-8\napplication/vnd.pgrst.object+json; charset=utf-8',
        'proxy-status': 'PostgREST; error=PGRST116',
      },
      '{"code":"PGRST116","details":"The result contains 0 rows","hint":null,"message":"JSON object requested, multiple (or no) rows returned"}'
    ),
  },
  {
    name: 'an object of several rows is refused',
    request: get('/films?select=id', { Accept: 'application/vnd.pgrst.object+json' }),
    response: failure(406, {
      code: 'PGRST116',
      message: 'Cannot coerce the result to a single JSON object',
      details: 'The result contains 5 rows',
    }),
    response12: answer(
      406,
      {
        'content-type':
          'application/json; charset=utf-8\napplication/vnd.pgrst.object+json; charset=utf-8',
        'proxy-status': 'PostgREST; error=PGRST116',
      },
      '{"code":"PGRST116","details":"The result contains 5 rows","hint":null,"message":"JSON object requested, multiple (or no) rows returned"}'
    ),
  },
  {
    name: 'an object may be one of several by a limit',
    request: get('/films?select=id&order=id&limit=1', {
      Accept: 'application/vnd.pgrst.object+json',
    }),
    response: answer(
      200,
      {
        'content-range': '0-0/*',
        'content-location': CANONICAL,
        'content-type': 'application/vnd.pgrst.object+json; charset=utf-8',
      },
      '{"id":1}'
    ),
  },
  {
    name: 'an object can be counted',
    request: get('/films?select=id&id=eq.1', {
      Accept: 'application/vnd.pgrst.object+json',
      Prefer: 'count=exact',
    }),
    response: answer(
      200,
      {
        'content-range': '0-0/1',
        'content-location': CANONICAL,
        'content-type': 'application/vnd.pgrst.object+json; charset=utf-8',
        'preference-applied': 'count=exact',
      },
      '{"id":1}'
    ),
  },
  {
    name: 'HEAD of an object',
    request: head('/films?select=id&id=eq.1', { Accept: 'application/vnd.pgrst.object+json' }),
    response: answer(200, {
      'content-range': '0-0/*',
      'content-location': CANONICAL,
      'content-type': 'application/vnd.pgrst.object+json; charset=utf-8',
    }),
  },
  {
    name: 'an object that was inserted',
    role: 'service_role',
    request: post(
      '/countries',
      { code: 'DE', name: 'Germany' },
      { Accept: 'application/vnd.pgrst.object+json', Prefer: 'return=representation' }
    ),
    response: answer(
      201,
      {
        'content-range': '*/*',
        'preference-applied': 'return=representation',
        'content-type': 'application/vnd.pgrst.object+json; charset=utf-8',
      },
      '{"code":"DE","name":"Germany"}'
    ),
  },
  {
    name: 'an object of several that were inserted is refused, and nothing is inserted',
    role: 'service_role',
    request: post(
      '/countries',
      [
        { code: 'DE', name: 'A' },
        { code: 'ES', name: 'B' },
      ],
      { Accept: 'application/vnd.pgrst.object+json', Prefer: 'return=representation' }
    ),
    response: failure(406, {
      code: 'PGRST116',
      message: 'Cannot coerce the result to a single JSON object',
      details: 'The result contains 2 rows',
    }),
    response12: answer(
      406,
      {
        'content-type':
          'application/json; charset=utf-8\napplication/vnd.pgrst.object+json; charset=utf-8',
        'proxy-status': 'PostgREST; error=PGRST116',
      },
      '{"code":"PGRST116","details":"The result contains 2 rows","hint":null,"message":"JSON object requested, multiple (or no) rows returned"}'
    ),
    then: [{ request: get('/countries?code=in.(DE,ES)'), response: rows('*/*') }],
  },
  {
    name: 'an object of several that were updated is refused, and nothing is updated',
    role: 'service_role',
    request: patch(
      '/orders?customer=eq.Ann',
      { note: 'x' },
      { Accept: 'application/vnd.pgrst.object+json', Prefer: 'return=representation' }
    ),
    response: failure(406, {
      code: 'PGRST116',
      message: 'Cannot coerce the result to a single JSON object',
      details: 'The result contains 2 rows',
    }),
    response12: answer(
      406,
      {
        'content-type':
          'application/json; charset=utf-8\napplication/vnd.pgrst.object+json; charset=utf-8',
        'proxy-status': 'PostgREST; error=PGRST116',
      },
      '{"code":"PGRST116","details":"The result contains 2 rows","hint":null,"message":"JSON object requested, multiple (or no) rows returned"}'
    ),
    then: [
      {
        request: get('/orders?select=id,note&order=id'),
        response: rows(
          '0-2/*',
          '{"id":1,"note":null}',
          '{"id":2,"note":"gift"}',
          '{"id":3,"note":null}'
        ),
      },
    ],
  },
  {
    name: 'an object of several is refused even if nothing is returned',
    role: 'service_role',
    request: patch(
      '/orders?customer=eq.Ann',
      { note: 'x' },
      { Accept: 'application/vnd.pgrst.object+json' }
    ),
    response: failure(406, {
      code: 'PGRST116',
      message: 'Cannot coerce the result to a single JSON object',
      details: 'The result contains 2 rows',
    }),
    response12: answer(
      406,
      {
        'content-type':
          'application/json; charset=utf-8\napplication/vnd.pgrst.object+json; charset=utf-8',
        'proxy-status': 'PostgREST; error=PGRST116',
      },
      '{"code":"PGRST116","details":"The result contains 2 rows","hint":null,"message":"JSON object requested, multiple (or no) rows returned"}'
    ),
    then: [
      {
        request: get('/orders?select=id,note&order=id'),
        response: rows(
          '0-2/*',
          '{"id":1,"note":null}',
          '{"id":2,"note":"gift"}',
          '{"id":3,"note":null}'
        ),
      },
    ],
  },
  {
    name: 'an object that was updated',
    role: 'service_role',
    request: patch(
      '/orders?id=eq.1&select=note',
      { note: 'x' },
      { Accept: 'application/vnd.pgrst.object+json', Prefer: 'return=representation' }
    ),
    response: answer(
      200,
      {
        'content-range': '0-0/*',
        'preference-applied': 'return=representation',
        'content-type': 'application/vnd.pgrst.object+json; charset=utf-8',
      },
      '{"note":"x"}'
    ),
  },
  {
    name: 'an object of none that was updated is refused',
    role: 'service_role',
    request: patch(
      '/orders?id=eq.99',
      { note: 'x' },
      { Accept: 'application/vnd.pgrst.object+json', Prefer: 'return=representation' }
    ),
    response: failure(406, {
      code: 'PGRST116',
      message: 'Cannot coerce the result to a single JSON object',
      details: 'The result contains 0 rows',
    }),
    response12: answer(
      406,
      {
        'content-type':
          'application/json; charset=utf-8\napplication/vnd.pgrst.object+json; charset=utf-8',
        'proxy-status': 'PostgREST; error=PGRST116',
      },
      '{"code":"PGRST116","details":"The result contains 0 rows","hint":null,"message":"JSON object requested, multiple (or no) rows returned"}'
    ),
  },
]

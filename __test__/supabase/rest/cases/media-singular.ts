// Representations: one object of what was deleted, put, or returned by a function.
import { answer, failure, get, post, put, remove, rows, type Case } from '../support/case'

export const singularEffects: Case[] = [
  {
    name: 'an object of several that were deleted is refused, and nothing is deleted',
    role: 'service_role',
    request: remove('/logs?level=eq.info', {
      Accept: 'application/vnd.pgrst.object+json',
      Prefer: 'return=representation',
    }),
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
        request: get('/logs?select=message'),
        response: rows(
          '0-2/*',
          '{"message":"started"}',
          '{"message":"hot"}',
          '{"message":"stopped"}'
        ),
      },
    ],
  },
  {
    name: 'an object that was deleted',
    role: 'service_role',
    request: remove('/logs?level=eq.warn', {
      Accept: 'application/vnd.pgrst.object+json',
      Prefer: 'return=representation',
    }),
    response: answer(
      200,
      {
        'content-range': '*/*',
        'preference-applied': 'return=representation',
        'content-type': 'application/vnd.pgrst.object+json; charset=utf-8',
      },
      '{"level":"warn","message":"hot"}'
    ),
  },
  {
    name: 'an object that was put',
    role: 'service_role',
    request: put(
      '/countries?code=eq.DE',
      { code: 'DE', name: 'Germany' },
      { Accept: 'application/vnd.pgrst.object+json', Prefer: 'return=representation' }
    ),
    response: answer(
      201,
      {
        'content-type': 'application/vnd.pgrst.object+json; charset=utf-8',
        'preference-applied': 'return=representation',
      },
      '{"code":"DE","name":"Germany"}'
    ),
  },
  {
    name: 'an object of a function with one row',
    request: get('/rpc/films_of?studio=1&select=id&limit=1', {
      Accept: 'application/vnd.pgrst.object+json',
    }),
    response: answer(
      200,
      {
        'content-range': '0-0/*',
        'content-type': 'application/vnd.pgrst.object+json; charset=utf-8',
      },
      '{"id":1}'
    ),
  },
  {
    name: 'an object of a function with several rows is refused',
    request: get('/rpc/films_of?studio=1', { Accept: 'application/vnd.pgrst.object+json' }),
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
  },
  {
    name: 'an object of a function that returns one is itself',
    request: get('/rpc/film?film_id=1&select=id,title', {
      Accept: 'application/vnd.pgrst.object+json',
    }),
    response: answer(
      200,
      {
        'content-range': '0-0/*',
        'content-type': 'application/vnd.pgrst.object+json; charset=utf-8',
      },
      '{"id":1,"title":"Night Train"}'
    ),
  },
  {
    name: 'an object of a scalar is the scalar',
    request: get('/rpc/add?a=1&b=2', { Accept: 'application/vnd.pgrst.object+json' }),
    response: answer(
      200,
      {
        'content-range': '0-0/*',
        'content-type': 'application/vnd.pgrst.object+json; charset=utf-8',
      },
      '3'
    ),
  },
  {
    name: 'a function that wrote several is undone when an object was wanted',
    role: 'service_role',
    request: post('/rpc/raise_prices', { by: 1 }, { Accept: 'application/vnd.pgrst.object+json' }),
    response: failure(406, {
      code: 'PGRST116',
      message: 'Cannot coerce the result to a single JSON object',
      details: 'The result contains 3 rows',
    }),
    response12: answer(
      406,
      {
        'content-type':
          'application/json; charset=utf-8\napplication/vnd.pgrst.object+json; charset=utf-8',
        'proxy-status': 'PostgREST; error=PGRST116',
      },
      '{"code":"PGRST116","details":"The result contains 3 rows","hint":null,"message":"JSON object requested, multiple (or no) rows returned"}'
    ),
    then: [
      {
        request: get('/products?select=sku,price&order=sku'),
        response: rows(
          '0-2/*',
          '{"sku":"bag","price":30.00}',
          '{"sku":"mug","price":7.50}',
          '{"sku":"pen","price":1.20}'
        ),
      },
    ],
  },
]

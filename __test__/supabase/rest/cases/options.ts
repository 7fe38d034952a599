// OPTIONS, and what browsers ask for before they send a request from elsewhere.
import { answer, CANONICAL, failure, get, json, list, post, rows, type Case } from '../support/case'

export const options: Case[] = [
  {
    name: 'OPTIONS of a table tells what may be done to it',
    request: { method: 'OPTIONS', path: '/films' },
    response: answer(200, {
      'access-control-allow-origin': '*',
      allow: 'OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE',
    }),
  },
  {
    name: 'OPTIONS of a table without a key tells of no PUT',
    request: { method: 'OPTIONS', path: '/logs' },
    response: answer(200, {
      'access-control-allow-origin': '*',
      allow: 'OPTIONS,GET,HEAD,POST,PATCH,DELETE',
    }),
  },
  {
    name: 'OPTIONS of a simple view is that of its table',
    request: { method: 'OPTIONS', path: '/recent_films' },
    response: answer(200, {
      'access-control-allow-origin': '*',
      allow: 'OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE',
    }),
  },
  {
    name: 'OPTIONS of a view that joins tells of no writes',
    request: { method: 'OPTIONS', path: '/casts' },
    response: answer(200, { 'access-control-allow-origin': '*', allow: 'OPTIONS,GET,HEAD' }),
  },
  {
    name: 'OPTIONS of a view with a trigger tells of what the trigger does',
    request: { method: 'OPTIONS', path: '/ledger' },
    response: answer(200, {
      'access-control-allow-origin': '*',
      allow: 'OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE',
    }),
  },
  {
    name: 'OPTIONS of a materialized view tells of no writes',
    request: { method: 'OPTIONS', path: '/film_counts' },
    response: answer(200, { 'access-control-allow-origin': '*', allow: 'OPTIONS,GET,HEAD' }),
  },
  {
    name: 'OPTIONS of a partitioned table tells of all',
    request: { method: 'OPTIONS', path: '/visits' },
    response: answer(200, {
      'access-control-allow-origin': '*',
      allow: 'OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE',
    }),
  },
  {
    name: 'OPTIONS does not look at privileges',
    request: { method: 'OPTIONS', path: '/vault' },
    response: answer(200, {
      'access-control-allow-origin': '*',
      allow: 'OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE',
    }),
  },
  {
    name: 'OPTIONS of a table that does not exist is not found',
    request: { method: 'OPTIONS', path: '/nope' },
    response: failure(404, {
      code: 'PGRST205',
      message: "Could not find the table 'api.nope' in the schema cache",
    }),
    response12: answer(404, json, '{}'),
  },
  {
    name: 'OPTIONS of a volatile function tells of POST',
    request: { method: 'OPTIONS', path: '/rpc/nothing' },
    response: answer(200, { 'access-control-allow-origin': '*', allow: 'OPTIONS,POST' }),
  },
  {
    name: 'OPTIONS of a stable function tells of GET too',
    request: { method: 'OPTIONS', path: '/rpc/who' },
    response: answer(200, { 'access-control-allow-origin': '*', allow: 'OPTIONS,GET,HEAD,POST' }),
  },
  {
    name: 'OPTIONS of an immutable function tells of GET too',
    request: { method: 'OPTIONS', path: '/rpc/greet' },
    response: answer(200, { 'access-control-allow-origin': '*', allow: 'OPTIONS,GET,HEAD,POST' }),
  },
  {
    name: 'OPTIONS takes no arguments, so a parameter is a filter',
    request: { method: 'OPTIONS', path: '/rpc/add?a=1&b=2' },
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse filter (1)" (line 1, column 1)',
      details: 'unexpected "1" expecting "not" or operator (eq, gt, ...)',
    }),
  },
  {
    name: 'OPTIONS of a function without the arguments it needs does not find it',
    request: { method: 'OPTIONS', path: '/rpc/add' },
    response: failure(404, {
      code: 'PGRST202',
      message: 'Could not find the function api.add without parameters in the schema cache',
      details:
        'Searched for the function api.add without parameters, but no matches were found in the schema cache.',
    }),
  },
  {
    name: 'OPTIONS of a function that does not exist is not found',
    request: { method: 'OPTIONS', path: '/rpc/nope' },
    response: failure(404, {
      code: 'PGRST202',
      message: 'Could not find the function api.nope without parameters in the schema cache',
      details:
        'Searched for the function api.nope without parameters, but no matches were found in the schema cache.',
    }),
    response12: failure(404, {
      code: 'PGRST202',
      message: 'Could not find the function api.nope without parameters in the schema cache',
      details:
        'Searched for the function api.nope without parameters, but no matches were found in the schema cache.',
      hint: 'Perhaps you meant to call the function api.cookie',
    }),
  },
  {
    name: 'OPTIONS of the root',
    request: { method: 'OPTIONS', path: '/' },
    response: answer(200, { 'access-control-allow-origin': '*', allow: 'OPTIONS,GET,HEAD' }),
  },
  {
    name: 'a preflight is answered for every origin',
    request: {
      method: 'OPTIONS',
      path: '/films',
      headers: {
        Origin: 'https://films.example',
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'Foo,Bar',
      },
    },
    response: answer(200, {
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, POST, PATCH, PUT, DELETE, OPTIONS, HEAD',
      'access-control-allow-headers':
        'Authorization, Foo, Bar, Accept, Accept-Language, Content-Language',
      'access-control-max-age': '86400',
    }),
  },
  {
    name: 'a preflight of a path that does not exist is answered as well',
    request: {
      method: 'OPTIONS',
      path: '/nope',
      headers: { Origin: 'https://films.example', 'Access-Control-Request-Method': 'GET' },
    },
    response: answer(200, {
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, POST, PATCH, PUT, DELETE, OPTIONS, HEAD',
      'access-control-max-age': '86400',
    }),
  },
  {
    name: 'a request from elsewhere is answered for every origin',
    request: get('/films?select=id&id=eq.1', { Origin: 'https://films.example' }),
    response: answer(
      200,
      {
        ...json,
        'content-range': '0-0/*',
        'content-location': CANONICAL,
        'access-control-allow-origin': '*',
        'access-control-expose-headers':
          'Content-Encoding, Content-Location, Content-Range, Content-Type, Date, Location, Server, Transfer-Encoding, Range-Unit',
      },
      list('{"id":1}')
    ),
  },
  {
    name: 'an error from elsewhere is answered for every origin too',
    request: get('/films?select=nope', { Origin: 'https://films.example' }),
    response: failure(
      400,
      { code: '42703', message: 'column films.nope does not exist' },
      {
        'access-control-allow-origin': '*',
        'access-control-expose-headers':
          'Content-Encoding, Content-Location, Content-Range, Content-Type, Date, Location, Server, Transfer-Encoding, Range-Unit',
      }
    ),
  },
  {
    name: 'a write from elsewhere is answered for every origin',
    role: 'service_role',
    request: post(
      '/countries',
      { code: 'DE', name: 'Germany' },
      { Origin: 'https://films.example' }
    ),
    response: answer(201, {
      'content-range': '*/*',
      'access-control-allow-origin': '*',
      'access-control-expose-headers':
        'Content-Encoding, Content-Location, Content-Range, Content-Type, Date, Location, Server, Transfer-Encoding, Range-Unit',
    }),
  },
  {
    name: 'a request without an origin has no headers for one',
    request: get('/films?select=id&id=eq.1'),
    response: rows('0-0/*', '{"id":1}'),
  },
  {
    name: 'where origins are named, one of them is answered',
    config: 'one origin',
    request: get('/films?select=id&id=eq.1', { Origin: 'https://films.example' }),
    response: answer(
      200,
      {
        ...json,
        'content-range': '0-0/*',
        'content-location': CANONICAL,
        'access-control-allow-origin': 'https://films.example',
        'access-control-allow-credentials': 'true',
        'access-control-expose-headers':
          'Content-Encoding, Content-Location, Content-Range, Content-Type, Date, Location, Server, Transfer-Encoding, Range-Unit',
      },
      list('{"id":1}')
    ),
  },
  {
    name: 'where origins are named, the other one is answered too',
    config: 'one origin',
    request: get('/films?select=id&id=eq.1', { Origin: 'https://shop.example' }),
    response: answer(
      200,
      {
        ...json,
        'content-range': '0-0/*',
        'content-location': CANONICAL,
        'access-control-allow-origin': 'https://shop.example',
        'access-control-allow-credentials': 'true',
        'access-control-expose-headers':
          'Content-Encoding, Content-Location, Content-Range, Content-Type, Date, Location, Server, Transfer-Encoding, Range-Unit',
      },
      list('{"id":1}')
    ),
  },
  {
    name: 'where origins are named, others get no headers',
    config: 'one origin',
    request: get('/films?select=id&id=eq.1', { Origin: 'https://evil.example' }),
    response: rows('0-0/*', '{"id":1}'),
  },
  {
    name: 'where origins are named, a preflight of one of them is answered',
    config: 'one origin',
    request: {
      method: 'OPTIONS',
      path: '/films',
      headers: { Origin: 'https://films.example', 'Access-Control-Request-Method': 'POST' },
    },
    response: answer(200, {
      'access-control-allow-origin': 'https://films.example',
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'GET, POST, PATCH, PUT, DELETE, OPTIONS, HEAD',
      'access-control-max-age': '86400',
    }),
  },
  {
    name: 'where origins are named, a preflight of another gets no headers',
    config: 'one origin',
    request: {
      method: 'OPTIONS',
      path: '/films',
      headers: { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST' },
    },
    response: answer(200, {
      'access-control-allow-origin': '*',
      allow: 'OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE',
    }),
  },
]

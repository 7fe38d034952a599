// Schemas: which one a request is for.
import { answer, CANONICAL, failure, get, head, json, list, post, type Case } from '../support/case'

export const schemas: Case[] = [
  {
    name: 'the first schema is taken if none is named, and told',
    config: 'two schemas',
    request: get('/films?select=id&id=eq.1'),
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
    name: 'Accept-Profile names the schema of a read',
    config: 'two schemas',
    request: get('/films?order=id', { 'Accept-Profile': 'other' }),
    response: answer(
      200,
      {
        ...json,
        'content-range': '0-1/*',
        'content-location': CANONICAL,
        'content-profile': 'other',
      },
      list('{"id":1,"title":"Elsewhere","note":"x"}', '{"id":2,"title":"Nowhere","note":null}')
    ),
  },
  {
    name: 'Accept-Profile may name the first schema',
    config: 'two schemas',
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
    name: 'HEAD takes Accept-Profile',
    config: 'two schemas',
    request: head('/films', { 'Accept-Profile': 'other' }),
    response: answer(200, {
      ...json,
      'content-range': '0-1/*',
      'content-location': CANONICAL,
      'content-profile': 'other',
    }),
  },
  {
    name: 'a schema that is not exposed is refused',
    config: 'two schemas',
    request: get('/codes', { 'Accept-Profile': 'private' }),
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
    name: 'a schema that does not exist is refused',
    config: 'two schemas',
    request: get('/films', { 'Accept-Profile': 'nope' }),
    response: failure(406, {
      code: 'PGRST106',
      message: 'Invalid schema: nope',
      hint: 'Only the following schemas are exposed: api, other',
    }),
    response12: failure(406, {
      code: 'PGRST106',
      message: 'The schema must be one of the following: api, other',
    }),
  },
  {
    name: 'a schema minds its case',
    config: 'two schemas',
    request: get('/films', { 'Accept-Profile': 'Other' }),
    response: failure(406, {
      code: 'PGRST106',
      message: 'Invalid schema: Other',
      hint: 'Only the following schemas are exposed: api, other',
    }),
    response12: failure(406, {
      code: 'PGRST106',
      message: 'The schema must be one of the following: api, other',
    }),
  },
  {
    name: 'a schema is a name, and no SQL',
    config: 'two schemas',
    request: get('/films', { 'Accept-Profile': 'other"; drop table other.films; --' }),
    response: failure(406, {
      code: 'PGRST106',
      message: 'Invalid schema: other"; drop table other.films; --',
      hint: 'Only the following schemas are exposed: api, other',
    }),
    response12: failure(406, {
      code: 'PGRST106',
      message: 'The schema must be one of the following: api, other',
    }),
  },
  {
    name: 'Content-Profile is not for a read',
    config: 'two schemas',
    request: get('/films?select=id&id=eq.1', { 'Content-Profile': 'other' }),
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
    name: 'Content-Profile names the schema of a write',
    config: 'two schemas',
    role: 'service_role',
    request: post(
      '/films',
      { id: 9, title: 'T' },
      { 'Content-Profile': 'other', Prefer: 'return=representation' }
    ),
    response: answer(
      201,
      {
        ...json,
        'content-range': '*/*',
        'preference-applied': 'return=representation',
        'content-profile': 'other',
      },
      list('{"id":9,"title":"T","note":null}')
    ),
    then: [
      {
        request: get('/films?id=eq.9', { 'Accept-Profile': 'other' }),
        response: answer(
          200,
          {
            ...json,
            'content-range': '0-0/*',
            'content-location': CANONICAL,
            'content-profile': 'other',
          },
          list('{"id":9,"title":"T","note":null}')
        ),
      },
    ],
  },
  {
    name: 'Accept-Profile is not for a write',
    config: 'two schemas',
    role: 'service_role',
    request: post(
      '/films?select=title',
      { id: 50, title: 'T' },
      { 'Accept-Profile': 'other', Prefer: 'return=representation' }
    ),
    response: answer(
      201,
      {
        ...json,
        'content-range': '*/*',
        'preference-applied': 'return=representation',
        'content-profile': 'api',
      },
      list('{"title":"T"}')
    ),
    then: [
      {
        request: get('/films?select=title&id=eq.50'),
        response: answer(
          200,
          {
            ...json,
            'content-range': '0-0/*',
            'content-location': CANONICAL,
            'content-profile': 'api',
          },
          list('{"title":"T"}')
        ),
      },
    ],
  },
]

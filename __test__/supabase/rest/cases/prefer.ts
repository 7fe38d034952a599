// Preferences: what a request may ask for in Prefer, and what is applied.
import {
  answer,
  CANONICAL,
  failure,
  get,
  json,
  list,
  patch,
  post,
  rows,
  type Case,
} from '../support/case'

export const preferences: Case[] = [
  {
    name: 'an unknown preference is ignored',
    request: get('/films?select=id&limit=1&order=id', { Prefer: 'sort=fast' }),
    response: rows('0-0/*', '{"id":1}'),
  },
  {
    name: 'handling=lenient ignores an unknown preference, and says that it does',
    request: get('/films?select=id&limit=1&order=id', { Prefer: 'handling=lenient, sort=fast' }),
    response: answer(
      200,
      {
        ...json,
        'content-range': '0-0/*',
        'content-location': CANONICAL,
        'preference-applied': 'handling=lenient',
      },
      list('{"id":1}')
    ),
  },
  {
    name: 'handling=strict refuses an unknown preference',
    request: get('/films?select=id', { Prefer: 'handling=strict, sort=fast' }),
    response: failure(400, {
      code: 'PGRST122',
      message: 'Invalid preferences given with handling=strict',
      details: 'Invalid preferences: sort=fast',
    }),
  },
  {
    name: 'handling=strict tells all unknown preferences',
    request: get('/films?select=id', { Prefer: 'handling=strict, a=1, count=exact, b' }),
    response: failure(400, {
      code: 'PGRST122',
      message: 'Invalid preferences given with handling=strict',
      details: 'Invalid preferences: a=1, b',
    }),
  },
  {
    name: 'handling=strict alone is applied',
    request: get('/films?select=id&id=eq.1', { Prefer: 'handling=strict' }),
    response: answer(
      200,
      {
        ...json,
        'content-range': '0-0/*',
        'content-location': CANONICAL,
        'preference-applied': 'handling=strict',
      },
      list('{"id":1}')
    ),
  },
  {
    name: 'handling=strict with known preferences is applied',
    request: get('/films?select=id&id=eq.1', { Prefer: 'handling=strict, count=exact' }),
    response: answer(
      200,
      {
        ...json,
        'content-range': '0-0/1',
        'content-location': CANONICAL,
        'preference-applied': 'count=exact, handling=strict',
      },
      list('{"id":1}')
    ),
  },
  {
    name: 'handling=strict refuses a write before it is done',
    role: 'service_role',
    request: patch('/orders?id=eq.1', { note: 'x' }, { Prefer: 'handling=strict, nope' }),
    response: failure(400, {
      code: 'PGRST122',
      message: 'Invalid preferences given with handling=strict',
      details: 'Invalid preferences: nope',
    }),
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
    name: 'of two values of one preference, the first is taken',
    request: get('/films?select=id&limit=1&order=id', { Prefer: 'count=exact, count=planned' }),
    response: answer(
      206,
      {
        ...json,
        'content-range': '0-0/5',
        'content-location': CANONICAL,
        'preference-applied': 'count=exact',
      },
      list('{"id":1}')
    ),
  },
  {
    name: 'preferences that are not for a read are not applied to it',
    request: get('/films?select=id&id=eq.1', {
      Prefer: 'return=minimal, missing=default, resolution=merge-duplicates',
    }),
    response: rows('0-0/*', '{"id":1}'),
  },
  {
    name: 'spaces around preferences are ignored',
    request: get('/films?select=id&id=eq.1', { Prefer: '  count=exact  ,  handling=lenient ' }),
    response: answer(
      200,
      {
        ...json,
        'content-range': '0-0/1',
        'content-location': CANONICAL,
        'preference-applied': 'count=exact, handling=lenient',
      },
      list('{"id":1}')
    ),
  },
  {
    name: 'a preference minds its case',
    request: get('/films?select=id&id=eq.1', { Prefer: 'Count=exact' }),
    response: rows('0-0/*', '{"id":1}'),
  },
  {
    name: 'several preferences of a write are told in one order',
    role: 'service_role',
    request: post('/countries?select=code', [{ code: 'DE', name: 'Germany' }], {
      Prefer:
        'handling=lenient, count=exact, return=representation, missing=default, resolution=merge-duplicates',
    }),
    response: answer(
      201,
      {
        ...json,
        'content-range': '*/1',
        'preference-applied':
          'resolution=merge-duplicates, missing=default, return=representation, count=exact, handling=lenient',
      },
      list('{"code":"DE"}')
    ),
  },
  {
    name: 'a time zone is used for what is shown',
    request: get('/screenings?select=starts_at&id=eq.1', {
      Prefer: 'timezone=America/Los_Angeles',
    }),
    response: answer(
      200,
      {
        ...json,
        'content-range': '0-0/*',
        'content-location': CANONICAL,
        'preference-applied': 'timezone=America/Los_Angeles',
      },
      list('{"starts_at":"2024-03-01T12:00:00-08:00"}')
    ),
  },
  {
    name: 'a time zone is used by functions',
    request: get('/rpc/now_in_zone', { Prefer: 'timezone=Asia/Tokyo' }),
    response: answer(
      200,
      { ...json, 'content-range': '0-0/*', 'preference-applied': 'timezone=Asia/Tokyo' },
      '"2024-01-01 21:00:00+09"'
    ),
  },
  {
    name: 'a time zone is used for what is written',
    role: 'service_role',
    request: post(
      '/screenings?select=starts_at',
      { id: 9, starts_at: '2024-01-01 12:00' },
      { Prefer: 'timezone=America/New_York, return=representation' }
    ),
    response: answer(
      201,
      {
        ...json,
        'content-range': '*/*',
        'preference-applied': 'return=representation, timezone=America/New_York',
      },
      list('{"starts_at":"2024-01-01T12:00:00-05:00"}')
    ),
    then: [
      {
        request: get('/screenings?select=starts_at&id=eq.9'),
        response: rows('0-0/*', '{"starts_at":"2024-01-01T17:00:00+00:00"}'),
      },
    ],
  },
  {
    name: 'a time zone that does not exist is ignored',
    request: get('/screenings?select=starts_at&id=eq.1', { Prefer: 'timezone=Mars/Olympus' }),
    response: rows('0-0/*', '{"starts_at":"2024-03-01T20:00:00+00:00"}'),
  },
  {
    name: 'handling=strict refuses a time zone that does not exist',
    request: get('/screenings?select=starts_at&id=eq.1', {
      Prefer: 'handling=strict, timezone=Mars/Olympus',
    }),
    response: failure(400, {
      code: 'PGRST122',
      message: 'Invalid preferences given with handling=strict',
      details: 'Invalid preferences: timezone=Mars/Olympus',
    }),
  },
  {
    name: 'a time zone cannot carry SQL',
    request: get('/screenings?select=starts_at&id=eq.1', {
      Prefer: "timezone=UTC'; drop table api.films; --",
    }),
    response: rows('0-0/*', '{"starts_at":"2024-03-01T20:00:00+00:00"}'),
  },
]

// Preferences: tx, which keeps or undoes what a request does.
import { answer, CANONICAL, get, json, list, patch, post, rows, type Case } from '../support/case'

export const transactions: Case[] = [
  {
    name: 'tx=rollback is not allowed unless it is configured',
    role: 'service_role',
    request: patch('/orders?id=eq.1', { note: 'x' }, { Prefer: 'tx=rollback' }),
    response: answer(204, { 'content-range': '0-0/*' }),
    then: [
      {
        request: get('/orders?select=id,note&order=id'),
        response: rows(
          '0-2/*',
          '{"id":1,"note":"x"}',
          '{"id":2,"note":"gift"}',
          '{"id":3,"note":null}'
        ),
      },
    ],
  },
  {
    name: 'tx=rollback undoes what was done, and shows it',
    config: 'tx override',
    role: 'service_role',
    request: patch(
      '/orders?id=eq.1&select=note',
      { note: 'x' },
      { Prefer: 'tx=rollback, return=representation' }
    ),
    response: answer(
      200,
      {
        ...json,
        'content-range': '0-0/*',
        'preference-applied': 'return=representation, tx=rollback',
      },
      list('{"note":"x"}')
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
    name: 'tx=rollback undoes an insert',
    config: 'tx override',
    role: 'service_role',
    request: post('/countries', { code: 'DE', name: 'Germany' }, { Prefer: 'tx=rollback' }),
    response: answer(201, { 'content-range': '*/*', 'preference-applied': 'tx=rollback' }),
    then: [{ request: get('/countries?code=eq.DE'), response: rows('*/*') }],
  },
  {
    name: 'tx=commit is what is done anyway',
    config: 'tx override',
    role: 'service_role',
    request: patch('/orders?id=eq.1', { note: 'x' }, { Prefer: 'tx=commit' }),
    response: answer(204, { 'content-range': '0-0/*', 'preference-applied': 'tx=commit' }),
    then: [
      {
        request: get('/orders?select=id,note&order=id'),
        response: rows(
          '0-2/*',
          '{"id":1,"note":"x"}',
          '{"id":2,"note":"gift"}',
          '{"id":3,"note":null}'
        ),
      },
    ],
  },
  {
    name: 'a read may be asked to roll back',
    config: 'tx override',
    request: get('/films?select=id&id=eq.1', { Prefer: 'tx=rollback' }),
    response: answer(
      200,
      {
        ...json,
        'content-range': '0-0/*',
        'content-location': CANONICAL,
        'preference-applied': 'tx=rollback',
      },
      list('{"id":1}')
    ),
  },
  {
    name: 'a function may be asked to roll back',
    config: 'tx override',
    role: 'service_role',
    request: post('/rpc/add_log', { level: 'x', message: 'y' }, { Prefer: 'tx=rollback' }),
    response: answer(204, { 'content-range': '0-0/*', 'preference-applied': 'tx=rollback' }),
    then: [{ request: get('/logs?level=eq.x'), response: rows('*/*') }],
  },
  {
    name: 'a service that rolls back keeps nothing',
    config: 'rollback',
    role: 'service_role',
    request: patch(
      '/orders?id=eq.1&select=note',
      { note: 'x' },
      { Prefer: 'return=representation' }
    ),
    response: answer(
      200,
      { ...json, 'content-range': '0-0/*', 'preference-applied': 'return=representation' },
      list('{"note":"x"}')
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
    name: 'a service that rolls back takes no tx=commit',
    config: 'rollback',
    role: 'service_role',
    request: patch('/orders?id=eq.1', { note: 'x' }, { Prefer: 'tx=commit' }),
    response: answer(204, { 'content-range': '0-0/*' }),
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
    name: 'a service that rolls back may allow tx=commit',
    config: 'rollback override',
    role: 'service_role',
    request: patch('/orders?id=eq.1', { note: 'x' }, { Prefer: 'tx=commit' }),
    response: answer(204, { 'content-range': '0-0/*', 'preference-applied': 'tx=commit' }),
    then: [
      {
        request: get('/orders?select=id,note&order=id'),
        response: rows(
          '0-2/*',
          '{"id":1,"note":"x"}',
          '{"id":2,"note":"gift"}',
          '{"id":3,"note":null}'
        ),
      },
    ],
  },
  {
    name: 'a service that rolls back does so without tx=commit',
    config: 'rollback override',
    role: 'service_role',
    request: patch('/orders?id=eq.1', { note: 'x' }),
    response: answer(204, { 'content-range': '0-0/*' }),
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
]

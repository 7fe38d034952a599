// Representations: query plans, and the root.
import {
  answer,
  failure,
  get,
  head,
  json,
  patch,
  post,
  remove,
  result,
  rows,
  type Case,
} from '../support/case'

export const plansAndRoot: Case[] = [
  {
    name: 'a plan is refused unless it is configured',
    request: get('/films', { Accept: 'application/vnd.pgrst.plan' }),
    response: failure(406, {
      code: 'PGRST107',
      message:
        'None of these media types are available: application/vnd.pgrst.plan+text; for="application/json"',
    }),
    response12: failure(415, {
      code: 'PGRST107',
      message:
        'None of these media types are available: application/vnd.pgrst.plan+text; for="application/json"',
    }),
  },
  {
    name: 'a plan is text',
    config: 'plan',
    request: get('/films?id=eq.1', { Accept: 'application/vnd.pgrst.plan' }),
    response: answer(
      200,
      { 'content-type': 'application/vnd.pgrst.plan+text; for="application/json"; charset=utf-8' },
      { matches: /^Aggregate[\s\S]*rows=1[\s\S]*$/ }
    ),
  },
  {
    name: 'a plan as text',
    config: 'plan',
    request: get('/films?id=eq.1', { Accept: 'application/vnd.pgrst.plan+text' }),
    response: answer(
      200,
      { 'content-type': 'application/vnd.pgrst.plan+text; for="application/json"; charset=utf-8' },
      { matches: /^Aggregate[\s\S]*films[\s\S]*$/ }
    ),
  },
  {
    name: 'a plan as JSON',
    config: 'plan',
    request: get('/films?id=eq.1', { Accept: 'application/vnd.pgrst.plan+json' }),
    response: answer(
      200,
      { 'content-type': 'application/vnd.pgrst.plan+json; for="application/json"; charset=utf-8' },
      { matches: /^\[\s*\{\s*"Plan": \{[\s\S]*"Node Type": "Aggregate"/ }
    ),
  },
  {
    name: 'a plan may be analyzed',
    config: 'plan',
    request: get('/films?id=eq.1', { Accept: 'application/vnd.pgrst.plan+text; options=analyze' }),
    response: answer(
      200,
      {
        'content-type':
          'application/vnd.pgrst.plan+text; for="application/json"; options=analyze; charset=utf-8',
      },
      { matches: /actual time=|actual rows=/ }
    ),
  },
  {
    name: 'a plan may be told more of',
    config: 'plan',
    request: get('/films?id=eq.1', {
      Accept: 'application/vnd.pgrst.plan+text; options=verbose|settings|costs',
    }),
    response: answer(
      200,
      {
        'content-type':
          'application/vnd.pgrst.plan+text; for="application/json"; options=verbose|settings; charset=utf-8',
      },
      { matches: /Output: / }
    ),
  },
  {
    name: 'a plan is for the type that it is asked for',
    config: 'plan',
    request: get('/films?id=eq.1', {
      Accept:
        'application/vnd.pgrst.plan+json; for="application/vnd.pgrst.object+json"; options=verbose',
    }),
    response: answer(
      200,
      {
        'content-type':
          'application/vnd.pgrst.plan+json; for="application/vnd.pgrst.object+json"; options=verbose; charset=utf-8',
      },
      { matches: /"Plan"/ }
    ),
  },
  {
    name: 'a plan of a write does not write',
    config: 'plan',
    role: 'service_role',
    request: post(
      '/logs',
      { level: 'x' },
      { Accept: 'application/vnd.pgrst.plan+text', Prefer: 'return=representation' }
    ),
    response: answer(
      200,
      { 'content-type': 'application/vnd.pgrst.plan+text; for="application/json"; charset=utf-8' },
      { matches: /Insert on/ }
    ),
    then: [{ request: get('/logs?level=eq.x'), response: rows('*/*') }],
  },
  {
    name: 'a plan of a function',
    config: 'plan',
    request: get('/rpc/add?a=1&b=2', { Accept: 'application/vnd.pgrst.plan' }),
    response: answer(
      200,
      { 'content-type': 'application/vnd.pgrst.plan+text; for="application/json"; charset=utf-8' },
      { matches: /Aggregate/ }
    ),
  },
  {
    name: 'the root may be a function',
    config: 'root function',
    request: get('/', { Accept: 'application/json' }),
    response: result('{"welcome": "home"}'),
  },
  {
    name: 'the root function without an Accept',
    config: 'root function',
    request: get('/'),
    response: result('{"welcome": "home"}'),
  },
  {
    name: 'the root takes HEAD',
    config: 'shelf',
    request: head('/'),
    response: answer(200, { 'content-type': 'application/openapi+json; charset=utf-8' }),
  },
  {
    name: 'the root takes no POST',
    config: 'shelf',
    request: post('/', {}),
    response: failure(405, { code: 'PGRST117', message: 'Unsupported HTTP method: POST' }),
    response12: answer(404, json, '{}'),
  },
  {
    name: 'the root takes no PATCH',
    config: 'shelf',
    request: patch('/', {}),
    response: failure(405, { code: 'PGRST117', message: 'Unsupported HTTP method: PATCH' }),
    response12: answer(404, json, '{}'),
  },
  {
    name: 'the root takes no DELETE',
    config: 'shelf',
    request: remove('/'),
    response: failure(405, { code: 'PGRST117', message: 'Unsupported HTTP method: DELETE' }),
    response12: answer(404, json, '{}'),
  },
  {
    name: 'the root makes no CSV',
    config: 'shelf',
    request: get('/', { Accept: 'text/csv' }),
    response: failure(406, {
      code: 'PGRST107',
      message: 'None of these media types are available: text/csv',
    }),
    response12: failure(415, {
      code: 'PGRST107',
      message: 'None of these media types are available: text/csv',
    }),
  },
  {
    name: 'a description that is switched off is not found',
    config: 'no openapi',
    request: get('/'),
    response: failure(404, { code: 'PGRST126', message: 'Root endpoint metadata is disabled' }),
    response12: answer(404, json, '{}'),
  },
]

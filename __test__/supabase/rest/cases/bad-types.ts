// Bad input: bodies of the wrong media type, CSV, and calls.
import { answer, failure, get, json, list, post, rows, type Case } from '../support/case'

export const badTypes: Case[] = [
  {
    name: 'a body of an unknown media type is refused',
    role: 'service_role',
    request: post('/logs?select=level', 'level: a', { 'content-type': 'application/yaml' }),
    response: failure(400, {
      code: 'PGRST102',
      message: 'Content-Type not acceptable: application/yaml',
    }),
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
    name: 'plain text for a table is refused',
    role: 'service_role',
    request: post('/logs?select=level', 'a', { 'content-type': 'text/plain' }),
    response: failure(400, {
      code: 'PGRST102',
      message: 'Content-Type not acceptable: text/plain',
    }),
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
    name: 'a body of octets for a table is refused',
    role: 'service_role',
    request: post('/logs?select=level', 'a', { 'content-type': 'application/octet-stream' }),
    response: failure(400, {
      code: 'PGRST102',
      message: 'Content-Type not acceptable: application/octet-stream',
    }),
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
    name: 'a multipart form is refused',
    role: 'service_role',
    request: post('/logs?select=level', '--x', {
      'content-type': 'multipart/form-data; boundary=x',
    }),
    response: failure(400, {
      code: 'PGRST102',
      message: 'Content-Type not acceptable: multipart/form-data',
    }),
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
    name: 'a charset of application/json changes nothing',
    role: 'service_role',
    request: post('/logs?select=level', '{"level":"a"}', {
      'content-type': 'application/json; charset=utf-8',
      Prefer: 'return=representation',
    }),
    response: answer(
      201,
      { ...json, 'content-range': '*/*', 'preference-applied': 'return=representation' },
      list('{"level":"a"}')
    ),
    then: [
      {
        request: get('/logs?select=message'),
        response: rows(
          '0-3/*',
          '{"message":"started"}',
          '{"message":"hot"}',
          '{"message":"stopped"}',
          '{"message":null}'
        ),
      },
    ],
  },
  {
    name: 'without a content type, a body is JSON',
    role: 'service_role',
    request: {
      method: 'POST',
      path: '/logs?select=level',
      headers: { Prefer: 'return=representation' },
      body: '{"level":"a"}',
    },
    response: answer(
      201,
      { ...json, 'content-range': '*/*', 'preference-applied': 'return=representation' },
      list('{"level":"a"}')
    ),
    then: [
      {
        request: get('/logs?select=message'),
        response: rows(
          '0-3/*',
          '{"message":"started"}',
          '{"message":"hot"}',
          '{"message":"stopped"}',
          '{"message":null}'
        ),
      },
    ],
  },
  {
    name: 'CSV without a header is refused',
    role: 'service_role',
    request: post('/logs?select=level', '', { 'content-type': 'text/csv' }),
    response: failure(400, { code: 'PGRST102', message: 'parse error (not enough input) at ""' }),
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
    name: 'CSV with an unclosed quote has no lines',
    role: 'service_role',
    request: post('/logs?select=level', 'level\n"a', { 'content-type': 'text/csv' }),
    response: answer(201, { 'content-range': '*/*' }),
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
    name: 'CSV with a column that is not there is refused',
    role: 'service_role',
    request: post('/logs?select=level', 'nope\na', { 'content-type': 'text/csv' }),
    response: failure(400, {
      code: 'PGRST204',
      message: "Could not find the 'nope' column of 'logs' in the schema cache",
    }),
    response12: failure(400, {
      code: 'PGRST204',
      message: "Column 'nope' of relation 'logs' does not exist",
    }),
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
    name: 'CSV with a line that is too long leaves the rest of it out',
    role: 'service_role',
    request: post('/logs?select=level', 'level,message\na,b,c\n', { 'content-type': 'text/csv' }),
    response: answer(201, { 'content-range': '*/*' }),
    then: [
      {
        request: get('/logs?select=message'),
        response: rows(
          '0-3/*',
          '{"message":"started"}',
          '{"message":"hot"}',
          '{"message":"stopped"}',
          '{"message":"b"}'
        ),
      },
    ],
  },
  {
    name: 'a form with a column that is not there is refused',
    role: 'service_role',
    request: post('/logs?select=level', 'nope=a', {
      'content-type': 'application/x-www-form-urlencoded',
    }),
    response: failure(400, {
      code: 'PGRST204',
      message: "Could not find the 'nope' column of 'logs' in the schema cache",
    }),
    response12: failure(400, {
      code: 'PGRST204',
      message: "Column 'nope' of relation 'logs' does not exist",
    }),
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
    name: 'a call with a body that is cut off is refused',
    role: 'service_role',
    request: post('/rpc/add', '{"a":1,'),
    response: failure(400, { code: 'PGRST102', message: 'Empty or invalid json' }),
  },
  {
    name: 'a call with a number as its body is refused',
    role: 'service_role',
    request: post('/rpc/add', '5'),
    response: failure(404, {
      code: 'PGRST202',
      message: 'Could not find the function api.add without parameters in the schema cache',
      details:
        'Searched for the function api.add without parameters or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache.',
    }),
  },
  {
    name: 'a call with an unknown media type is refused',
    role: 'service_role',
    request: post('/rpc/add', 'x', { 'content-type': 'application/yaml' }),
    response: failure(400, {
      code: 'PGRST102',
      message: 'Content-Type not acceptable: application/yaml',
    }),
  },
  {
    name: 'a GET ignores its body',
    role: 'service_role',
    request: {
      method: 'GET',
      path: '/films?select=id&id=eq.1',
      headers: { 'content-type': 'application/json' },
      body: 'nonsense',
    },
    response: rows('0-0/*', '{"id":1}'),
  },
  {
    name: 'a DELETE ignores its body',
    role: 'service_role',
    request: {
      method: 'DELETE',
      path: '/logs?level=eq.none',
      headers: { 'content-type': 'application/json' },
      body: 'nonsense',
    },
    response: answer(204, { 'content-range': '*/*' }),
  },
]

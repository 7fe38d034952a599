// Bad input: SQL in bodies, tokens and headers, which is never more than a value or a name.
import {
  answer,
  failure,
  get,
  json,
  list,
  patch,
  post,
  remove,
  result,
  rows,
  type Case,
} from '../support/case'

export const injectionBodies: Case[] = [
  {
    name: 'a body takes it as a value',
    role: 'service_role',
    request: post(
      '/logs?select=level',
      { level: "'; drop table api.films; --", message: '"; drop table api.films; --' },
      { Prefer: 'return=representation' }
    ),
    response: answer(
      201,
      { ...json, 'content-range': '*/*', 'preference-applied': 'return=representation' },
      list('{"level":"\'; drop table api.films; --"}')
    ),
    then: [
      {
        request: get('/films?select=id&order=id'),
        response: rows('0-4/*', '{"id":1}', '{"id":2}', '{"id":3}', '{"id":4}', '{"id":5}'),
      },
    ],
  },
  {
    name: 'a key of a body is a name',
    role: 'service_role',
    request: post('/logs', { 'level") values (1); drop table api.films; --': 'x' }),
    response: failure(400, {
      code: 'PGRST204',
      message:
        "Could not find the 'level\") values (1); drop table api.films; --' column of 'logs' in the schema cache",
    }),
    response12: failure(400, {
      code: 'PGRST204',
      message:
        "Column 'level\") values (1); drop table api.films; --' of relation 'logs' does not exist",
    }),
    then: [
      {
        request: get('/films?select=id&order=id'),
        response: rows('0-4/*', '{"id":1}', '{"id":2}', '{"id":3}', '{"id":4}', '{"id":5}'),
      },
    ],
  },
  {
    name: 'columns= is a list of names',
    role: 'service_role',
    request: post('/logs?columns=%22level%5C%22)%20select%201%3B%20--%22', { level: 'x' }),
    response: failure(400, {
      code: 'PGRST204',
      message: "Could not find the 'level\") select 1; --' column of 'logs' in the schema cache",
    }),
    response12: failure(400, {
      code: 'PGRST204',
      message: "Column 'level\") select 1; --' of relation 'logs' does not exist",
    }),
    then: [
      {
        request: get('/films?select=id&order=id'),
        response: rows('0-4/*', '{"id":1}', '{"id":2}', '{"id":3}', '{"id":4}', '{"id":5}'),
      },
    ],
  },
  {
    name: 'on_conflict= is a list of names',
    role: 'service_role',
    request: post(
      '/countries?on_conflict=%22code%5C%22)%20do%20nothing%3B%20--%22',
      { code: 'DE', name: 'x' },
      { Prefer: 'resolution=merge-duplicates' }
    ),
    response: failure(400, {
      code: '42703',
      message: 'column "code") do nothing; --" does not exist',
    }),
    then: [
      {
        request: get('/films?select=id&order=id'),
        response: rows('0-4/*', '{"id":1}', '{"id":2}', '{"id":3}', '{"id":4}', '{"id":5}'),
      },
    ],
  },
  {
    name: 'an update takes it as a value',
    role: 'service_role',
    request: patch(
      '/logs?level=eq.warn&select=message',
      { message: "'; drop table api.films; --" },
      { Prefer: 'return=representation' }
    ),
    response: answer(
      200,
      { ...json, 'content-range': '0-0/*', 'preference-applied': 'return=representation' },
      list('{"message":"\'; drop table api.films; --"}')
    ),
    then: [
      {
        request: get('/films?select=id&order=id'),
        response: rows('0-4/*', '{"id":1}', '{"id":2}', '{"id":3}', '{"id":4}', '{"id":5}'),
      },
    ],
  },
  {
    name: 'a filter of a delete takes it as a value',
    role: 'service_role',
    request: remove("/logs?level=eq.'%20or%20'1'%3D'1", { Prefer: 'count=exact' }),
    response: answer(204, { 'content-range': '*/0', 'preference-applied': 'count=exact' }),
    then: [
      {
        request: get('/logs?select=level'),
        response: rows('0-2/*', '{"level":"info"}', '{"level":"warn"}', '{"level":"info"}'),
      },
    ],
  },
  {
    name: 'a claim is a value',
    claims: { role: 'authenticated', sub: "'; drop table api.films; --" },
    request: get('/rpc/claims'),
    response: result('{"role":"authenticated","sub":"\'; drop table api.films; --"}'),
  },
  {
    name: 'a claim that a policy reads is a value',
    claims: { role: 'authenticated', sub: "' or '1'='1" },
    request: get('/notes?select=id'),
    response: rows('0-0/*', '{"id":2}'),
  },
  {
    name: 'a header is a value',
    request: get('/rpc/header?name=x-sql', { 'X-Sql': "'; drop table api.films; --" }),
    response: result('"\'; drop table api.films; --"'),
  },
  {
    name: 'the name of a header is a value',
    request: get("/rpc/header?name=x'%20%7C%7C%20'y", { 'X-Y': 'z' }),
    response: result('null'),
  },
  {
    name: 'a cookie is a value',
    request: get('/rpc/cookie?name=a', { Cookie: "a='--" }),
    response: result('"\'--"'),
  },
  {
    name: 'the user agent is a value',
    request: get('/rpc/header?name=user-agent', { 'User-Agent': "' or '1'='1" }),
    response: result("\"' or '1'='1\""),
  },
  {
    name: 'the path is a value',
    request: get('/rpc/setting?name=request.path'),
    response: result('"/rpc/setting"'),
  },
  {
    name: 'CSV takes it as a value',
    role: 'service_role',
    request: post('/logs?select=level', 'level\n"\'; drop table api.films; --"', {
      'content-type': 'text/csv',
      Prefer: 'return=representation',
    }),
    response: answer(
      201,
      { ...json, 'content-range': '*/*', 'preference-applied': 'return=representation' },
      list('{"level":"\'; drop table api.films; --"}')
    ),
    then: [
      {
        request: get('/films?select=id&order=id'),
        response: rows('0-4/*', '{"id":1}', '{"id":2}', '{"id":3}', '{"id":4}', '{"id":5}'),
      },
    ],
  },
  {
    name: 'a zero byte ends a value',
    request: get('/films?select=id&title=eq.%00'),
    response: rows('*/*'),
  },
  {
    name: 'a very long value is a value',
    request: get(
      '/films?select=id&title=eq.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
    ),
    response: rows('*/*'),
  },
]

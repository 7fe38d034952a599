// Auth: what a request tells the database, and what runs before it.
import {
  answer,
  CANONICAL,
  failure,
  get,
  json,
  list,
  post,
  result,
  rows,
  type Case,
} from '../support/case'

export const settings: Case[] = [
  {
    name: 'a role brings its settings',
    role: 'critic',
    request: get('/rpc/setting?name=statement_timeout'),
    response: result('"7s"'),
  },
  {
    name: 'a role brings the isolation of its transactions',
    role: 'critic',
    request: get('/rpc/isolation?'),
    response: result('"repeatable read"'),
  },
  {
    name: 'the claims are a setting',
    claims: { role: 'authenticated', sub: 'ann', n: [1, { x: null }] },
    request: get('/rpc/claims'),
    response: result('{"n":[1,{"x":null}],"role":"authenticated","sub":"ann"}'),
  },
  {
    name: 'without a token, the claims name the anonymous role',
    request: get('/rpc/claims'),
    response: result('{"role":"anon"}'),
  },
  {
    name: 'a claim of a token without a role',
    claims: { sub: 'ann' },
    request: get('/rpc/claims'),
    response: result('{"role":"anon","sub":"ann"}'),
  },
  {
    name: 'the method is a setting',
    request: get('/rpc/setting?name=request.method'),
    response: result('"GET"'),
  },
  {
    name: 'the method of a POST is a setting',
    request: post('/rpc/setting', { name: 'request.method' }),
    response: result('"POST"'),
  },
  {
    name: 'the path is a setting',
    request: get('/rpc/setting?name=request.path'),
    response: result('"/rpc/setting"'),
  },
  {
    name: 'the headers are a setting, in lower case',
    request: get('/rpc/header?name=x-custom', { 'X-Custom': 'a "b"' }),
    response: result('"a \\"b\\""'),
  },
  {
    name: 'a header that did not come is null',
    request: get('/rpc/header?name=x-custom'),
    response: result('null'),
  },
  {
    name: 'the cookies are a setting',
    request: get('/rpc/cookie?name=b', { Cookie: 'a=1; b=two' }),
    response: result('"two"'),
  },
  {
    name: 'without cookies there is none',
    request: get('/rpc/cookie?name=b'),
    response: result('null'),
  },
  {
    name: 'the role is a setting',
    role: 'authenticated',
    request: get('/rpc/setting?name=role'),
    response: result('"authenticated"'),
  },
  {
    name: 'the search path has the schema of the request, and then the others',
    request: get('/rpc/setting?name=search_path'),
    response: result('"\\"api\\", \\"public\\""'),
  },
  {
    name: 'the search path may have no others',
    config: 'no search path',
    request: get('/rpc/setting?name=search_path'),
    response: result('"\\"api\\""'),
    response12: result('"\\"api\\", \\"\\""'),
  },
  {
    name: 'settings of the application are settings',
    config: 'app settings',
    request: get('/rpc/setting?name=app.settings.color'),
    response: result('"green"'),
  },
  {
    name: 'a pre-request may refuse a request',
    config: 'pre-request',
    request: get('/films?select=id', { 'X-Banned': 'spam' }),
    response: failure(403, { code: 'PT403', message: 'Banned', details: 'for spam' }),
  },
  {
    name: 'a pre-request may refuse a write before it is done',
    config: 'pre-request',
    role: 'service_role',
    request: post('/logs', { level: 'x' }, { 'X-Banned': 'spam' }),
    response: failure(403, { code: 'PT403', message: 'Banned', details: 'for spam' }),
    then: [{ request: get('/logs?level=eq.x'), response: rows('*/*') }],
  },
  {
    name: 'a pre-request may change the role',
    config: 'pre-request',
    request: get('/rpc/who', { 'X-Become': 'critic' }),
    response: result('"critic"'),
  },
  {
    name: 'a pre-request may set headers of the response',
    config: 'pre-request',
    request: get('/films?select=id&id=eq.1', { 'X-Mark': 'here' }),
    response: answer(
      200,
      { ...json, 'content-range': '0-0/*', 'content-location': CANONICAL, 'x-mark': 'here' },
      list('{"id":1}')
    ),
  },
  {
    name: 'a pre-request that says nothing changes nothing',
    config: 'pre-request',
    request: get('/films?select=id&id=eq.1'),
    response: rows('0-0/*', '{"id":1}'),
  },
]

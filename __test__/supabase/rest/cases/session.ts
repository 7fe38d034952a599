// Auth: what policies and privileges let a role do.
import {
  answer,
  CANONICAL,
  failure,
  get,
  json,
  list,
  patch,
  post,
  remove,
  rows,
  type Case,
} from '../support/case'

export const privileges: Case[] = [
  {
    name: 'the anonymous see what a policy shows to everyone',
    request: get('/notes?select=id&order=id'),
    response: rows('0-0/*', '{"id":2}'),
  },
  {
    name: 'a subject sees its own rows, and what everyone sees',
    claims: { role: 'authenticated', sub: 'ann' },
    request: get('/notes?select=id&order=id'),
    response: rows('0-1/*', '{"id":1}', '{"id":2}'),
  },
  {
    name: 'another subject sees others',
    claims: { role: 'authenticated', sub: 'bob' },
    request: get('/notes?select=id&order=id'),
    response: rows('0-1/*', '{"id":2}', '{"id":3}'),
  },
  {
    name: 'the service role sees everything',
    role: 'service_role',
    request: get('/notes?select=id&order=id'),
    response: rows('0-2/*', '{"id":1}', '{"id":2}', '{"id":3}'),
  },
  {
    name: 'a row of its own can be inserted',
    claims: { role: 'authenticated', sub: 'ann' },
    request: post('/notes?select=owner,body', { body: 'tea' }, { Prefer: 'return=representation' }),
    response: answer(
      201,
      { ...json, 'content-range': '*/*', 'preference-applied': 'return=representation' },
      list('{"owner":"ann","body":"tea"}')
    ),
    then: [
      {
        request: get('/notes?select=id,owner,body&order=id'),
        response: rows(
          '0-3/*',
          '{"id":1,"owner":"ann","body":"milk"}',
          '{"id":2,"owner":"ann","body":"hello all"}',
          '{"id":3,"owner":"bob","body":"bread"}',
          '{"id":101,"owner":"ann","body":"tea"}'
        ),
      },
    ],
  },
  {
    name: 'a row of another cannot be inserted',
    claims: { role: 'authenticated', sub: 'ann' },
    request: post('/notes', { body: 'tea', owner: 'bob' }),
    response: failure(403, {
      code: '42501',
      message: 'new row violates row-level security policy for table "notes"',
    }),
    then: [
      {
        request: get('/notes?select=id,owner,body&order=id'),
        response: rows(
          '0-2/*',
          '{"id":1,"owner":"ann","body":"milk"}',
          '{"id":2,"owner":"ann","body":"hello all"}',
          '{"id":3,"owner":"bob","body":"bread"}'
        ),
      },
    ],
  },
  {
    name: 'the anonymous cannot insert',
    request: post('/notes', { body: 'tea' }),
    response: failure(
      401,
      { code: '42501', message: 'permission denied for table notes' },
      { 'www-authenticate': 'Bearer' }
    ),
    then: [
      {
        request: get('/notes?select=id,owner,body&order=id'),
        response: rows(
          '0-2/*',
          '{"id":1,"owner":"ann","body":"milk"}',
          '{"id":2,"owner":"ann","body":"hello all"}',
          '{"id":3,"owner":"bob","body":"bread"}'
        ),
      },
    ],
  },
  {
    name: 'an update changes only the rows that a policy gives',
    claims: { role: 'authenticated', sub: 'ann' },
    request: patch('/notes?select=id', { body: 'x' }, { Prefer: 'return=representation' }),
    response: answer(
      200,
      { ...json, 'content-range': '0-1/*', 'preference-applied': 'return=representation' },
      list('{"id":1}', '{"id":2}')
    ),
    then: [
      {
        request: get('/notes?select=id,owner,body&order=id'),
        response: rows(
          '0-2/*',
          '{"id":1,"owner":"ann","body":"x"}',
          '{"id":2,"owner":"ann","body":"x"}',
          '{"id":3,"owner":"bob","body":"bread"}'
        ),
      },
    ],
  },
  {
    name: 'an update of a row of another changes nothing',
    claims: { role: 'authenticated', sub: 'ann' },
    request: patch('/notes?id=eq.3', { body: 'x' }),
    response: answer(204, { 'content-range': '*/*' }),
    then: [
      {
        request: get('/notes?select=id,owner,body&order=id'),
        response: rows(
          '0-2/*',
          '{"id":1,"owner":"ann","body":"milk"}',
          '{"id":2,"owner":"ann","body":"hello all"}',
          '{"id":3,"owner":"bob","body":"bread"}'
        ),
      },
    ],
  },
  {
    name: 'a row cannot be given away',
    claims: { role: 'authenticated', sub: 'ann' },
    request: patch('/notes?id=eq.1', { owner: 'bob' }),
    response: failure(403, {
      code: '42501',
      message: 'new row violates row-level security policy for table "notes"',
    }),
    then: [
      {
        request: get('/notes?select=id,owner,body&order=id'),
        response: rows(
          '0-2/*',
          '{"id":1,"owner":"ann","body":"milk"}',
          '{"id":2,"owner":"ann","body":"hello all"}',
          '{"id":3,"owner":"bob","body":"bread"}'
        ),
      },
    ],
  },
  {
    name: 'a delete removes only the rows that a policy gives',
    claims: { role: 'authenticated', sub: 'ann' },
    request: remove('/notes?id=in.(1,3)', { Prefer: 'return=representation' }),
    response: answer(
      200,
      { ...json, 'content-range': '*/*', 'preference-applied': 'return=representation' },
      list('{"id":1,"owner":"ann","body":"milk","public":false}')
    ),
    then: [
      {
        request: get('/notes?select=id,owner,body&order=id'),
        response: rows(
          '0-1/*',
          '{"id":2,"owner":"ann","body":"hello all"}',
          '{"id":3,"owner":"bob","body":"bread"}'
        ),
      },
    ],
  },
  {
    name: 'a count counts the rows that a policy shows',
    claims: { role: 'authenticated', sub: 'ann' },
    request: get('/notes?select=id&order=id', { Prefer: 'count=exact' }),
    response: answer(
      200,
      {
        ...json,
        'content-range': '0-1/2',
        'content-location': CANONICAL,
        'preference-applied': 'count=exact',
      },
      list('{"id":1}', '{"id":2}')
    ),
  },
  {
    name: 'a table without privileges is refused to the anonymous',
    request: get('/vault'),
    response: failure(
      401,
      { code: '42501', message: 'permission denied for table vault' },
      { 'www-authenticate': 'Bearer' }
    ),
  },
  {
    name: 'a table without privileges is forbidden to a known role',
    role: 'authenticated',
    request: get('/vault'),
    response: failure(403, { code: '42501', message: 'permission denied for table vault' }),
  },
  {
    name: 'a table without privileges is forbidden to write',
    role: 'authenticated',
    request: post('/vault', { id: 2 }),
    response: failure(403, { code: '42501', message: 'permission denied for table vault' }),
  },
  {
    name: 'columns without privileges are forbidden',
    role: 'authenticated',
    request: get('/accounts?select=id,pin'),
    response: failure(403, { code: '42501', message: 'permission denied for table accounts' }),
  },
  {
    name: 'a star needs the privilege of every column',
    role: 'authenticated',
    request: get('/accounts'),
    response: failure(403, { code: '42501', message: 'permission denied for table accounts' }),
  },
  {
    name: 'columns with privileges are shown',
    role: 'authenticated',
    request: get('/accounts?select=id,owner&order=id'),
    response: rows('0-1/*', '{"id":1,"owner":"ann"}', '{"id":2,"owner":"bob"}'),
  },
  {
    name: 'a filter needs the privilege of its column',
    role: 'authenticated',
    request: get('/accounts?select=id&pin=eq.1234'),
    response: failure(403, { code: '42501', message: 'permission denied for table accounts' }),
  },
  {
    name: 'a column may be inserted where it may be written',
    role: 'authenticated',
    request: post(
      '/accounts?select=id,owner',
      { id: 9, owner: 'cid' },
      { Prefer: 'return=representation' }
    ),
    response: answer(
      201,
      { ...json, 'content-range': '*/*', 'preference-applied': 'return=representation' },
      list('{"id":9,"owner":"cid"}')
    ),
  },
  {
    name: 'a column may not be inserted where it may not be written',
    role: 'authenticated',
    request: post('/accounts', { id: 9, pin: '1' }),
    response: failure(403, { code: '42501', message: 'permission denied for table accounts' }),
  },
  {
    name: 'a column may not be updated where it may not be written',
    role: 'authenticated',
    request: patch('/accounts?id=eq.1', { pin: '1' }),
    response: failure(403, { code: '42501', message: 'permission denied for table accounts' }),
  },
  {
    name: 'what may be written may be written without being returned',
    role: 'authenticated',
    request: patch('/accounts?id=eq.1', { owner: 'x' }),
    response: answer(204, { 'content-range': '0-0/*' }),
  },
  {
    name: 'a delete needs its privilege',
    role: 'authenticated',
    request: remove('/accounts?id=eq.1'),
    response: failure(403, { code: '42501', message: 'permission denied for table accounts' }),
  },
  {
    name: 'the anonymous may not write where they may read',
    request: post('/countries', { code: 'DE', name: 'Germany' }),
    response: failure(
      401,
      { code: '42501', message: 'permission denied for table countries' },
      { 'www-authenticate': 'Bearer' }
    ),
    then: [{ request: get('/countries?code=eq.DE'), response: rows('*/*') }],
  },
]

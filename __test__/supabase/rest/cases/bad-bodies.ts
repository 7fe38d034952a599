// Bad input: bodies that cannot be read.
import { answer, failure, get, post, rows, type Case } from '../support/case'

export const badBodies: Case[] = [
  {
    name: 'an empty body is refused',
    role: 'service_role',
    request: post('/logs?select=level', ''),
    response: failure(400, { code: 'PGRST102', message: 'Empty or invalid json' }),
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
    name: 'a body of spaces is refused',
    role: 'service_role',
    request: post('/logs?select=level', '   '),
    response: failure(400, { code: 'PGRST102', message: 'Empty or invalid json' }),
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
    name: 'a body that is cut off is refused',
    role: 'service_role',
    request: post('/logs?select=level', '{"level":"a"'),
    response: failure(400, { code: 'PGRST102', message: 'Empty or invalid json' }),
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
    name: 'a body with more text is refused',
    role: 'service_role',
    request: post('/logs?select=level', '{"level":"a"} x'),
    response: failure(400, { code: 'PGRST102', message: 'Empty or invalid json' }),
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
    name: 'a body with single quotes is refused',
    role: 'service_role',
    request: post('/logs?select=level', "{'level':'a'}"),
    response: failure(400, { code: 'PGRST102', message: 'Empty or invalid json' }),
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
    name: 'a body with a trailing comma is refused',
    role: 'service_role',
    request: post('/logs?select=level', '{"level":"a",}'),
    response: failure(400, { code: 'PGRST102', message: 'Empty or invalid json' }),
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
    name: 'a body with a comment is refused',
    role: 'service_role',
    request: post('/logs?select=level', '{"level":"a" /* no */}'),
    response: failure(400, { code: 'PGRST102', message: 'Empty or invalid json' }),
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
    name: 'a number is an empty list',
    role: 'service_role',
    request: post('/logs?select=level', '1'),
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
    name: 'a text is an empty list',
    role: 'service_role',
    request: post('/logs?select=level', '"a"'),
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
    name: 'null is an empty list',
    role: 'service_role',
    request: post('/logs?select=level', 'null'),
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
    name: 'a boolean is an empty list',
    role: 'service_role',
    request: post('/logs?select=level', 'true'),
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
    name: 'a list of numbers is refused',
    role: 'service_role',
    request: post('/logs?select=level', '[1,2]'),
    response: failure(400, { code: 'PGRST102', message: 'All object keys must match' }),
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
    name: 'a list with a null is refused',
    role: 'service_role',
    request: post('/logs?select=level', '[{"level":"a"},null]'),
    response: failure(400, { code: 'PGRST102', message: 'All object keys must match' }),
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
    name: 'a list of lists is refused',
    role: 'service_role',
    request: post('/logs?select=level', '[[{"level":"a"}]]'),
    response: failure(400, { code: 'PGRST102', message: 'All object keys must match' }),
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
    name: 'a body that is no UTF-8 is refused',
    role: 'service_role',
    request: post('/logs?select=level', Buffer.from('7b226c6576656c223a22fffe227d', 'hex')),
    response: failure(400, { code: 'PGRST102', message: 'Empty or invalid json' }),
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
    name: 'a body with a zero character is refused',
    role: 'service_role',
    request: post('/logs?select=level', '{"level":"a\\u0000b"}'),
    response: failure(400, {
      code: '22P05',
      message: 'unsupported Unicode escape sequence',
      details: '\\u0000 cannot be converted to text.',
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
    name: 'a body with half of a surrogate pair is refused',
    role: 'service_role',
    request: post('/logs?select=level', '{"level":"\\ud800"}'),
    response: failure(400, { code: 'PGRST102', message: 'Empty or invalid json' }),
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
]

// Bad input: values of the wrong type.
import { answer, failure, get, json, list, post, rows, type Case } from '../support/case'

export const badValues: Case[] = [
  {
    name: 'a key twice: the last one counts',
    role: 'service_role',
    request: post('/logs?select=level', '{"level":"a","level":"b"}', {
      Prefer: 'return=representation',
    }),
    response: answer(
      201,
      { ...json, 'content-range': '*/*', 'preference-applied': 'return=representation' },
      list('{"level":"b"}')
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
    name: 'a key that is empty is refused',
    role: 'service_role',
    request: post('/logs?select=level', '{"":"a"}'),
    response: failure(400, {
      code: 'PGRST204',
      message: "Could not find the '' column of 'logs' in the schema cache",
    }),
    response12: failure(400, {
      code: 'PGRST204',
      message: "Column '' of relation 'logs' does not exist",
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
    name: 'an object where text is wanted is its JSON',
    role: 'service_role',
    request: post('/logs?select=level', '{"level":{"a":1}}', { Prefer: 'return=representation' }),
    response: answer(
      201,
      { ...json, 'content-range': '*/*', 'preference-applied': 'return=representation' },
      list('{"level":"{\\"a\\":1}"}')
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
    name: 'a number where text is wanted is its text',
    role: 'service_role',
    request: post('/logs?select=level', '{"level":1.50}', { Prefer: 'return=representation' }),
    response: answer(
      201,
      { ...json, 'content-range': '*/*', 'preference-applied': 'return=representation' },
      list('{"level":"1.50"}')
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
    name: 'text where a number is wanted is refused',
    role: 'service_role',
    request: post('/tiny_numbers', '{"n":"x"}'),
    response: failure(400, {
      code: '22P02',
      message: 'invalid input syntax for type integer: "x"',
    }),
  },
  {
    name: 'a fraction where an integer is wanted is refused',
    role: 'service_role',
    request: post('/tiny_numbers', '{"n":1.5}'),
    response: failure(400, {
      code: '22P02',
      message: 'invalid input syntax for type integer: "1.5"',
    }),
  },
  {
    name: 'a boolean where an integer is wanted is refused',
    role: 'service_role',
    request: post('/tiny_numbers', '{"n":true}'),
    response: failure(400, {
      code: '22P02',
      message: 'invalid input syntax for type integer: "true"',
    }),
  },
  {
    name: 'an object where an integer is wanted is refused',
    role: 'service_role',
    request: post('/tiny_numbers', '{"n":{}}'),
    response: failure(400, {
      code: '22P02',
      message: 'invalid input syntax for type integer: "{}"',
    }),
  },
  {
    name: 'a list where no list is wanted is refused',
    role: 'service_role',
    request: post('/tiny_numbers', '{"n":[1]}'),
    response: failure(400, {
      code: '22P02',
      message: 'invalid input syntax for type integer: "[1]"',
    }),
  },
  {
    name: 'a text where a list is wanted is refused',
    role: 'service_role',
    request: post('/kinds', '{"id":9,"numbers":"x"}'),
    response: failure(400, {
      code: '22P02',
      message: 'malformed array literal: "x"',
      details: 'Array value must start with "{" or dimension information.',
    }),
  },
  {
    name: 'a label that an enum does not have is refused',
    role: 'service_role',
    request: post('/kinds', '{"id":9,"genre":"opera"}'),
    response: failure(400, {
      code: '22P02',
      message: 'invalid input value for enum genre: "opera"',
    }),
  },
  {
    name: 'a uuid that is none is refused',
    role: 'service_role',
    request: post('/kinds', '{"id":9,"uid":"x"}'),
    response: failure(400, { code: '22P02', message: 'invalid input syntax for type uuid: "x"' }),
  },
  {
    name: 'a date that is none is refused',
    role: 'service_role',
    request: post('/kinds', '{"id":9,"day":"2024-02-30"}'),
    response: failure(400, {
      code: '22008',
      message: 'date/time field value out of range: "2024-02-30"',
    }),
  },
  {
    name: 'a domain whose check fails is refused',
    role: 'service_role',
    request: post('/discounts', '{"id":9,"share":101}'),
    response: failure(400, {
      code: '23514',
      message: 'value for domain percent violates check constraint "percent_check"',
    }),
  },
  {
    name: 'a text that is too long is refused',
    role: 'service_role',
    request: post('/kinds', '{"id":9,"code":"abcde"}'),
    response: failure(400, { code: '22001', message: 'value too long for type character(4)' }),
  },
]

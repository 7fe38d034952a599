// Functions: what the body of a call may be, and which function it then finds.
import { failure, get, post, result, type Case } from '../support/case'

export const bodies: Case[] = [
  {
    name: 'a form is a set of arguments',
    request: post('/rpc/add', 'a=1&b=5', { 'content-type': 'application/x-www-form-urlencoded' }),
    response: result('6'),
  },
  {
    name: 'a form without fields calls without arguments',
    request: post('/rpc/greet', '', { 'content-type': 'application/x-www-form-urlencoded' }),
    response: result('"hello world"'),
  },
  {
    name: 'a form may repeat a variadic parameter',
    request: post('/rpc/sum_all', 'numbers=1&numbers=2', {
      'content-type': 'application/x-www-form-urlencoded',
    }),
    response: result('3'),
  },
  {
    name: 'of a CSV body, the first line is the set of arguments',
    request: post('/rpc/add', 'a,b\n1,2\n5,5', { 'content-type': 'text/csv' }),
    response: result('3'),
  },
  {
    name: 'a single unnamed json parameter takes the whole body',
    request: post('/rpc/take_json', '{"b": 1,  "a": [2]}'),
    response: result('{"b": 1,  "a": [2]}'),
  },
  {
    name: 'an unnamed json parameter takes an array of objects',
    request: post('/rpc/take_json', [{ k: 1 }, { k: 2 }]),
    response: result('[{"k":1},{"k":2}]'),
  },
  {
    name: 'an array of anything but objects is refused, whatever takes it',
    request: post('/rpc/take_json', [1, 'two', null]),
    response: failure(400, { code: 'PGRST102', message: 'All object keys must match' }),
  },
  {
    name: 'a single unnamed jsonb parameter takes the whole body',
    request: post('/rpc/take_jsonb', [{ k: 1 }]),
    response: result('"array"'),
  },
  {
    name: 'a single unnamed text parameter takes the whole body',
    request: post('/rpc/take_text', 'some text', { 'content-type': 'text/plain' }),
    response: result('"SOME TEXT"'),
  },
  {
    name: 'a single unnamed bytea parameter takes the whole body',
    request: post('/rpc/take_bytes', Buffer.from('00ff01', 'hex'), {
      'content-type': 'application/octet-stream',
    }),
    response: result('3'),
  },
  {
    name: 'the type of the body chooses among unnamed overloads: json',
    request: post('/rpc/take_any', {}),
    response: result('"json"'),
  },
  {
    name: 'the type of the body chooses among unnamed overloads: text',
    request: post('/rpc/take_any', 'x', { 'content-type': 'text/plain' }),
    response: result('"text"'),
  },
  {
    name: 'the type of the body chooses among unnamed overloads: bytes',
    request: post('/rpc/take_any', 'x', { 'content-type': 'application/octet-stream' }),
    response: result('"bytes"'),
  },
  {
    name: 'named arguments go before an unnamed parameter',
    request: post('/rpc/either', { k: 1 }),
    response: result('"named"'),
  },
  {
    name: 'what fits no name goes to the unnamed parameter',
    request: post('/rpc/either', { z: 1 }),
    response: result('"whole"'),
  },
  {
    name: 'an unnamed parameter of another type cannot be called',
    request: post('/rpc/unnamed_int', '5'),
    response: failure(404, {
      code: 'PGRST202',
      message: 'Could not find the function api.unnamed_int without parameters in the schema cache',
      details:
        'Searched for the function api.unnamed_int without parameters or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache.',
    }),
    response12: failure(404, {
      code: 'PGRST202',
      message: 'Could not find the function api.unnamed_int without parameters in the schema cache',
      details:
        'Searched for the function api.unnamed_int without parameters or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache.',
      hint: 'Perhaps you meant to call the function api.in_and_out',
    }),
  },
  {
    name: 'text finds no function without an unnamed text parameter',
    request: post('/rpc/add', 'x', { 'content-type': 'text/plain' }),
    response: failure(404, {
      code: 'PGRST202',
      message: 'Could not find the function api.add in the schema cache',
      details:
        'Searched for the function api.add with a single unnamed text parameter, but no matches were found in the schema cache.',
    }),
  },
  {
    name: 'bytes find no function without an unnamed bytea parameter',
    request: post('/rpc/add', 'x', { 'content-type': 'application/octet-stream' }),
    response: failure(404, {
      code: 'PGRST202',
      message: 'Could not find the function api.add in the schema cache',
      details:
        'Searched for the function api.add with a single unnamed bytea parameter, but no matches were found in the schema cache.',
    }),
  },
  {
    name: 'a GET gives an unnamed parameter nothing',
    request: get('/rpc/take_json'),
    response: failure(404, {
      code: 'PGRST202',
      message: 'Could not find the function api.take_json without parameters in the schema cache',
      details:
        'Searched for the function api.take_json without parameters, but no matches were found in the schema cache.',
      hint: 'Perhaps you meant to call the function api.take_json()',
    }),
  },
]

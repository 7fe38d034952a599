// Functions: how a call finds its function, and how its arguments come.
import { failure, get, post, result, type Case } from '../support/case'

export const calls: Case[] = [
  {
    name: 'the keys of a JSON body are the arguments',
    request: post('/rpc/add', { a: 1, b: 2 }),
    response: result('3'),
  },
  {
    name: 'the parameters of a GET are the arguments',
    request: get('/rpc/add?a=1&b=2'),
    response: result('3'),
  },
  {
    name: 'the order of the keys does not matter',
    request: post('/rpc/add', { b: 2, a: 40 }),
    response: result('42'),
  },
  {
    name: 'an argument of another JSON type is converted by the database',
    request: post('/rpc/add', { a: '1', b: 2 }),
    response: result('3'),
  },
  {
    name: 'an argument that cannot be converted is the error of the database',
    request: post('/rpc/add', { a: 'x', b: 2 }),
    response: failure(400, {
      code: '22P02',
      message: 'invalid input syntax for type integer: "x"',
    }),
  },
  {
    name: 'a parameter that cannot be converted is the error of the database',
    request: get('/rpc/add?a=x&b=2'),
    response: failure(400, {
      code: '22P02',
      message: 'invalid input syntax for type integer: "x"',
    }),
  },
  {
    name: 'a default stands in for a missing argument',
    request: get('/rpc/greet'),
    response: result('"hello world"'),
  },
  {
    name: 'an argument takes the place of its default',
    request: get('/rpc/greet?name=you'),
    response: result('"hello you"'),
  },
  {
    name: 'an empty object calls without arguments',
    request: post('/rpc/greet', {}),
    response: result('"hello world"'),
  },
  {
    name: 'a POST without a body calls without arguments',
    request: { method: 'POST', path: '/rpc/greet' },
    response: result('"hello world"'),
  },
  {
    name: 'some of the defaults may be taken',
    request: post('/rpc/maybe', { a: 1, c: 3 }),
    response: result('"1/5/3"'),
  },
  {
    name: 'null is an argument, and no default',
    request: post('/rpc/maybe', { a: 1, b: null }),
    response: result('"1/none"'),
  },
  {
    name: 'a missing argument without a default finds no function',
    request: get('/rpc/add?a=1'),
    response: failure(404, {
      code: 'PGRST202',
      message: 'Could not find the function api.add(a) in the schema cache',
      details:
        'Searched for the function api.add with parameter a, but no matches were found in the schema cache.',
      hint: 'Perhaps you meant to call the function api.add(a, b)',
    }),
  },
  {
    name: 'an argument too many finds no function',
    request: get('/rpc/greet?name=you&age=3'),
    response: failure(404, {
      code: 'PGRST202',
      message: 'Could not find the function api.greet(age, name) in the schema cache',
      details:
        'Searched for the function api.greet with parameters age, name, but no matches were found in the schema cache.',
      hint: 'Perhaps you meant to call the function api.greet(name)',
    }),
  },
  {
    name: 'the error of a POST tells of a single unnamed parameter too',
    request: post('/rpc/add', { a: 1 }),
    response: failure(404, {
      code: 'PGRST202',
      message: 'Could not find the function api.add(a) in the schema cache',
      details:
        'Searched for the function api.add with parameter a or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache.',
      hint: 'Perhaps you meant to call the function api.add(a, b)',
    }),
  },
  {
    name: 'a function that does not exist is not found',
    request: get('/rpc/nope'),
    response: failure(404, {
      code: 'PGRST202',
      message: 'Could not find the function api.nope without parameters in the schema cache',
      details:
        'Searched for the function api.nope without parameters, but no matches were found in the schema cache.',
    }),
    response12: failure(404, {
      code: 'PGRST202',
      message: 'Could not find the function api.nope without parameters in the schema cache',
      details:
        'Searched for the function api.nope without parameters, but no matches were found in the schema cache.',
      hint: 'Perhaps you meant to call the function api.cookie',
    }),
  },
  {
    name: 'a name that is nearly that of a function has a hint',
    request: get('/rpc/greets'),
    response: failure(404, {
      code: 'PGRST202',
      message: 'Could not find the function api.greets without parameters in the schema cache',
      details:
        'Searched for the function api.greets without parameters, but no matches were found in the schema cache.',
      hint: 'Perhaps you meant to call the function api.greet',
    }),
  },
  {
    name: 'a function of a schema that is not exposed is not found',
    request: post('/rpc/whisper', {}),
    response: failure(404, {
      code: 'PGRST202',
      message: 'Could not find the function api.whisper without parameters in the schema cache',
      details:
        'Searched for the function api.whisper without parameters or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache.',
    }),
    response12: failure(404, {
      code: 'PGRST202',
      message: 'Could not find the function api.whisper without parameters in the schema cache',
      details:
        'Searched for the function api.whisper without parameters or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache.',
      hint: 'Perhaps you meant to call the function api.header',
    }),
  },
  {
    name: 'a function of the extra search path is not found',
    request: get('/rpc/answer'),
    response: failure(404, {
      code: 'PGRST202',
      message: 'Could not find the function api.answer without parameters in the schema cache',
      details:
        'Searched for the function api.answer without parameters, but no matches were found in the schema cache.',
    }),
    response12: failure(404, {
      code: 'PGRST202',
      message: 'Could not find the function api.answer without parameters in the schema cache',
      details:
        'Searched for the function api.answer without parameters, but no matches were found in the schema cache.',
      hint: 'Perhaps you meant to call the function api.header',
    }),
  },
  {
    name: 'the name of a function minds the case',
    request: get('/rpc/Greet'),
    response: failure(404, {
      code: 'PGRST202',
      message: 'Could not find the function api.Greet without parameters in the schema cache',
      details:
        'Searched for the function api.Greet without parameters, but no matches were found in the schema cache.',
      hint: 'Perhaps you meant to call the function api.greet',
    }),
  },
  {
    name: 'overloads are told apart by the names of the arguments',
    request: get('/rpc/area?side=3'),
    response: result('9'),
  },
  {
    name: 'the other overload has other names',
    request: get('/rpc/area?width=3&height=4'),
    response: result('12'),
  },
  {
    name: 'overloads with the same names cannot be told apart',
    request: get('/rpc/twin?a=1'),
    response: failure(300, {
      code: 'PGRST203',
      message:
        'Could not choose the best candidate function between: api.twin(a => integer), api.twin(a => text)',
      hint: 'Try renaming the parameters or the function itself in the database so function overloading can be resolved',
    }),
  },
  {
    name: 'overloads with the same names cannot be told apart by type either',
    request: post('/rpc/twin', { a: 1 }),
    response: failure(300, {
      code: 'PGRST203',
      message:
        'Could not choose the best candidate function between: api.twin(a => integer), api.twin(a => text)',
      hint: 'Try renaming the parameters or the function itself in the database so function overloading can be resolved',
    }),
  },
  {
    name: 'an overload that fits without its defaults is not preferred',
    request: get('/rpc/near?a=1'),
    response: failure(300, {
      code: 'PGRST203',
      message:
        'Could not choose the best candidate function between: api.near(a => integer), api.near(a => integer, b => integer)',
      hint: 'Try renaming the parameters or the function itself in the database so function overloading can be resolved',
    }),
  },
  {
    name: 'an overload is chosen by an argument that only it has',
    request: get('/rpc/near?a=1&b=3'),
    response: result('"two"'),
  },
  {
    name: 'a variadic parameter takes one value',
    request: get('/rpc/sum_all?numbers=5'),
    response: result('5'),
  },
  {
    name: 'a variadic parameter takes its name more than once',
    request: get('/rpc/sum_all?numbers=1&numbers=2&numbers=3'),
    response: result('6'),
  },
  {
    name: 'in a query, a variadic parameter takes no array',
    request: get('/rpc/sum_all?numbers={1,2}'),
    response: failure(400, {
      code: '22P02',
      message: 'invalid input syntax for type integer: "{1,2}"',
    }),
  },
  {
    name: 'a variadic parameter takes a JSON array in a body',
    request: post('/rpc/sum_all', { numbers: [1, 2, 3] }),
    response: result('6'),
  },
  {
    name: 'a variadic parameter with a default may be left out',
    request: post('/rpc/variadic_or_none', {}),
    response: result('[]'),
  },
  {
    name: 'of a parameter that is not variadic, the last value counts',
    request: get('/rpc/greet?name=a&name=b'),
    response: result('"hello b"'),
  },
  {
    name: 'an array parameter takes an array of the database',
    request: get('/rpc/array_arg?items={1,2,3}'),
    response: result('3'),
  },
  {
    name: 'an array parameter takes a JSON array in a body',
    request: post('/rpc/array_arg', { items: [1, 2] }),
    response: result('2'),
  },
  {
    name: 'a JSON parameter takes any JSON',
    request: post('/rpc/json_arg', { doc: { k: [1] } }),
    response: result('"[1]"'),
  },
  {
    name: 'JSON text in a query is a document',
    request: get('/rpc/jsonb_arg?doc={"k":1}'),
    response: result('{"k": 1}'),
    response12: result('"{\\"k\\":1}"'),
  },
  {
    name: 'a single named json parameter does not take what fits no name',
    request: post('/rpc/json_arg', { z: 1 }),
    response: failure(404, {
      code: 'PGRST202',
      message: 'Could not find the function api.json_arg(z) in the schema cache',
      details:
        'Searched for the function api.json_arg with parameter z or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache.',
    }),
    response12: failure(404, {
      code: '42883',
      message: 'function api.json_arg() does not exist',
      hint: 'No function matches the given name and argument types. You might need to add explicit type casts.',
    }),
  },
  {
    name: 'a composite parameter takes an object',
    request: post('/rpc/pair_text', { p: { left_part: 7, right_part: 'x' } }),
    response: result('"7:x"'),
  },
  {
    name: 'in and out parameters: only those that go in are arguments',
    request: post('/rpc/outs', { a: 4 }),
    response: result('{"twice":8,"text_form":"4"}'),
  },
  {
    name: 'an inout parameter is an argument, and its value a key of the result',
    request: post('/rpc/in_and_out', { n: 1 }),
    response: result('{"n":2}'),
  },
  {
    name: 'a parameter whose value begins with an operator is a filter',
    request: get('/rpc/greet?name=eq.x'),
    response: failure(400, { code: '42703', message: 'column greet.name does not exist' }),
  },
  {
    name: 'columns= chooses which keys are arguments',
    request: post('/rpc/add?columns=a,b', { a: 1, b: 2, c: 3 }),
    response: result('3'),
  },
  {
    name: 'of an array of objects, the first is the set of arguments',
    request: post('/rpc/add', [
      { a: 1, b: 2 },
      { a: 5, b: 5 },
    ]),
    response: result('3'),
  },
]

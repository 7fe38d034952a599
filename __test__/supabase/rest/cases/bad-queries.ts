// Bad input: filters, orders and other parameters that cannot be parsed.
import {
  answer,
  CANONICAL,
  failure,
  get,
  head,
  json,
  list,
  post,
  rows,
  type Case,
} from '../support/case'

export const badQueries: Case[] = [
  {
    name: 'a filter on a name with an unclosed quote cannot be parsed',
    request: get('/films?"id=eq.1'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse tree path ("id)" (line 1, column 4)',
      details: 'unexpected end of input expecting "\\\\" or "\\""',
    }),
  },
  {
    name: 'a filter on an empty name cannot be parsed',
    request: get('/films?=eq.1'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse tree path ()" (line 1, column 1)',
      details: 'unexpected end of input expecting field name (* or [a..z0..9_$])',
    }),
  },
  {
    name: 'a filter on a name that ends with a dot cannot be parsed',
    request: get('/films?id.=eq.1'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse tree path (id.)" (line 1, column 4)',
      details: 'unexpected end of input expecting field name (* or [a..z0..9_$])',
    }),
  },
  {
    name: 'a filter on a name that begins with a dot cannot be parsed',
    request: get('/films?.id=eq.1'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse tree path (.id)" (line 1, column 1)',
      details: 'unexpected "." expecting field name (* or [a..z0..9_$])',
    }),
  },
  {
    name: 'a filter on a path with an empty part cannot be parsed',
    request: get('/films?studios..id=eq.1'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse tree path (studios..id)" (line 1, column 9)',
      details: 'unexpected "." expecting field name (* or [a..z0..9_$])',
    }),
  },
  {
    name: 'a filter with only a dot cannot be parsed',
    request: get('/films?id=.'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse filter (.)" (line 1, column 1)',
      details: 'unexpected "." expecting "not" or operator (eq, gt, ...)',
    }),
  },
  {
    name: 'a filter with an operator and no dot cannot be parsed',
    request: get('/films?id=eq1'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse filter (eq1)" (line 1, column 3)',
      details: 'unexpected "1" expecting operator (eq, gt, ...)',
    }),
  },
  {
    name: 'a negation without an operator cannot be parsed',
    request: get('/films?id=not.'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse filter (not.)" (line 1, column 5)',
      details: 'unexpected end of input expecting operator (eq, gt, ...)',
    }),
  },
  {
    name: 'a negation without anything cannot be parsed',
    request: get('/films?id=not'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse filter (not)" (line 1, column 4)',
      details: 'unexpected end of input expecting delimiter (.)',
    }),
  },
  {
    name: 'is without a value cannot be parsed',
    request: get('/films?id=is.'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse filter (is.)" (line 1, column 4)',
      details: 'unexpected end of input expecting isVal: (null, not_null, true, false, unknown)',
    }),
    response12: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse filter (is.)" (line 1, column 4)',
      details: 'unexpected end of input expecting null or trilean value (unknown, true, false)',
    }),
  },
  {
    name: 'full text search without a configuration in its parentheses cannot be parsed',
    request: get('/documents?search=fts().x'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse filter (fts().x)" (line 1, column 5)',
      details: 'unexpected ")" expecting operator (eq, gt, ...)',
    }),
  },
  {
    name: 'full text search with an unclosed configuration cannot be parsed',
    request: get('/documents?search=fts(english.x'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse filter (fts(english.x)" (line 1, column 12)',
      details: 'unexpected "." expecting operator (eq, gt, ...)',
    }),
  },
  {
    name: 'a list that does not close cannot be parsed',
    request: get('/films?id=in.(1,2'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse filter (in.(1,2)" (line 1, column 8)',
      details: 'unexpected end of input expecting "," or ")"',
    }),
  },
  {
    name: 'text after a list is not read',
    request: get('/films?select=id&id=in.(1,2)3&order=id'),
    response: rows('0-1/*', '{"id":1}', '{"id":2}'),
  },
  {
    name: 'an unclosed quote in a list is a part of its value',
    request: get('/films?select=id&title=in.("a)'),
    response: rows('*/*'),
  },
  {
    name: 'a quantifier that does not close cannot be parsed',
    request: get('/films?id=eq(any.{1}'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse filter (eq(any.{1})" (line 1, column 7)',
      details: 'unexpected "." expecting operator (eq, gt, ...)',
    }),
  },
  {
    name: 'an and without a dot before its operator cannot be parsed',
    request: get('/films?and=(ideq.1)'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse logic tree ((ideq.1))" (line 1, column 10)',
      details: 'unexpected "1" expecting "not" or operator (eq, gt, ...)',
    }),
  },
  {
    name: 'a tree with an empty condition cannot be parsed',
    request: get('/films?or=(id.eq.1,)'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse logic tree ((id.eq.1,))" (line 1, column 12)',
      details:
        'unexpected ")" expecting field name (* or [a..z0..9_$]), negation operator (not) or logic operator (and, or)',
    }),
  },
  {
    name: 'a tree that no comma separates is a part of the value before it',
    request: get('/films?or=(id.eq.1and(id.eq.2))'),
    response: failure(400, {
      code: '22P02',
      message: 'invalid input syntax for type integer: "1and(id.eq.2"',
    }),
  },
  {
    name: 'an unclosed quote in a tree is a part of its value',
    request: get('/films?select=id&or=(title.eq."a,id.eq.1)'),
    response: rows('0-0/*', '{"id":1}'),
  },
  {
    name: 'a tree that is named wrongly cannot be parsed',
    request: get('/films?nor=(id.eq.1)'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse filter ((id.eq.1))" (line 1, column 1)',
      details: 'unexpected "(" expecting "not" or operator (eq, gt, ...)',
    }),
  },
  {
    name: 'a tree of a relation with a bad name cannot be parsed',
    request: get('/films?select=id,studios(id)&studios.nor=(id.eq.1)'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse filter ((id.eq.1))" (line 1, column 1)',
      details: 'unexpected "(" expecting "not" or operator (eq, gt, ...)',
    }),
  },
  {
    name: 'an order of a relation without a column cannot be parsed',
    request: get('/films?select=studios(id)&order=studios()'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse order (studios())" (line 1, column 8)',
      details:
        'unexpected \'(\' expecting letter, digit, "-", "->>", "->", delimiter (.), "," or end of input',
    }),
  },
  {
    name: 'an order with two directions cannot be parsed',
    request: get('/films?order=id.asc.desc'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse order (id.asc.desc)" (line 1, column 8)',
      details: 'unexpected "d" expecting "nullsfirst" or "nullslast"',
    }),
  },
  {
    name: 'an order that ends with a dot cannot be parsed',
    request: get('/films?order=id.'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse order (id.)" (line 1, column 4)',
      details: 'unexpected end of input expecting "asc", "desc", "nullsfirst" or "nullslast"',
    }),
  },
  {
    name: 'an order with an empty term cannot be parsed',
    request: get('/films?order=id,,title'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse order (id,,title)" (line 1, column 4)',
      details: 'unexpected "," expecting field name (* or [a..z0..9_$])',
    }),
  },
  {
    name: 'an order by a star cannot be parsed',
    request: get('/films?order=*'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse order (*)" (line 1, column 1)',
      details: 'unexpected "*" expecting field name (* or [a..z0..9_$])',
    }),
  },
  {
    name: 'columns= with an empty name cannot be parsed',
    role: 'service_role',
    request: post('/logs?columns=level,,message', { level: 'a' }),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse columns parameter (level,,message)" (line 1, column 7)',
      details: 'unexpected "," expecting field name (* or [a..z0..9_$])',
    }),
  },
  {
    name: 'columns= that is empty cannot be parsed',
    role: 'service_role',
    request: post('/logs?columns=', { level: 'a' }),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse columns parameter ()" (line 1, column 1)',
      details: 'unexpected end of input expecting field name (* or [a..z0..9_$])',
    }),
  },
  {
    name: 'on_conflict= that is empty cannot be parsed',
    role: 'service_role',
    request: post(
      '/countries?on_conflict=',
      { code: 'DE', name: 'Germany' },
      { Prefer: 'resolution=merge-duplicates' }
    ),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse on_conflict parameter ()" (line 1, column 1)',
      details: 'unexpected end of input expecting field name (* or [a..z0..9_$])',
    }),
  },
  {
    name: 'a limit beyond all numbers is the error of the database',
    request: get('/films?select=id&limit=99999999999999999999'),
    response: failure(400, {
      code: '22003',
      message: 'value "99999999999999999999" is out of range for type bigint',
    }),
  },
  {
    name: 'an offset beyond all numbers is the error of the database',
    request: get('/films?select=id&offset=99999999999999999999'),
    response: failure(400, {
      code: '22003',
      message: 'value "99999999999999999999" is out of range for type bigint',
    }),
  },
  {
    name: 'a limit with a fraction is ignored',
    request: get('/films?select=id&order=id&limit=1.5'),
    response: rows('0-4/*', '{"id":1}', '{"id":2}', '{"id":3}', '{"id":4}', '{"id":5}'),
  },
  {
    name: 'an empty limit is ignored',
    request: get('/films?select=id&order=id&limit='),
    response: rows('0-4/*', '{"id":1}', '{"id":2}', '{"id":3}', '{"id":4}', '{"id":5}'),
  },
  {
    name: 'a parameter without a value is ignored',
    request: get('/films?select=id&order=id&limit=1&id'),
    response: rows('0-0/*', '{"id":1}'),
  },
  {
    name: 'an empty parameter does nothing but show in the location',
    request: get('/films?select=id&order=id&limit=1&&'),
    response: answer(
      200,
      {
        ...json,
        'content-range': '0-0/*',
        'content-location': '/films?=&limit=1&order=id&select=id',
      },
      list('{"id":1}')
    ),
  },
  {
    name: 'a fragment is not part of the request',
    request: get('/films?select=id&order=id&limit=1#order=id.desc'),
    response: rows('0-0/*', '{"id":1}'),
  },
  {
    name: 'a plus is a space',
    request: get('/films?select=id&title=eq.Night+Train&order=id'),
    response: rows('0-1/*', '{"id":1}', '{"id":4}'),
  },
  {
    name: 'an encoded plus is a plus',
    request: get('/films?select=id&title=eq.Night%2BTrain'),
    response: rows('*/*'),
  },
  {
    name: 'a Range of a HEAD is not taken',
    request: head('/films?select=id', { Range: '0-1' }),
    response: answer(200, { ...json, 'content-range': '0-4/*', 'content-location': CANONICAL }),
  },
]

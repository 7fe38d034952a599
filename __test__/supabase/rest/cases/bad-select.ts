// Bad input: lists of columns that cannot be parsed, and the words in which that is told.
import { answer, failure, get, json, list, rows, type Case } from '../support/case'

export const badSelect: Case[] = [
  {
    name: 'an unclosed relation cannot be parsed',
    request: get('/films?select=id,studios(name'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse select parameter (id,studios(name)" (line 1, column 16)',
      details:
        'unexpected end of input expecting letter, digit, "-", "->>", "->", "::", ".", ")", "," or end of input',
    }),
  },
  {
    name: 'what comes after a closing parenthesis too many is not read',
    request: get('/posters?select=width,films(id)),film_id&order=width'),
    response: rows('0-1/*', '{"width":60,"films":{"id": 1}}', '{"width":70,"films":{"id": 2}}'),
  },
  {
    name: 'a list that begins with a parenthesis is empty, and so everything',
    request: get('/festivals?select=(name)&order=id'),
    response: rows('0-1/*', '{"id":1,"name":"Lakeside"}', '{"id":2,"name":"Harbour"}'),
  },
  {
    name: 'two commas cannot be parsed',
    request: get('/films?select=id,,title'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse select parameter (id,,title)" (line 1, column 4)',
      details: 'unexpected "," expecting "...", field name (* or [a..z0..9_$]), "*" or "count()"',
    }),
  },
  {
    name: 'a list that begins with a comma is empty, and so everything',
    request: get('/festivals?select=,id&order=id'),
    response: rows('0-1/*', '{"id":1,"name":"Lakeside"}', '{"id":2,"name":"Harbour"}'),
  },
  {
    name: 'a hint without a name cannot be parsed',
    request: get('/films?select=people!(name)'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse select parameter (people!(name))" (line 1, column 7)',
      details:
        'unexpected \'!\' expecting letter, digit, "-", "->>", "->", "::", ".", ")", "," or end of input',
    }),
  },
  {
    name: 'three hints cannot be parsed',
    request: get('/films?select=people!a!b!c(name)'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse select parameter (people!a!b!c(name))" (line 1, column 7)',
      details:
        'unexpected \'!\' expecting letter, digit, "-", "->>", "->", "::", ".", ")", "," or end of input',
    }),
  },
  {
    name: 'an alias without a column cannot be parsed',
    request: get('/films?select=a:'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse select parameter (a:)" (line 1, column 3)',
      details: 'unexpected end of input expecting ":" or field name (* or [a..z0..9_$])',
    }),
  },
  {
    name: 'an alias of an alias cannot be parsed',
    request: get('/films?select=a:b:id'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse select parameter (a:b:id)" (line 1, column 4)',
      details: 'unexpected "i" expecting "::"',
    }),
  },
  {
    name: 'a cast without a type cannot be parsed',
    request: get('/films?select=id::'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse select parameter (id::)" (line 1, column 5)',
      details: 'unexpected end of input expecting letter or digit',
    }),
  },
  {
    name: 'a cast may be of two words',
    request: get('/festivals?select=id::double precision&order=id'),
    response: rows('0-1/*', '{"id":1}', '{"id":2}'),
  },
  {
    name: 'an arrow without a key cannot be parsed',
    request: get('/films?select=facts->'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse select parameter (facts->)" (line 1, column 8)',
      details:
        'unexpected end of input expecting "-", digit or any non reserved character different from: .,>()',
    }),
  },
  {
    name: 'an arrow with a bad index cannot be parsed',
    request: get('/films?select=facts->-x'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse select parameter (facts->-x)" (line 1, column 9)',
      details: 'unexpected "x" expecting digit',
    }),
  },
  {
    name: 'a list that begins with a spread of nothing is empty, and so everything',
    request: get('/festivals?select=...&order=id'),
    response: rows('0-1/*', '{"id":1,"name":"Lakeside"}', '{"id":2,"name":"Harbour"}'),
  },
  {
    name: 'a list that begins with a spread of a column is empty, and so everything',
    request: get('/festivals?select=...id&order=id'),
    response: rows('0-1/*', '{"id":1,"name":"Lakeside"}', '{"id":2,"name":"Harbour"}'),
  },
  {
    name: 'an aggregate without parentheses cannot be parsed',
    request: get('/films?select=year.sum'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse select parameter (year.sum)" (line 1, column 9)',
      details: 'unexpected end of input expecting "()"',
    }),
  },
  {
    name: 'an unclosed quote in select cannot be parsed',
    request: get('/films?select="id'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse select parameter ("id)" (line 1, column 4)',
      details: 'unexpected end of input expecting "\\\\" or "\\""',
    }),
  },
  {
    name: 'a star with an alias cannot be parsed',
    request: get('/films?select=a:*'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse select parameter (a:*)" (line 1, column 3)',
      details: 'unexpected "*" expecting ":" or field name (* or [a..z0..9_$])',
    }),
  },
  {
    name: 'a semicolon separates parameters as an ampersand does',
    request: get('/festivals?select=id;order=id.desc'),
    response: answer(
      200,
      {
        ...json,
        'content-range': '0-1/*',
        'content-location': '/festivals?order=id.desc&select=id',
      },
      list('{"id":2}', '{"id":1}')
    ),
  },
  {
    name: 'a list that begins with a closing parenthesis is empty, and so everything',
    request: get('/festivals?select=)&order=id'),
    response: rows('0-1/*', '{"id":1,"name":"Lakeside"}', '{"id":2,"name":"Harbour"}'),
  },
]

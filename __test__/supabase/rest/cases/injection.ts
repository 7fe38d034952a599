// Bad input: SQL in a query, which is never more than a value or a name.
import { failure, get, post, result, rows, type Case } from '../support/case'

export const injection: Case[] = [
  {
    name: 'a filter takes it as a value (1)',
    request: get("/films?select=id&title=eq.'%3B%20drop%20table%20api.films%3B%20--"),
    response: rows('*/*'),
  },
  {
    name: 'a filter takes it as a value (2)',
    request: get("/films?select=id&title=eq.'%20or%20'1'%3D'1"),
    response: rows('*/*'),
  },
  {
    name: 'a filter takes it as a value (3)',
    request: get('/films?select=id&title=eq.%22%3B%20drop%20table%20api.films%3B%20--'),
    response: rows('*/*'),
  },
  {
    name: 'a filter takes it as a value (4)',
    request: get('/films?select=id&title=eq.1)%3B%20drop%20table%20api.films%3B%20--'),
    response: rows('*/*'),
  },
  {
    name: 'a filter takes it as a value (5)',
    request: get('/films?select=id&title=eq.%24%24%3B%20drop%20table%20api.films%3B%20%24%24'),
    response: rows('*/*'),
  },
  {
    name: 'a filter takes it as a value (6)',
    request: get("/films?select=id&title=eq.%5C'%3B%20drop%20table%20api.films%3B%20--"),
    response: rows('*/*'),
  },
  {
    name: 'a filter takes it as a value (7)',
    request: get('/films?select=id&title=eq.*%2F%20drop%20table%20api.films%20%2F*'),
    response: rows('*/*'),
  },
  {
    name: 'a filter takes it as a value (8)',
    request: get("/films?select=id&title=eq.'%20union%20select%20content%20from%20api.vault%20--"),
    response: rows('*/*'),
  },
  {
    name: 'a list takes it as a value (1)',
    request: get("/films?select=id&title=in.(%22'%3B%20drop%20table%20api.films%3B%20--%22)"),
    response: rows('*/*'),
  },
  {
    name: 'a list takes it as a value (2)',
    request: get("/films?select=id&title=in.(%22'%20or%20'1'%3D'1%22)"),
    response: rows('*/*'),
  },
  {
    name: 'a list takes it as a value (3)',
    request: get('/films?select=id&title=in.(%22%5C%22%3B%20drop%20table%20api.films%3B%20--%22)'),
    response: rows('*/*'),
  },
  {
    name: 'a list takes it as a value (4)',
    request: get('/films?select=id&title=in.(%221)%3B%20drop%20table%20api.films%3B%20--%22)'),
    response: rows('*/*'),
  },
  {
    name: 'a pattern takes it as a value (1)',
    request: get("/films?select=id&title=ilike.'%3B%20drop%20table%20api.films%3B%20--"),
    response: rows('*/*'),
  },
  {
    name: 'a pattern takes it as a value (2)',
    request: get("/films?select=id&title=ilike.'%20or%20'1'%3D'1"),
    response: rows('*/*'),
  },
  {
    name: 'a pattern takes it as a value (3)',
    request: get('/films?select=id&title=ilike.%22%3B%20drop%20table%20api.films%3B%20--'),
    response: rows('*/*'),
  },
  {
    name: 'a tree takes it as a value',
    request: get(
      "/films?select=id&or=(title.eq.%22'%3B%20drop%20table%20api.films%3B%20--%22,id.eq.1)"
    ),
    response: rows('0-0/*', '{"id":1}'),
  },
  {
    name: 'an array takes it as a value',
    request: get("/films?select=id&tags=cs.%7B%22'%3B%20drop%20table%20api.films%3B%20--%22%7D"),
    response: rows('*/*'),
  },
  {
    name: 'full text search takes it as a value',
    request: get("/documents?select=id&search=plfts.'%3B%20drop%20table%20api.films%3B%20--"),
    response: rows('*/*'),
  },
  {
    name: 'the configuration of full text search is a name',
    request: get("/documents?search=fts(english'%3B%20drop).x"),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse filter (fts(english\'; drop).x)" (line 1, column 12)',
      details: 'unexpected "\'" expecting operator (eq, gt, ...)',
    }),
  },
  {
    name: 'a JSON key takes it as a key',
    request: get("/films?select=facts->>%22'%3B%20drop%20table%20api.films%3B%20--%22&id=eq.1"),
    response: rows('0-0/*', '{"\'; drop table api.films; --":null}'),
  },
  {
    name: 'a JSON key in a filter takes it as a key',
    request: get("/films?select=id&facts->>%22'%3B%20drop%20table%20api.films%3B%20--%22=eq.1"),
    response: rows('*/*'),
  },
  {
    name: 'a column is a name',
    request: get('/films?select=%22id%5C%22%3B%20drop%20table%20api.films%3B%20--%22'),
    response: failure(400, {
      code: '42703',
      message: 'column films.id"; drop table api.films; -- does not exist',
    }),
  },
  {
    name: 'an alias is a name',
    request: get('/films?select=%22a%5C%22%3B%20drop%20table%20api.films%3B%20--%22%3Aid&id=eq.1'),
    response: rows('0-0/*', '{"a\\"; drop table api.films; --":1}'),
  },
  {
    name: 'a cast is a name',
    request: get('/films?select=id::int%3B%20drop%20table%20api.films'),
    response: failure(400, {
      code: 'PGRST100',
      message:
        '"failed to parse select parameter (id::int; drop table api.films)" (line 1, column 8)',
      details: 'unexpected \';\' expecting letter, digit, ".", "::", ")", "," or end of input',
    }),
  },
  {
    name: 'a cast is a name without parentheses',
    request: get('/films?select=id::varchar(3)'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse select parameter (id::varchar(3))" (line 1, column 12)',
      details: 'unexpected \'(\' expecting letter, digit, ".", "::", ")", "," or end of input',
    }),
  },
  {
    name: 'a filter column is a name',
    request: get('/films?%22id%5C%22%20or%201%3D1%20--%22=eq.1'),
    response: failure(400, { code: '42703', message: 'column films.id" or 1=1 -- does not exist' }),
  },
  {
    name: 'an order column is a name',
    request: get('/films?order=%22id%5C%22%3B%20drop%20table%20api.films%3B%20--%22'),
    response: failure(400, {
      code: '42703',
      message: 'column films.id"; drop table api.films; -- does not exist',
    }),
  },
  {
    name: 'a relation is a name',
    request: get('/films?select=id,%22studios%5C%22%3B%20drop%20table%20api.films%3B%20--%22(id)'),
    response: failure(400, {
      code: 'PGRST200',
      message:
        "Could not find a relationship between 'films' and 'studios\"; drop table api.films; --' in the schema cache",
      details:
        "Searched for a foreign key relationship between 'films' and 'studios\"; drop table api.films; --' in the schema 'api', but no matches were found.",
    }),
  },
  {
    name: 'a hint is a name',
    request: get('/films?select=id,people!%22x%5C%22%3B%20drop%20table%20api.films%3B%20--%22(id)'),
    response: failure(400, {
      code: 'PGRST200',
      message: "Could not find a relationship between 'films' and 'people' in the schema cache",
      details:
        "Searched for a foreign key relationship between 'films' and 'people' using the hint 'x\"; drop table api.films; --' in the schema 'api', but no matches were found.",
    }),
  },
  {
    name: 'a table is a name',
    request: get('/films%3B%20drop%20table%20api.films'),
    response: failure(404, {
      code: 'PGRST205',
      message: "Could not find the table 'api.films; drop table api.films' in the schema cache",
    }),
    response12: failure(404, {
      code: '42P01',
      message: 'relation "api.films; drop table api.films" does not exist',
    }),
  },
  {
    name: 'a table with a quote is a name',
    request: get('/films%22%20where%20true%3B%20drop%20table%20%22api.films'),
    response: failure(404, {
      code: 'PGRST205',
      message:
        'Could not find the table \'api.films" where true; drop table "api.films\' in the schema cache',
    }),
    response12: failure(404, {
      code: '42P01',
      message: 'relation "api.films" where true; drop table "api.films" does not exist',
    }),
  },
  {
    name: 'a function is a name',
    request: get('/rpc/who()%3B%20drop%20table%20api.films%3B%20--'),
    response: failure(404, {
      code: 'PGRST202',
      message:
        'Could not find the function api.who(); drop table api.films; -- without parameters in the schema cache',
      details:
        'Searched for the function api.who(); drop table api.films; -- without parameters, but no matches were found in the schema cache.',
    }),
  },
  {
    name: 'an argument takes it as a value',
    request: get("/rpc/greet?name='%3B%20drop%20table%20api.films%3B%20--"),
    response: result('"hello \'; drop table api.films; --"'),
  },
  {
    name: 'an argument of a body takes it as a value',
    request: post('/rpc/greet', { name: "'; drop table api.films; --" }),
    response: result('"hello \'; drop table api.films; --"'),
  },
  {
    name: 'a limit is a number',
    request: get('/films?select=id&order=id&limit=1%3B%20drop%20table%20api.films'),
    response: rows('0-4/*', '{"id":1}', '{"id":2}', '{"id":3}', '{"id":4}', '{"id":5}'),
  },
  {
    name: 'an offset is a number',
    request: get('/films?select=id&order=id&offset=1%3B%20drop%20table%20api.films'),
    response: rows('0-4/*', '{"id":1}', '{"id":2}', '{"id":3}', '{"id":4}', '{"id":5}'),
  },
]

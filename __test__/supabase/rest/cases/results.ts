// Functions: how results come, and what a request may do to them.
import { answer, failure, get, json, list, post, result, type Case } from '../support/case'

export const results: Case[] = [
  {
    name: 'a text comes as a JSON text',
    request: get('/rpc/greet'),
    response: result('"hello world"'),
  },
  {
    name: 'a null comes as null',
    request: get('/rpc/null_text'),
    response: result('null'),
  },
  {
    name: 'an array comes as an array',
    request: get('/rpc/int_array'),
    response: result('[1,2,3]'),
  },
  {
    name: 'json comes as it is',
    request: get('/rpc/a_json'),
    response: result('{"b": 1, "a": [2]}'),
  },
  {
    name: 'a set of scalars comes as a list',
    request: get('/rpc/numbers?upto=3'),
    response: result('[1, 2, 3]', '0-2/*'),
  },
  {
    name: 'a set of scalars may hold nulls',
    request: get('/rpc/words'),
    response: result('["one", "two", null]', '0-2/*'),
  },
  {
    name: 'an empty set is an empty list',
    request: get('/rpc/numbers?upto=0'),
    response: result('[]', '*/*'),
  },
  {
    name: 'a set of json comes as a list of it',
    request: get('/rpc/json_rows'),
    response: result('[{"n": 1}, {"n": 2}]', '0-1/*'),
  },
  {
    name: 'a row of a table comes as an object',
    request: get('/rpc/film?film_id=2'),
    response: result(
      '{"id":2,"title":"Cloud Atelier","year":2001,"rating":8.1,"genre":"drama","director_id":2,"writer_id":2,"studio_id":2,"tags":["cloud"],"facts":{"cast": {"lead": "Ben"}, "langs": ["jp"], "awards": 0}}'
    ),
  },
  {
    name: 'a row of nulls comes as an object of nulls',
    request: get('/rpc/null_film'),
    response: result(
      '{"id":null,"title":null,"year":null,"rating":null,"genre":null,"director_id":null,"writer_id":null,"studio_id":null,"tags":null,"facts":null}'
    ),
  },
  {
    name: 'no row comes as an object of nulls',
    request: get('/rpc/film?film_id=99'),
    response: result(
      '{"id":null,"title":null,"year":null,"rating":null,"genre":null,"director_id":null,"writer_id":null,"studio_id":null,"tags":null,"facts":null}'
    ),
  },
  {
    name: 'a set of rows comes as a list',
    request: get('/rpc/films_of?studio=2'),
    response: result(
      list(
        '{"id":2,"title":"Cloud Atelier","year":2001,"rating":8.1,"genre":"drama","director_id":2,"writer_id":2,"studio_id":2,"tags":["cloud"],"facts":{"cast": {"lead": "Ben"}, "langs": ["jp"], "awards": 0}}',
        '{"id":3,"title":"Paper Moonlight","year":2010,"rating":null,"genre":"comedy","director_id":3,"writer_id":null,"studio_id":2,"tags":[],"facts":null}'
      ),
      '0-1/*'
    ),
  },
  {
    name: 'a table comes as a list',
    request: get('/rpc/people_named?pattern=%25'),
    response: result(
      list(
        '{"id":1,"name":"Ada Lune"}',
        '{"id":2,"name":"Ben Ito"}',
        '{"id":3,"name":"Cleo Rossi"}',
        '{"id":4,"name":"Dan Weil"}',
        '{"id":5,"name":"Eve \\"E\\" O\'Hara"}'
      ),
      '0-4/*'
    ),
  },
  {
    name: 'an argument with wildcards is given as it stands',
    request: get('/rpc/people_named?pattern=%25o%25'),
    response: result(
      list(
        '{"id":2,"name":"Ben Ito"}',
        '{"id":3,"name":"Cleo Rossi"}',
        '{"id":5,"name":"Eve \\"E\\" O\'Hara"}'
      ),
      '0-2/*'
    ),
  },
  {
    name: 'a composite comes as an object',
    request: get('/rpc/a_pair?n=1&t=x'),
    response: result('{"left_part":1,"right_part":"x"}'),
  },
  {
    name: 'a set of composites comes as a list',
    request: get('/rpc/pairs'),
    response: result(
      list('{"left_part":1,"right_part":"a"}', '{"left_part":2,"right_part":"b"}'),
      '0-1/*'
    ),
  },
  {
    name: 'out parameters come as an object',
    request: get('/rpc/outs?a=2'),
    response: result('{"twice":4,"text_form":"2"}'),
  },
  {
    name: 'one out parameter comes as an object too',
    request: get('/rpc/one_out?a=2'),
    response: result('{"twice":4}'),
  },
  {
    name: 'void is no content',
    request: post('/rpc/nothing', {}),
    response: answer(204, { 'content-range': '0-0/*' }),
  },
  {
    name: 'a result of rows takes select',
    request: get('/rpc/films_of?studio=2&select=id,label'),
    response: result(
      list('{"id":2,"label":"Cloud Atelier (2001)"}', '{"id":3,"label":"Paper Moonlight (2010)"}'),
      '0-1/*'
    ),
  },
  {
    name: 'a result of rows takes filters',
    request: get('/rpc/all_films?select=id&year=gt.2000'),
    response: result(list('{"id":2}', '{"id":3}', '{"id":4}'), '0-2/*'),
    response12: failure(400, { code: '42703', message: 'column films.year does not exist' }),
  },
  {
    name: 'a filter on a column that is not selected works',
    request: get('/rpc/all_films?select=title&id=eq.1'),
    response: result('[{"title":"Night Train"}]'),
    response12: failure(400, { code: '42703', message: 'column films.id does not exist' }),
  },
  {
    name: 'a result of rows takes an order',
    request: get('/rpc/all_films?select=id,title&order=title.desc,id'),
    response: result(
      list(
        '{"id":5,"title":"Salt, Sea & \\"Sun\\""}',
        '{"id":3,"title":"Paper Moonlight"}',
        '{"id":1,"title":"Night Train"}',
        '{"id":4,"title":"Night Train"}',
        '{"id":2,"title":"Cloud Atelier"}'
      ),
      '0-4/*'
    ),
  },
  {
    name: 'an order by a column that is not selected is the error of the database',
    request: get('/rpc/all_films?select=id&order=title.desc'),
    response: failure(400, { code: '42703', message: 'column films.title does not exist' }),
  },
  {
    name: 'a result of rows takes a limit and an offset',
    request: get('/rpc/all_films?select=id&limit=2&offset=1'),
    response: result(list('{"id":2}', '{"id":3}'), '1-2/*'),
  },
  {
    name: 'a result of rows takes trees',
    request: get('/rpc/all_films?select=id&or=(id.eq.1,year.eq.2010)'),
    response: result(list('{"id":1}', '{"id":3}'), '0-1/*'),
    response12: failure(400, { code: '42703', message: 'column films.year does not exist' }),
  },
  {
    name: 'a result of rows embeds relations',
    request: get('/rpc/films_of?studio=1&select=id,studios(name),posters(width)'),
    response: result(
      list(
        '{"id":1,"studios":{"name": "Lumen"},"posters":{"width": 60}}',
        '{"id":5,"studios":{"name": "Lumen"},"posters":null}'
      ),
      '0-1/*'
    ),
  },
  {
    name: 'a single row embeds relations',
    request: get('/rpc/film?film_id=1&select=title,studios(name)'),
    response: result('{"title":"Night Train","studios":{"name": "Lumen"}}'),
  },
  {
    name: 'a result takes inner joins',
    request: get('/rpc/all_films?select=id,posters!inner(width)&order=id'),
    response: result(
      list('{"id":1,"posters":{"width": 60}}', '{"id":2,"posters":{"width": 70}}'),
      '0-1/*'
    ),
  },
  {
    name: 'a filter on a relation needs no column of that name in the result',
    request: get('/rpc/all_films?select=id,studios(name)&studios.name=eq.Kumo&id=lt.3'),
    response: result(
      list('{"id":1,"studios":null}', '{"id":2,"studios":{"name": "Kumo"}}'),
      '0-1/*'
    ),
  },
  {
    name: 'a result embeds with filters',
    request: get('/rpc/all_films?select=id,studios(name)&studios.id=eq.2&id=lt.3'),
    response: result(
      list('{"id":1,"studios":null}', '{"id":2,"studios":{"name": "Kumo"}}'),
      '0-1/*'
    ),
  },
  {
    name: 'a table of columns takes select and order',
    request: get('/rpc/people_named?pattern=%25&select=name&order=name.desc&limit=2'),
    response: result(list('{"name":"Eve \\"E\\" O\'Hara"}', '{"name":"Dan Weil"}'), '0-1/*'),
  },
  {
    name: 'a set of composites takes select and filters',
    request: get('/rpc/pairs?select=right_part&left_part=gt.1'),
    response: result('[{"right_part":"b"}]'),
    response12: failure(400, { code: '42703', message: 'column pair.left_part does not exist' }),
  },
  {
    name: 'a POST takes them from its path',
    request: post('/rpc/films_of?select=id&id=eq.3', { studio: 2 }),
    response: result('[{"id":3}]'),
  },
  {
    name: 'a POST takes a limit',
    request: post('/rpc/all_films?select=id&limit=1', {}),
    response: result('[{"id":1}]'),
  },
  {
    name: 'a result can be counted',
    request: get('/rpc/all_films?select=id&limit=2', { Prefer: 'count=exact' }),
    response: answer(
      206,
      { ...json, 'content-range': '0-1/5', 'preference-applied': 'count=exact' },
      list('{"id":1}', '{"id":2}')
    ),
  },
  {
    name: 'a result past the end of a counted set is refused',
    request: get('/rpc/all_films?select=id&offset=9', { Prefer: 'count=exact' }),
    response: answer(
      416,
      { ...json, 'content-range': '*/5', 'preference-applied': 'count=exact' },
      '{"code":"PGRST103","details":"An offset of 9 was requested, but there are only 5 rows.","hint":null,"message":"Requested range not satisfiable"}'
    ),
  },
  {
    name: 'the Range header works on a result',
    request: get('/rpc/all_films?select=id', { Range: '1-2' }),
    response: result(list('{"id":2}', '{"id":3}'), '1-2/*'),
  },
  {
    name: 'the Range header is not taken by a POST',
    request: post('/rpc/all_films?select=id', {}, { Range: '0-1' }),
    response: result(list('{"id":1}', '{"id":2}', '{"id":3}', '{"id":4}', '{"id":5}'), '0-4/*'),
  },
  {
    name: 'a column that the result does not have is the error of the database',
    request: get('/rpc/pairs?select=nope'),
    response: failure(400, { code: '42703', message: 'column pgrst_call.nope does not exist' }),
  },
]

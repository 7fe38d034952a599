// Reading: which columns come, under which names.
import { failure, get, rows, type Case } from '../support/case'

export const select: Case[] = [
  {
    name: 'without select, every column comes in the order of the table',
    request: get('/studios'),
    response: rows(
      '0-2/*',
      '{"id":1,"name":"Lumen","country":"FR"}',
      '{"id":2,"name":"Kumo","country":"JP"}',
      '{"id":3,"name":"Stella","country":null}'
    ),
  },
  {
    name: 'select names the columns and their order',
    request: get('/films?select=year,id&id=eq.1'),
    response: rows('0-0/*', '{"year":1994,"id":1}'),
  },
  {
    name: 'select=* is every column',
    request: get('/studios?select=*&id=eq.1'),
    response: rows('0-0/*', '{"id":1,"name":"Lumen","country":"FR"}'),
  },
  {
    name: 'an empty select is the same as none',
    request: get('/studios?select='),
    response: rows(
      '0-2/*',
      '{"id":1,"name":"Lumen","country":"FR"}',
      '{"id":2,"name":"Kumo","country":"JP"}',
      '{"id":3,"name":"Stella","country":null}'
    ),
  },
  {
    name: 'a column may come twice under two names',
    request: get('/studios?select=a:id,b:id&id=eq.1'),
    response: rows('0-0/*', '{"a":1,"b":1}'),
  },
  {
    name: 'an alias before a colon renames the column',
    request: get('/studios?select=label:name&id=eq.2'),
    response: rows('0-0/*', '{"label":"Kumo"}'),
  },
  {
    name: 'an alias may hold spaces when it is quoted',
    request: get('/studios?select="the name":name&id=eq.2'),
    response: rows('0-0/*', '{"the name":"Kumo"}'),
  },
  {
    name: 'a star and columns may stand together',
    request: get('/tiny_numbers?select=*,again:n&n=eq.3'),
    response: rows('0-0/*', '{"n":3,"again":3}'),
  },
  {
    name: 'spaces around the commas of select are ignored',
    request: get('/studios?select=id , name&id=eq.1'),
    response: rows('0-0/*', '{"id":1,"name":"Lumen"}'),
  },
  {
    name: 'a cast turns the column into another type',
    request: get('/films?select=year::text,rating::int&id=eq.1'),
    response: rows('0-0/*', '{"year":"1994","rating":8}'),
  },
  {
    name: 'a cast keeps the alias',
    request: get('/films?select=y:year::text&id=eq.1'),
    response: rows('0-0/*', '{"y":"1994"}'),
  },
  {
    name: 'a cast to a type that does not exist is the error of the database',
    request: get('/films?select=year::nonsense&id=eq.1'),
    response: failure(400, { code: '42704', message: 'type "nonsense" does not exist' }),
  },
  {
    name: 'a cast that fails on a value is the error of the database',
    request: get('/films?select=title::int&id=eq.1'),
    response: failure(400, {
      code: '22P02',
      message: 'invalid input syntax for type integer: "Night Train"',
    }),
  },
  {
    name: 'a column that does not exist is the error of the database',
    request: get('/films?select=nope'),
    response: failure(400, { code: '42703', message: 'column films.nope does not exist' }),
  },
  {
    name: 'a column of another case does not exist',
    request: get('/films?select=Title'),
    response: failure(400, {
      code: '42703',
      message: 'column films.Title does not exist',
      hint: 'Perhaps you meant to reference the column "films.title".',
    }),
  },
  {
    name: 'an arrow reads a key of a JSON column as JSON',
    request: get('/films?select=id,facts->cast&order=id'),
    response: rows(
      '0-4/*',
      '{"id":1,"cast":{"lead": "Cleo"}}',
      '{"id":2,"cast":{"lead": "Ben"}}',
      '{"id":3,"cast":null}',
      '{"id":4,"cast":{}}',
      '{"id":5,"cast":null}'
    ),
  },
  {
    name: 'a double arrow reads a key of a JSON column as text',
    request: get('/films?select=id,facts->>awards&order=id'),
    response: rows(
      '0-4/*',
      '{"id":1,"awards":"2"}',
      '{"id":2,"awards":"0"}',
      '{"id":3,"awards":null}',
      '{"id":4,"awards":null}',
      '{"id":5,"awards":"11"}'
    ),
  },
  {
    name: 'a JSON path goes deeper with each arrow',
    request: get('/films?select=facts->cast->>lead&id=eq.1'),
    response: rows('0-0/*', '{"lead":"Cleo"}'),
  },
  {
    name: 'a JSON path takes its last key as its name',
    request: get('/films?select=facts->cast->lead&id=eq.2'),
    response: rows('0-0/*', '{"lead":"Ben"}'),
  },
  {
    name: 'a JSON path may have an alias',
    request: get('/films?select=star:facts->cast->>lead&id=eq.1'),
    response: rows('0-0/*', '{"star":"Cleo"}'),
  },
  {
    name: 'a number in a JSON path is an index of an array',
    request: get('/films?select=facts->langs->>0&id=eq.1'),
    response: rows('0-0/*', '{"langs":"fr"}'),
  },
  {
    name: 'a negative number in a JSON path counts from the end',
    request: get('/films?select=facts->langs->-1&id=eq.1'),
    response: rows('0-0/*', '{"langs":"it"}'),
  },
  {
    name: 'a JSON path that ends in an index is named after the key before it',
    request: get('/films?select=facts->langs->1&id=eq.1'),
    response: rows('0-0/*', '{"langs":"it"}'),
  },
  {
    name: 'a JSON path can be cast',
    request: get('/films?select=facts->>awards::int&id=eq.1'),
    response: rows('0-0/*', '{"awards":2}'),
  },
  {
    name: 'a JSON path that leads nowhere is null',
    request: get('/films?select=facts->no->>where&id=eq.1'),
    response: rows('0-0/*', '{"where":null}'),
  },
  {
    name: 'an arrow reads an element of an array column',
    request: get('/films?select=tags->0&id=eq.1'),
    response: rows('0-0/*', '{"tags":"train"}'),
  },
  {
    name: 'a computed column is not part of the star',
    request: get('/films?select=*&id=eq.3'),
    response: rows(
      '0-0/*',
      '{"id":3,"title":"Paper Moonlight","year":2010,"rating":null,"genre":"comedy","director_id":3,"writer_id":null,"studio_id":2,"tags":[],"facts":null}'
    ),
  },
  {
    name: 'a computed column comes when it is named',
    request: get('/films?select=id,label&order=id'),
    response: rows(
      '0-4/*',
      '{"id":1,"label":"Night Train (1994)"}',
      '{"id":2,"label":"Cloud Atelier (2001)"}',
      '{"id":3,"label":"Paper Moonlight (2010)"}',
      '{"id":4,"label":"Night Train (2015)"}',
      '{"id":5,"label":"Salt, Sea & \\"Sun\\""}'
    ),
  },
  {
    name: 'a computed column may have an alias and a cast',
    request: get('/people?select=age:age_in_2020::text&id=eq.1'),
    response: rows('0-0/*', '{"age":"70"}'),
  },
  {
    name: 'a computed column can be filtered by',
    request: get('/films?select=id&label=eq.Night Train (1994)'),
    response: rows('0-0/*', '{"id":1}'),
  },
  {
    name: 'a computed column can be ordered by',
    request: get('/people?select=id,age_in_2020&order=age_in_2020.desc.nullslast'),
    response: rows(
      '0-4/*',
      '{"id":1,"age_in_2020":70}',
      '{"id":2,"age_in_2020":58}',
      '{"id":3,"age_in_2020":45}',
      '{"id":5,"age_in_2020":30}',
      '{"id":4,"age_in_2020":null}'
    ),
  },
]

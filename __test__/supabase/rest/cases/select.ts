// Reading: which columns come, under which names, and in which form.
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
  {
    name: 'a boolean, numbers and text come as JSON has them',
    request: get('/kinds?select=flag,small,big,exact,word,code&id=eq.1'),
    response: rows(
      '0-0/*',
      '{"flag":true,"small":12,"big":9007199254740993,"exact":1.50,"word":"plain","code":"ab  "}'
    ),
  },
  {
    name: 'what JSON has no number for comes as text',
    request: get('/kinds?select=approx&order=id'),
    response: rows('0-2/*', '{"approx":0.1}', '{"approx":"Infinity"}', '{"approx":null}'),
  },
  {
    name: 'bytes come in the hex form',
    request: get('/kinds?select=bytes&order=id'),
    response: rows('0-2/*', '{"bytes":"\\\\xdeadbeef"}', '{"bytes":"\\\\x"}', '{"bytes":null}'),
  },
  {
    name: 'dates and times come in ISO form, those with a zone in that of the session',
    request: get('/kinds?select=day,moment,local,span&id=eq.1'),
    response: rows(
      '0-0/*',
      '{"day":"2024-02-29","moment":"2024-02-29T23:30:00+00:00","local":"2024-02-29T23:30:00","span":"1 day 02:03:04"}'
    ),
  },
  {
    name: 'uuid, inet and ranges come as text',
    request: get('/kinds?select=uid,address,scores&order=id'),
    response: rows(
      '0-2/*',
      '{"uid":"11111111-2222-3333-4444-555555555555","address":"10.0.0.1","scores":"[1,5)"}',
      '{"uid":"ffffffff-ffff-ffff-ffff-ffffffffffff","address":"::1","scores":"empty"}',
      '{"uid":null,"address":null,"scores":null}'
    ),
  },
  {
    name: 'arrays come as JSON arrays',
    request: get('/kinds?select=numbers,words&order=id'),
    response: rows(
      '0-2/*',
      '{"numbers":[1,2,3],"words":["a","b c",null]}',
      '{"numbers":[],"words":[]}',
      '{"numbers":null,"words":null}'
    ),
  },
  {
    name: 'json keeps its text, and jsonb its values',
    request: get('/kinds?select=doc,docb&id=eq.1'),
    response: rows(
      '0-0/*',
      '{"doc":{"z": 1,  "a": [true, null]},"docb":{"a": [true, null], "z": 1}}'
    ),
  },
  {
    name: 'an enum comes as its label',
    request: get('/kinds?select=genre&order=id'),
    response: rows('0-2/*', '{"genre":"noir"}', '{"genre":"drama"}', '{"genre":null}'),
  },
  {
    name: 'a tsvector comes as text',
    request: get('/documents?select=search&id=eq.2'),
    response: rows('0-0/*', "{\"search\":\"'dog':3 'jump':4 'quick':2\"}"),
  },
  {
    name: 'a row of nulls has every key',
    request: get('/kinds?id=eq.3'),
    response: rows(
      '0-0/*',
      '{"id":3,"flag":null,"small":null,"big":null,"exact":null,"approx":null,"word":null,"code":null,"bytes":null,"day":null,"moment":null,"local":null,"span":null,"uid":null,"address":null,"numbers":null,"words":null,"scores":null,"doc":null,"docb":null,"genre":null}'
    ),
  },
  {
    name: 'names that need quotes are quoted in the query',
    request: get('/Odd Table?select=id,"first name","UPPER"&id=eq.1'),
    response: rows('0-0/*', '{"id":1,"first name":"Ann","UPPER":"UP"}'),
  },
  {
    name: 'a name with a space needs no quotes',
    request: get('/Odd%20Table?select=first name&id=eq.1'),
    response: rows('0-0/*', '{"first name":"Ann"}'),
  },
  {
    name: 'quotes inside of a quoted name are escaped with a backslash',
    request: get('/Odd%20Table?select="say \\"hi\\""&id=eq.1'),
    response: rows('0-0/*', '{"say \\"hi\\"":"hi"}'),
  },
  {
    name: 'a quoted name may hold a dot, a comma, a colon and parentheses',
    request: get('/Odd%20Table?select="dot.ted","comma,ed","co:lon","(round)"&id=eq.1'),
    response: rows('0-0/*', '{"dot.ted":"dot","comma,ed":"a,b","co:lon":"c","(round)":"r"}'),
  },
  {
    name: 'a column may be named as a parameter is',
    request: get('/Odd%20Table?select=select&id=eq.1'),
    response: rows('0-0/*', '{"select":"sel"}'),
  },
  {
    name: 'letters beyond ASCII need no quotes',
    request: get('/Odd%20Table?select=año&id=eq.1'),
    response: rows('0-0/*', '{"año":"an"}'),
  },
  {
    name: 'a table and its columns may be named in any script',
    request: get('/映画?select=題名&番号=eq.1'),
    response: rows('0-0/*', '{"題名":"七人"}'),
  },
  {
    name: 'a dash needs no quotes',
    request: get('/dash-ed?select=odd-id&id=eq.1'),
    response: rows('0-0/*', '{"odd-id":1}'),
  },
  {
    name: 'a view is read as a table is',
    request: get('/recent_films?order=id'),
    response: rows(
      '0-2/*',
      '{"id":2,"title":"Cloud Atelier","year":2001,"director_id":2}',
      '{"id":3,"title":"Paper Moonlight","year":2010,"director_id":3}',
      '{"id":4,"title":"Night Train","year":2015,"director_id":2}'
    ),
  },
  {
    name: 'a materialized view is read as a table is',
    request: get('/film_counts?order=studio_id'),
    response: rows(
      '0-1/*',
      '{"studio_id":1,"films":2,"rating":8.25}',
      '{"studio_id":2,"films":2,"rating":8.10}'
    ),
  },
  {
    name: 'a partitioned table is read as a whole',
    request: get('/visits?order=id'),
    response: rows(
      '0-2/*',
      '{"id":1,"day":"2023-02-01","page":"/"}',
      '{"id":2,"day":"2024-02-01","page":"/films"}',
      '{"id":3,"day":"2024-03-01","page":"/"}'
    ),
  },
  {
    name: 'a partition is not a table of the API',
    request: get('/visits_2023'),
    response: failure(404, {
      code: 'PGRST205',
      message: "Could not find the table 'api.visits_2023' in the schema cache",
    }),
    response12: rows('0-0/*', '{"id":1,"day":"2023-02-01","page":"/"}'),
  },
  {
    name: 'a table without a key is read as any other',
    request: get('/logs?level=eq.info'),
    response: rows(
      '0-1/*',
      '{"level":"info","message":"started"}',
      '{"level":"info","message":"stopped"}'
    ),
  },
  {
    name: 'a view over a schema that is not exposed is exposed',
    request: get('/codes'),
    response: rows('0-0/*', '{"id":1,"code":"abc"}'),
  },
  {
    name: 'an empty answer has no range',
    request: get('/films?id=eq.99&select=id'),
    response: rows('*/*'),
  },
  {
    name: 'a domain with a representation is shown by it',
    request: get('/palettes?order=id'),
    response: rows(
      '0-1/*',
      '{"id":1,"name":"sky","tint":"#00AAFF","shade":"#0000FF"}',
      '{"id":2,"name":"sun","tint":"#FFFF00","shade":null}'
    ),
  },
  {
    name: 'a representation holds under an alias',
    request: get('/palettes?select=hue:tint&id=eq.1'),
    response: rows('0-0/*', '{"hue":"#00AAFF"}'),
  },
  {
    name: 'a representation holds through a view',
    request: get('/tints?order=id'),
    response: rows('0-1/*', '{"id":1,"tint":"#00AAFF"}', '{"id":2,"tint":"#FFFF00"}'),
  },
  {
    name: 'a cast is made after the representation, from JSON',
    request: get('/palettes?select=tint::int&id=eq.1'),
    response: failure(400, { code: '42846', message: 'cannot cast type json to integer' }),
  },
]

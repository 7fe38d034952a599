// Reading: values of every type, and tables and columns of every name.
import { failure, get, rows, type Case } from '../support/case'

export const types: Case[] = [
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

// Reading: aggregates, which group by the columns that stand beside them.
import {
  answer,
  CANONICAL,
  failure,
  get,
  json,
  list,
  result,
  rows,
  type Case,
} from '../support/case'

export const aggregates: Case[] = [
  {
    name: 'count() counts all rows',
    config: 'aggregates',
    request: get('/films?select=count()'),
    response: rows('0-0/*', '{"count":5}'),
  },
  {
    name: 'count() of a column leaves its nulls out',
    config: 'aggregates',
    request: get('/films?select=rating.count()'),
    response: rows('0-0/*', '{"count":4}'),
  },
  {
    name: 'count() may have an alias',
    config: 'aggregates',
    request: get('/films?select=total:count()'),
    response: rows('0-0/*', '{"total":5}'),
  },
  {
    name: 'sum(), avg(), min() and max() take a column',
    config: 'aggregates',
    request: get('/order_items?select=quantity.sum(),price.max(),total.min()'),
    response: rows('0-0/*', '{"sum":14,"max":30.00,"min":1.00}'),
  },
  {
    name: 'an average is a number with its fraction',
    config: 'aggregates',
    request: get('/order_items?select=quantity.avg()'),
    response: rows('0-0/*', '{"avg":3.5000000000000000}'),
  },
  {
    name: 'an aggregate may be cast',
    config: 'aggregates',
    request: get('/order_items?select=quantity.avg()::int,count()::text'),
    response: rows('0-0/*', '{"avg":4,"count":"4"}'),
  },
  {
    name: 'a column may be cast before it is aggregated',
    config: 'aggregates',
    request: get('/films?select=facts->>awards::int.sum()'),
    response: rows('0-0/*', '{"sum":13}'),
  },
  {
    name: 'two aggregates of one kind need aliases',
    config: 'aggregates',
    request: get('/order_items?select=a:quantity.sum(),b:price.sum()'),
    response: rows('0-0/*', '{"a":14,"b":39.70}'),
  },
  {
    name: 'columns beside an aggregate group the rows',
    config: 'aggregates',
    request: get('/films?select=studio_id,count()&order=studio_id'),
    response: rows(
      '0-2/*',
      '{"studio_id":1,"count":2}',
      '{"studio_id":2,"count":2}',
      '{"studio_id":null,"count":1}'
    ),
  },
  {
    name: 'the column that groups may have an alias',
    config: 'aggregates',
    request: get('/films?select=s:studio_id,count()&order=studio_id'),
    response: rows('0-2/*', '{"s":1,"count":2}', '{"s":2,"count":2}', '{"s":null,"count":1}'),
  },
  {
    name: 'a JSON path groups as well',
    config: 'aggregates',
    request: get('/products?select=attributes->>color,count()&sku=eq.mug'),
    response: rows('0-0/*', '{"color":"red","count":1}'),
  },
  {
    name: 'filters hold before the rows are grouped',
    config: 'aggregates',
    request: get('/order_items?select=sku,quantity.sum()&quantity=gt.1&order=sku'),
    response: rows('0-1/*', '{"sku":"mug","sum":2}', '{"sku":"pen","sum":10}'),
  },
  {
    name: 'an aggregate of no rows is null, and a count zero',
    config: 'aggregates',
    request: get('/films?select=year.max(),count()&id=eq.99'),
    response: rows('0-0/*', '{"max":null,"count":0}'),
  },
  {
    name: 'an aggregate of a relation to many',
    config: 'aggregates',
    request: get('/studios?select=name,films(year.max(),count())&order=id'),
    response: rows(
      '0-2/*',
      '{"name":"Lumen","films":[{"max": 1994, "count": 2}]}',
      '{"name":"Kumo","films":[{"max": 2010, "count": 2}]}',
      '{"name":"Stella","films":[{"max": null, "count": 0}]}'
    ),
  },
  {
    name: 'a relation that is grouped',
    config: 'aggregates',
    request: get('/studios?select=name,films(genre,count())&id=eq.2&films.order=genre'),
    response: rows(
      '0-0/*',
      '{"name":"Kumo","films":[{"count": 1, "genre": "drama"}, {"count": 1, "genre": "comedy"}]}'
    ),
  },
  {
    name: 'a spread groups the rows by its columns',
    config: 'aggregates',
    request: get('/films?select=count(),...studios(name)&order=studios(name)'),
    response: rows(
      '0-2/*',
      '{"count":2,"name":"Kumo"}',
      '{"count":2,"name":"Lumen"}',
      '{"count":1,"name":null}'
    ),
  },
  {
    name: 'an aggregate inside of a spread goes over the rows',
    config: 'aggregates',
    request: get('/order_items?select=quantity.sum(),...products(name)&order=products(name)'),
    response: rows(
      '0-2/*',
      '{"sum":1,"name":"Bag"}',
      '{"sum":2,"name":"Mug"}',
      '{"sum":11,"name":"Pen"}'
    ),
  },
  {
    name: 'an aggregate of a spread column',
    config: 'aggregates',
    request: get('/order_items?select=order_id,...products(price.max())&order=order_id'),
    response: rows(
      '0-2/*',
      '{"order_id":1,"max":7.50}',
      '{"order_id":2,"max":30.00}',
      '{"order_id":3,"max":1.20}'
    ),
  },
  {
    name: 'a limit counts groups',
    config: 'aggregates',
    request: get('/films?select=genre,count()&order=genre&limit=2'),
    response: rows('0-1/*', '{"genre":"drama","count":2}', '{"genre":"comedy","count":1}'),
  },
  {
    name: 'count=exact counts rows, and no groups',
    config: 'aggregates',
    request: get('/films?select=genre,count()&order=genre', { Prefer: 'count=exact' }),
    response: answer(
      206,
      {
        ...json,
        'content-range': '0-3/5',
        'content-location': CANONICAL,
        'preference-applied': 'count=exact',
      },
      list(
        '{"genre":"drama","count":2}',
        '{"genre":"comedy","count":1}',
        '{"genre":"noir","count":1}',
        '{"genre":"documentary","count":1}'
      )
    ),
  },
  {
    name: 'an aggregate that does not exist cannot be parsed',
    config: 'aggregates',
    request: get('/films?select=year.median()'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse select parameter (year.median())" (line 1, column 6)',
      details: 'unexpected "m" expecting "sum", "avg", "count", "max" or "min"',
    }),
  },
  {
    name: 'an aggregate of text that has no sum is the error of the database',
    config: 'aggregates',
    request: get('/films?select=title.sum()'),
    response: failure(404, {
      code: '42883',
      message: 'function sum(text) does not exist',
      hint: 'No function matches the given name and argument types. You might need to add explicit type casts.',
    }),
  },
  {
    name: 'an aggregate of a function result',
    config: 'aggregates',
    request: get('/rpc/all_films?select=rating.avg()'),
    response: result('[{"avg":7.6500000000000000}]'),
  },
  {
    name: 'without the setting, aggregates are refused',
    request: get('/films?select=count()'),
    response: failure(400, {
      code: 'PGRST123',
      message: 'Use of aggregate functions is not allowed',
    }),
  },
  {
    name: 'without the setting, aggregates of a relation are refused as well',
    request: get('/studios?select=films(year.max())'),
    response: failure(400, {
      code: 'PGRST123',
      message: 'Use of aggregate functions is not allowed',
    }),
  },
  {
    name: 'without the setting, aggregates in a spread are refused as well',
    request: get('/order_items?select=order_id,...products(price.max())&order=order_id'),
    response: failure(400, {
      code: 'PGRST123',
      message: 'Use of aggregate functions is not allowed',
    }),
    response12: rows(
      '0-2/*',
      '{"order_id":1,"max":7.50}',
      '{"order_id":2,"max":30.00}',
      '{"order_id":3,"max":1.20}'
    ),
  },
]

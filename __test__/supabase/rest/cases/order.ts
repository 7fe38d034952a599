// Reading: the order of the rows.
import { failure, get, rows, type Case } from '../support/case'

export const order: Case[] = [
  {
    name: 'order sorts upwards unless it says otherwise',
    request: get('/films?select=id&order=year'),
    response: rows('0-4/*', '{"id":1}', '{"id":2}', '{"id":3}', '{"id":4}', '{"id":5}'),
  },
  {
    name: 'order.desc sorts downwards',
    request: get('/films?select=id&order=year.desc'),
    response: rows('0-4/*', '{"id":5}', '{"id":4}', '{"id":3}', '{"id":2}', '{"id":1}'),
  },
  {
    name: 'nulls come last upwards, and first downwards',
    request: get('/films?select=id,rating&order=rating.desc'),
    response: rows(
      '0-4/*',
      '{"id":3,"rating":null}',
      '{"id":5,"rating":9.0}',
      '{"id":2,"rating":8.1}',
      '{"id":1,"rating":7.5}',
      '{"id":4,"rating":6.0}'
    ),
  },
  {
    name: 'nullsfirst puts the nulls first',
    request: get('/films?select=id&order=rating.asc.nullsfirst'),
    response: rows('0-4/*', '{"id":3}', '{"id":4}', '{"id":1}', '{"id":2}', '{"id":5}'),
  },
  {
    name: 'nullslast puts the nulls last',
    request: get('/films?select=id&order=rating.desc.nullslast'),
    response: rows('0-4/*', '{"id":5}', '{"id":2}', '{"id":1}', '{"id":4}', '{"id":3}'),
  },
  {
    name: 'nullsfirst may stand without a direction',
    request: get('/films?select=id&order=rating.nullsfirst'),
    response: rows('0-4/*', '{"id":3}', '{"id":4}', '{"id":1}', '{"id":2}', '{"id":5}'),
  },
  {
    name: 'a second term sorts what the first leaves equal',
    request: get('/films?select=id&order=title,year.desc'),
    response: rows('0-4/*', '{"id":2}', '{"id":4}', '{"id":1}', '{"id":3}', '{"id":5}'),
  },
  {
    name: 'a column that is not selected can be sorted by',
    request: get('/films?select=title&order=id.desc&limit=2'),
    response: rows('0-1/*', '{"title":"Salt, Sea & \\"Sun\\""}', '{"title":"Night Train"}'),
  },
  {
    name: 'a space after a direction cannot be parsed',
    request: get('/films?select=id&order=title.desc , id.desc'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse order (title.desc , id.desc)" (line 1, column 11)',
      details: 'unexpected \' \' expecting delimiter (.), "," or end of input',
    }),
  },
  {
    name: 'a direction that does not exist cannot be parsed',
    request: get('/films?order=id.up'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse order (id.up)" (line 1, column 4)',
      details: 'unexpected "u" expecting "asc", "desc", "nullsfirst" or "nullslast"',
    }),
  },
  {
    name: 'a direction with more text cannot be parsed',
    request: get('/films?order=id.descending'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse order (id.descending)" (line 1, column 8)',
      details: 'unexpected \'e\' expecting delimiter (.), "," or end of input',
    }),
  },
  {
    name: 'an order of nulls that does not exist cannot be parsed',
    request: get('/films?order=id.asc.nullsmiddle'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse order (id.asc.nullsmiddle)" (line 1, column 8)',
      details: 'unexpected "m" expecting "nullsfirst" or "nullslast"',
    }),
  },
  {
    name: 'an empty order cannot be parsed',
    request: get('/films?order='),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse order ()" (line 1, column 1)',
      details: 'unexpected end of input expecting field name (* or [a..z0..9_$])',
    }),
  },
  {
    name: 'an order by a column that does not exist is the error of the database',
    request: get('/films?order=nope'),
    response: failure(400, { code: '42703', message: 'column films.nope does not exist' }),
  },
  {
    name: 'an order by a column of a to-one relation sorts the rows',
    request: get(
      '/films?select=id,director:people!films_director_fkey(name)&order=director(name).desc.nullslast'
    ),
    response: rows(
      '0-4/*',
      '{"id":3,"director":{"name": "Cleo Rossi"}}',
      '{"id":2,"director":{"name": "Ben Ito"}}',
      '{"id":4,"director":{"name": "Ben Ito"}}',
      '{"id":1,"director":{"name": "Ada Lune"}}',
      '{"id":5,"director":null}'
    ),
  },
  {
    name: 'an order by a column of a relation that is not embedded is refused',
    request: get('/films?select=id&order=studios(name)'),
    response: failure(400, {
      code: 'PGRST108',
      message: "'studios' is not an embedded resource in this request",
      hint: "Verify that 'studios' is included in the 'select' query parameter.",
    }),
  },
  {
    name: 'an order by a column of a to-many relation is refused',
    request: get('/studios?select=id,films(id)&order=films(title)'),
    response: failure(400, {
      code: 'PGRST118',
      message: "A related order on 'films' is not possible",
      details: "'studios' and 'films' do not form a many-to-one or one-to-one relationship",
    }),
  },
]

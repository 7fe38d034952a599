// Reading: the operators of a filter, on columns of the types they are for.
import { answer, failure, get, json, list, rows, type Case } from '../support/case'

export const operators: Case[] = [
  {
    name: 'eq keeps the rows that equal the value',
    request: get('/films?select=id&title=eq.Night Train'),
    response: rows('0-1/*', '{"id":1}', '{"id":4}'),
  },
  {
    name: 'the word null is no null for eq: it is a value as any other',
    request: get('/films?select=id&rating=eq.null'),
    response: failure(400, {
      code: '22P02',
      message: 'invalid input syntax for type numeric: "null"',
    }),
  },
  {
    name: 'neq keeps the rows that differ, and no null',
    request: get('/films?select=id&rating=neq.7.5'),
    response: rows('0-2/*', '{"id":2}', '{"id":4}', '{"id":5}'),
  },
  {
    name: 'gt keeps what is greater',
    request: get('/films?select=id&year=gt.2001'),
    response: rows('0-1/*', '{"id":3}', '{"id":4}'),
  },
  {
    name: 'gte keeps what is greater or equal',
    request: get('/films?select=id&year=gte.2001'),
    response: rows('0-2/*', '{"id":2}', '{"id":3}', '{"id":4}'),
  },
  {
    name: 'lt keeps what is less',
    request: get('/films?select=id&year=lt.2001'),
    response: rows('0-0/*', '{"id":1}'),
  },
  {
    name: 'lte keeps what is less or equal',
    request: get('/films?select=id&year=lte.2001'),
    response: rows('0-1/*', '{"id":1}', '{"id":2}'),
  },
  {
    name: 'a comparison of text goes by its order',
    request: get('/people?select=id&name=gt.Ben Ito'),
    response: rows('0-2/*', '{"id":3}', '{"id":4}', '{"id":5}'),
  },
  {
    name: 'a comparison works on dates',
    request: get('/people?select=id&born=lt.1970-01-01'),
    response: rows('0-1/*', '{"id":1}', '{"id":2}'),
  },
  {
    name: 'a value that is no number for a number column is the error of the database',
    request: get('/films?year=eq.abc'),
    response: failure(400, {
      code: '22P02',
      message: 'invalid input syntax for type integer: "abc"',
    }),
  },
  {
    name: 'a value that is no date for a date column is the error of the database',
    request: get('/people?born=eq.yesterday-ish'),
    response: failure(400, {
      code: '22007',
      message: 'invalid input syntax for type date: "yesterday-ish"',
    }),
  },
  {
    name: 'a value that is no label of an enum is the error of the database',
    request: get('/films?genre=eq.musical'),
    response: failure(400, {
      code: '22P02',
      message: 'invalid input value for enum genre: "musical"',
    }),
  },
  {
    name: 'an enum is compared by its label',
    request: get('/films?select=id&genre=eq.noir'),
    response: rows('0-0/*', '{"id":1}'),
  },
  {
    name: 'a number too large for its column is the error of the database',
    request: get('/films?year=eq.99999999999'),
    response: failure(400, {
      code: '22003',
      message: 'value "99999999999" is out of range for type integer',
    }),
  },
  {
    name: 'an empty value is the empty text',
    request: get('/people?select=id&name=eq.'),
    response: rows('*/*'),
  },
  {
    name: 'a dot in a value is part of it',
    request: get('/customers?select=name&email=eq.ann@example.com'),
    response: rows('0-0/*', '{"name":"Ann"}'),
  },
  {
    name: 'a comma in a value needs no quotes outside of lists',
    request: get('/films?select=id&title=eq.Salt, Sea %26 "Sun"'),
    response: rows('0-0/*', '{"id":5}'),
  },
  {
    name: 'like takes an asterisk for any text',
    request: get('/films?select=id&title=like.*Moon*'),
    response: rows('0-0/*', '{"id":3}'),
  },
  {
    name: 'like takes a percent sign for any text too',
    request: get('/films?select=id&title=like.%25Moon%25'),
    response: rows('0-0/*', '{"id":3}'),
  },
  {
    name: 'like takes an underscore for one letter',
    request: get('/people?select=id&name=like.Be_ *'),
    response: rows('0-0/*', '{"id":2}'),
  },
  {
    name: 'like minds the case',
    request: get('/films?select=id&title=like.night*'),
    response: rows('*/*'),
  },
  {
    name: 'ilike does not mind the case',
    request: get('/films?select=id&title=ilike.night*'),
    response: rows('0-1/*', '{"id":1}', '{"id":4}'),
  },
  {
    name: 'like on a number column is the error of the database',
    request: get('/films?year=like.19*'),
    response: failure(404, {
      code: '42883',
      message: 'operator does not exist: integer ~~ unknown',
      hint: 'No operator matches the given name and argument types. You might need to add explicit type casts.',
    }),
  },
  {
    name: 'match keeps what a regular expression finds',
    request: get('/films?select=id&title=match.^N.*n$'),
    response: rows('0-1/*', '{"id":1}', '{"id":4}'),
  },
  {
    name: 'match minds the case',
    request: get('/films?select=id&title=match.^night'),
    response: rows('*/*'),
  },
  {
    name: 'imatch does not mind the case',
    request: get('/films?select=id&title=imatch.^night'),
    response: rows('0-1/*', '{"id":1}', '{"id":4}'),
  },
  {
    name: 'a regular expression that cannot be read is the error of the database',
    request: get('/films?title=match.(('),
    response: failure(400, {
      code: '2201B',
      message: 'invalid regular expression: parentheses () not balanced',
    }),
  },
  {
    name: 'in keeps the rows that equal one of a list',
    request: get('/films?select=id&id=in.(1,3,99)'),
    response: rows('0-1/*', '{"id":1}', '{"id":3}'),
  },
  {
    name: 'in takes spaces as part of a value',
    request: get('/films?select=id&title=in.(Night Train,Paper Moonlight)'),
    response: rows('0-2/*', '{"id":1}', '{"id":3}', '{"id":4}'),
  },
  {
    name: 'in takes a quoted value as it stands',
    request: get('/films?select=id&title=in.("Salt, Sea %26 \\"Sun\\"")'),
    response: rows('0-0/*', '{"id":5}'),
  },
  {
    name: 'in takes a quoted value with parentheses',
    request: get('/Odd%20Table?select=id&first name=in.("B, (c)")'),
    response: rows('0-0/*', '{"id":2}'),
  },
  {
    name: 'in with an empty list keeps nothing',
    request: get('/films?select=id&id=in.()'),
    response: rows('*/*'),
  },
  {
    name: 'in with an empty list keeps nothing of a text column',
    request: get('/films?select=id&title=in.()'),
    response: rows('*/*'),
  },
  {
    name: 'in with a quoted empty value looks for the empty text',
    request: get('/people?select=id&name=in.("")'),
    response: rows('*/*'),
  },
  {
    name: 'in with a value of another type is the error of the database',
    request: get('/films?id=in.(1,x)'),
    response: failure(400, {
      code: '22P02',
      message: 'invalid input syntax for type integer: "x"',
    }),
  },
  {
    name: 'in without parentheses cannot be parsed',
    request: get('/films?id=in.1,2'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse filter (in.1,2)" (line 1, column 4)',
      details: 'unexpected "1" expecting "("',
    }),
  },
  {
    name: 'is.null keeps the nulls',
    request: get('/films?select=id&rating=is.null'),
    response: rows('0-0/*', '{"id":3}'),
  },
  {
    name: 'is.not_null keeps all but the nulls',
    since: 13,
    request: get('/films?select=id&rating=is.not_null'),
    response: rows('0-3/*', '{"id":1}', '{"id":2}', '{"id":4}', '{"id":5}'),
  },
  {
    name: 'not.is.null keeps all but the nulls',
    request: get('/films?select=id&rating=not.is.null'),
    response: rows('0-3/*', '{"id":1}', '{"id":2}', '{"id":4}', '{"id":5}'),
  },
  {
    name: 'is.true keeps what is true',
    request: get('/kinds?select=id&flag=is.true'),
    response: rows('0-0/*', '{"id":1}'),
  },
  {
    name: 'is.false keeps what is false, and no null',
    request: get('/kinds?select=id&flag=is.false'),
    response: rows('0-0/*', '{"id":2}'),
  },
  {
    name: 'is.unknown keeps the null of a boolean',
    request: get('/kinds?select=id&flag=is.unknown'),
    response: rows('0-0/*', '{"id":3}'),
  },
  {
    name: 'is does not mind the case of its value',
    request: get('/kinds?select=id&flag=is.TRUE'),
    response: rows('0-0/*', '{"id":1}'),
  },
  {
    name: 'is takes no other value',
    request: get('/kinds?flag=is.maybe'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse filter (is.maybe)" (line 1, column 4)',
      details: 'unexpected "m" expecting isVal: (null, not_null, true, false, unknown)',
    }),
    response12: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse filter (is.maybe)" (line 1, column 4)',
      details: 'unexpected "m" expecting null or trilean value (unknown, true, false)',
    }),
  },
  {
    name: 'is.true on a column that is no boolean is the error of the database',
    request: get('/films?year=is.true'),
    response: failure(400, {
      code: '42804',
      message: 'argument of IS TRUE must be type boolean, not type integer',
    }),
  },
  {
    name: 'isdistinct keeps the nulls too',
    request: get('/films?select=id&rating=isdistinct.7.5'),
    response: rows('0-3/*', '{"id":2}', '{"id":3}', '{"id":4}', '{"id":5}'),
  },
  {
    name: 'not.isdistinct keeps what equals the value',
    request: get('/films?select=id&rating=not.isdistinct.7.5'),
    response: rows('0-0/*', '{"id":1}'),
  },
  {
    name: 'not turns an operator around, and still keeps no null',
    request: get('/films?select=id&year=not.gt.2001'),
    response: rows('0-1/*', '{"id":1}', '{"id":2}'),
  },
  {
    name: 'not.in keeps what is not in the list',
    request: get('/films?select=id&id=not.in.(1,2,3)'),
    response: rows('0-1/*', '{"id":4}', '{"id":5}'),
  },
  {
    name: 'not.like keeps what does not match',
    request: get('/films?select=id&title=not.like.Night*'),
    response: rows('0-2/*', '{"id":2}', '{"id":3}', '{"id":5}'),
  },
  {
    name: 'not twice cannot be parsed',
    request: get('/films?id=not.not.eq.1'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse filter (not.not.eq.1)" (line 1, column 5)',
      details: 'unexpected "n" expecting operator (eq, gt, ...)',
    }),
  },
  {
    name: 'two filters on one column both hold',
    request: get('/films?select=id&year=gt.1994&year=lt.2015'),
    response: answer(
      200,
      {
        ...json,
        'content-range': '0-1/*',
        'content-location': '/films?select=id&year=gt.1994,lt.2015',
      },
      list('{"id":2}', '{"id":3}')
    ),
  },
  {
    name: 'an operator that does not exist is not an operator',
    request: get('/films?id=equals.1'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse filter (equals.1)" (line 1, column 3)',
      details: 'unexpected "u" expecting operator (eq, gt, ...)',
    }),
  },
  {
    name: 'an operator without a value cannot be parsed',
    request: get('/films?id=eq'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse filter (eq)" (line 1, column 3)',
      details: 'unexpected end of input expecting operator (eq, gt, ...)',
    }),
  },
  {
    name: 'a filter without an operator cannot be parsed',
    request: get('/films?id=1'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse filter (1)" (line 1, column 1)',
      details: 'unexpected "1" expecting "not" or operator (eq, gt, ...)',
    }),
  },
  {
    name: 'an operator in upper case is not an operator',
    request: get('/films?id=EQ.1'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse filter (EQ.1)" (line 1, column 1)',
      details: 'unexpected "E" expecting "not" or operator (eq, gt, ...)',
    }),
  },
]

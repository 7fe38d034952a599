// Reading: conditions joined by and, or and not, and operators with any and all.
import { answer, failure, get, json, list, rows, type Case } from '../support/case'

export const logic: Case[] = [
  {
    name: 'or keeps what one of its conditions keeps',
    request: get('/films?select=id&or=(year.lt.2000,rating.gt.8.5)'),
    response: rows('0-1/*', '{"id":1}', '{"id":5}'),
  },
  {
    name: 'and keeps what all of its conditions keep',
    request: get('/films?select=id&and=(year.gt.2000,rating.gt.7)'),
    response: rows('0-0/*', '{"id":2}'),
  },
  {
    name: 'an or and a filter both hold',
    request: get('/films?select=id&or=(id.eq.1,id.eq.2)&year=gt.2000'),
    response: rows('0-0/*', '{"id":2}'),
  },
  {
    name: 'trees may nest',
    request: get('/films?select=id&or=(and(year.gte.2010,year.lte.2015),genre.eq.noir)'),
    response: rows('0-2/*', '{"id":1}', '{"id":3}', '{"id":4}'),
  },
  {
    name: 'not.or keeps what none of its conditions keeps',
    request: get('/films?select=id&not.or=(id.eq.1,id.eq.2)'),
    response: rows('0-2/*', '{"id":3}', '{"id":4}', '{"id":5}'),
  },
  {
    name: 'not.and keeps what not all of its conditions keep',
    request: get('/films?select=id&not.and=(id.gt.1,id.lt.4)'),
    response: rows('0-2/*', '{"id":1}', '{"id":4}', '{"id":5}'),
  },
  {
    name: 'not may stand before an inner tree',
    request: get('/films?select=id&or=(id.eq.1,not.and(id.gt.1,id.lt.5))'),
    response: rows('0-1/*', '{"id":1}', '{"id":5}'),
  },
  {
    name: 'not may stand before an operator of a tree',
    request: get('/films?select=id&or=(rating.not.is.null,id.eq.3)'),
    response: rows('0-4/*', '{"id":1}', '{"id":2}', '{"id":3}', '{"id":4}', '{"id":5}'),
  },
  {
    name: 'a tree takes spaces around its conditions',
    request: get('/films?select=id&or=( id.eq.1 , id.eq.2 )'),
    response: rows('0-1/*', '{"id":1}', '{"id":2}'),
  },
  {
    name: 'a tree of one condition is that condition',
    request: get('/films?select=id&or=(id.eq.4)'),
    response: rows('0-0/*', '{"id":4}'),
  },
  {
    name: 'an empty tree cannot be parsed',
    request: get('/films?or=()'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse logic tree (())" (line 1, column 4)',
      details:
        'unexpected ")" expecting field name (* or [a..z0..9_$]), negation operator (not) or logic operator (and, or)',
    }),
  },
  {
    name: 'a tree without parentheses is taken for a condition on a column named after it',
    request: get('/films?or=id.eq.1,id.eq.2'),
    response: failure(400, {
      code: '42703',
      message: 'column films.orid does not exist',
      hint: 'Perhaps you meant to reference the column "films.id".',
    }),
  },
  {
    name: 'a tree that does not close cannot be parsed',
    request: get('/films?or=(id.eq.1'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse logic tree ((id.eq.1)" (line 1, column 11)',
      details: 'unexpected end of input expecting "," or ")"',
    }),
  },
  {
    name: 'text after a tree is ignored',
    request: get('/films?select=id&or=(id.eq.1)x'),
    response: rows('0-0/*', '{"id":1}'),
  },
  {
    name: 'an operator of a tree that does not exist cannot be parsed',
    request: get('/films?or=(id.nope.1)'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse logic tree ((id.nope.1))" (line 1, column 7)',
      details: 'unexpected "p" expecting "not" or operator (eq, gt, ...)',
    }),
  },
  {
    name: 'a condition of a tree needs an operator',
    request: get('/films?or=(id.1,id.2)'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse logic tree ((id.1,id.2))" (line 1, column 7)',
      details: 'unexpected "1" expecting "not" or operator (eq, gt, ...)',
    }),
  },
  {
    name: 'in takes its list inside of a tree',
    request: get('/films?select=id&or=(id.in.(1,2),title.in.("Paper Moonlight",x))'),
    response: rows('0-2/*', '{"id":1}', '{"id":2}', '{"id":3}'),
  },
  {
    name: 'a value with a comma is quoted inside of a tree',
    request: get('/films?select=id&or=(title.eq."Salt, Sea %26 \\"Sun\\"",id.eq.1)'),
    response: rows('0-1/*', '{"id":1}', '{"id":5}'),
  },
  {
    name: 'an array keeps its commas inside of a tree',
    request: get('/films?select=id&or=(tags.cs.{train,night},id.eq.5)'),
    response: rows('0-1/*', '{"id":1}', '{"id":5}'),
  },
  {
    name: 'a range keeps its commas inside of a tree',
    request: get('/bookings?select=id&or=(nights.ov."[2024-01-04,2024-01-06)",id.eq.2)'),
    response: rows('0-2/*', '{"id":1}', '{"id":2}', '{"id":3}'),
  },
  {
    name: 'a JSON path may stand in a tree',
    request: get('/films?select=id&or=(facts->>awards.eq.0,facts->cast->>lead.eq.Cleo)'),
    response: rows('0-1/*', '{"id":1}', '{"id":2}'),
  },
  {
    name: 'full text search may stand in a tree, with its configuration',
    request: get(
      '/documents?select=id&or=(search.fts(english).cats,search.plfts(french).chats)&order=id'
    ),
    response: rows('0-1/*', '{"id":1}', '{"id":3}'),
  },
  {
    name: 'is.null may stand in a tree',
    request: get('/films?select=id&or=(year.is.null,rating.is.null)'),
    response: rows('0-1/*', '{"id":3}', '{"id":5}'),
  },
  {
    name: 'isdistinct may stand in a tree',
    request: get('/films?select=id&and=(rating.isdistinct.7.5,id.lt.4)'),
    response: rows('0-1/*', '{"id":2}', '{"id":3}'),
  },
  {
    name: 'a like with asterisks may stand in a tree',
    request: get('/films?select=id&or=(title.like.Paper*,title.ilike.*SEA*)'),
    response: rows('0-1/*', '{"id":3}', '{"id":5}'),
  },
  {
    name: 'a name that needs quotes may stand in a tree',
    request: get('/Odd%20Table?select=id&or=("dot.ted".eq.dot,"comma,ed".eq.x)'),
    response: rows('0-0/*', '{"id":1}'),
  },
  {
    name: 'two trees both hold',
    request: get('/films?select=id&or=(id.eq.1,id.eq.2)&or=(id.eq.2,id.eq.3)'),
    response: answer(
      200,
      {
        ...json,
        'content-range': '0-0/*',
        'content-location': '/films?or=%28id.eq.1%2Cid.eq.2%29,%28id.eq.2%2Cid.eq.3%29&select=id',
      },
      list('{"id":2}')
    ),
  },
  {
    name: 'eq(any) keeps what equals one of the values',
    request: get('/films?select=id&id=eq(any).{1,4}'),
    response: rows('0-1/*', '{"id":1}', '{"id":4}'),
  },
  {
    name: 'like(any) keeps what matches one of the patterns',
    request: get('/films?select=id&title=like(any).{Cloud*,*Sun*}'),
    response: rows('0-1/*', '{"id":2}', '{"id":5}'),
  },
  {
    name: 'like(all) keeps what matches all of the patterns',
    request: get('/films?select=id&title=like(all).{Night*,*Train}'),
    response: rows('0-1/*', '{"id":1}', '{"id":4}'),
  },
  {
    name: 'ilike(any) does not mind the case',
    request: get('/films?select=id&title=ilike(any).{cloud*,paper*}'),
    response: rows('0-1/*', '{"id":2}', '{"id":3}'),
  },
  {
    name: 'match(any) takes regular expressions',
    request: get('/films?select=id&title=match(any).{^C,^P}'),
    response: rows('0-1/*', '{"id":2}', '{"id":3}'),
  },
  {
    name: 'imatch(all) takes them without minding the case',
    request: get('/films?select=id&title=imatch(all).{^n,n$}'),
    response: rows('0-1/*', '{"id":1}', '{"id":4}'),
  },
  {
    name: 'gt(all) keeps what is greater than all',
    request: get('/films?select=id&year=gt(all).{1990,2001}'),
    response: rows('0-1/*', '{"id":3}', '{"id":4}'),
  },
  {
    name: 'lt(any) keeps what is less than one',
    request: get('/films?select=id&year=lt(any).{1990,2001}'),
    response: rows('0-0/*', '{"id":1}'),
  },
  {
    name: 'gte(all) and lte(any) work as well',
    request: get('/films?select=id&year=gte(all).{2010,2001}&rating=lte(any).{6,5}'),
    response: rows('0-0/*', '{"id":4}'),
  },
  {
    name: 'not works with any',
    request: get('/films?select=id&id=not.eq(any).{1,4}&order=id'),
    response: rows('0-2/*', '{"id":2}', '{"id":3}', '{"id":5}'),
  },
  {
    name: 'neq takes no any',
    request: get('/films?id=neq(any).{1,2}'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse filter (neq(any).{1,2})" (line 1, column 4)',
      details: 'unexpected "(" expecting operator (eq, gt, ...)',
    }),
  },
  {
    name: 'in takes no any',
    request: get('/films?id=in(any).(1,2)'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse filter (in(any).(1,2))" (line 1, column 3)',
      details: 'unexpected "(" expecting operator (eq, gt, ...)',
    }),
  },
  {
    name: 'any may stand in a tree',
    request: get('/films?select=id&or=(id.eq(any).{1,2},title.like(all).{Paper*,*light})'),
    response: rows('0-2/*', '{"id":1}', '{"id":2}', '{"id":3}'),
  },
  {
    name: 'a quantifier that does not exist cannot be parsed',
    request: get('/films?id=eq(some).{1}'),
    response: failure(400, {
      code: 'PGRST100',
      message: '"failed to parse filter (eq(some).{1})" (line 1, column 4)',
      details: 'unexpected "s" expecting operator (eq, gt, ...)',
    }),
  },
  {
    name: 'any needs an array',
    request: get('/films?id=eq(any).1'),
    response: failure(400, {
      code: '22P02',
      message: 'malformed array literal: "1"',
      details: 'Array value must start with "{" or dimension information.',
    }),
  },
  {
    name: 'a filter on a computed column may stand in a tree',
    request: get('/films?select=id&or=(label.like.Cloud*,id.eq.5)'),
    response: rows('0-1/*', '{"id":2}', '{"id":5}'),
  },
  {
    name: 'a filter on a column that does not exist is the error of the database',
    request: get('/films?nope=eq.1'),
    response: failure(400, { code: '42703', message: 'column films.nope does not exist' }),
  },
  {
    name: 'a tree with a column that does not exist is the error of the database',
    request: get('/films?or=(nope.eq.1,id.eq.1)'),
    response: failure(400, { code: '42703', message: 'column films.nope does not exist' }),
  },
  {
    name: 'a filter on a representation takes the form that is shown',
    request: get('/palettes?select=id&tint=eq.%2300AAFF'),
    response: rows('0-0/*', '{"id":1}'),
  },
  {
    name: 'a list of a representation takes the forms that are shown',
    request: get('/palettes?select=id&tint=in.(%2300AAFF,%23FFFF00)'),
    response: rows('0-1/*', '{"id":1}', '{"id":2}'),
  },
  {
    name: 'a filter on a representation in a tree takes that form too',
    request: get('/palettes?select=id&or=(tint.eq.%23FFFF00,shade.eq.%230000FF)&order=id'),
    response: rows('0-1/*', '{"id":1}', '{"id":2}'),
  },
  {
    name: 'is.null on a representation looks at the column',
    request: get('/palettes?select=id&shade=is.null'),
    response: rows('0-0/*', '{"id":2}'),
  },
]

// Reading: the operators of arrays, ranges, JSON and full text search.
import { failure, get, rows, type Case } from '../support/case'

export const containers: Case[] = [
  {
    name: 'cs keeps the arrays that hold all elements',
    request: get('/films?select=id&tags=cs.{train,night}'),
    response: rows('0-0/*', '{"id":1}'),
  },
  {
    name: 'cs keeps the JSON that holds the other',
    request: get('/films?select=id&facts=cs.{"cast":{"lead":"Ben"}}'),
    response: rows('0-0/*', '{"id":2}'),
  },
  {
    name: 'cs keeps the ranges that hold the other',
    request: get('/bookings?select=id&nights=cs.[2024-01-02,2024-01-03)'),
    response: rows('0-0/*', '{"id":1}'),
  },
  {
    name: 'cs keeps the ranges that hold an element written as a range',
    request: get('/kinds?select=id&scores=cs.[4,4]'),
    response: rows('0-0/*', '{"id":1}'),
  },
  {
    name: 'cs with an empty array keeps every array',
    request: get('/films?select=id&tags=cs.{}'),
    response: rows('0-4/*', '{"id":1}', '{"id":2}', '{"id":3}', '{"id":4}', '{"id":5}'),
  },
  {
    name: 'an element of an array may be quoted',
    request: get('/kinds?select=id&words=cs.{"b c"}'),
    response: rows('0-0/*', '{"id":1}'),
  },
  {
    name: 'cd keeps the arrays whose elements are all given',
    request: get('/films?select=id&tags=cd.{train,night,cloud}'),
    response: rows('0-2/*', '{"id":1}', '{"id":2}', '{"id":3}'),
  },
  {
    name: 'cd keeps the JSON that the other holds',
    request: get('/products?select=sku&attributes=cd.{"color":"blue","n":1}&order=sku'),
    response: rows('0-1/*', '{"sku":"bag"}', '{"sku":"pen"}'),
  },
  {
    name: 'cd keeps the ranges inside of the other',
    request: get('/bookings?select=id&nights=cd.[2024-01-01,2024-01-11)'),
    response: rows('0-1/*', '{"id":1}', '{"id":3}'),
  },
  {
    name: 'ov keeps the arrays that share an element',
    request: get('/films?select=id&tags=ov.{sea,cloud}'),
    response: rows('0-1/*', '{"id":2}', '{"id":5}'),
  },
  {
    name: 'ov keeps the ranges that share a point',
    request: get('/bookings?select=id&nights=ov.[2024-01-04,2024-01-06)'),
    response: rows('0-1/*', '{"id":1}', '{"id":3}'),
  },
  {
    name: 'ov takes no list in parentheses',
    request: get('/films?select=id&tags=ov.(sea,cloud)'),
    response: failure(400, {
      code: '22P02',
      message: 'malformed array literal: "(sea,cloud)"',
      details: 'Array value must start with "{" or dimension information.',
    }),
  },
  {
    name: 'sl keeps the ranges that end before the other',
    request: get('/bookings?select=id&nights=sl.[2024-01-06,2024-01-08)'),
    response: rows('0-0/*', '{"id":1}'),
  },
  {
    name: 'sr keeps the ranges that begin after the other',
    request: get('/bookings?select=id&nights=sr.[2024-01-01,2024-01-03)'),
    response: rows('0-1/*', '{"id":2}', '{"id":3}'),
  },
  {
    name: 'nxr keeps the ranges that do not reach past the end of the other',
    request: get('/bookings?select=id&nights=nxr.[2024-01-01,2024-01-10)'),
    response: rows('0-1/*', '{"id":1}', '{"id":3}'),
  },
  {
    name: 'nxl keeps the ranges that do not reach before the start of the other',
    request: get('/bookings?select=id&nights=nxl.[2024-01-05,2024-01-20)'),
    response: rows('0-1/*', '{"id":2}', '{"id":3}'),
  },
  {
    name: 'adj keeps the ranges that touch the other',
    request: get('/bookings?select=id&nights=adj.[2024-01-05,2024-01-08)'),
    response: rows('0-0/*', '{"id":1}'),
  },
  {
    name: 'a range operator works on numbers too',
    request: get('/bookings?select=id&guests=ov.[4,9]'),
    response: rows('0-0/*', '{"id":2}'),
  },
  {
    name: 'not works with a range operator',
    request: get('/bookings?select=id&nights=not.ov.[2024-01-04,2024-01-06)'),
    response: rows('0-0/*', '{"id":2}'),
  },
  {
    name: 'a value that is no range is the error of the database',
    request: get('/bookings?nights=ov.abc'),
    response: failure(400, {
      code: '22P02',
      message: 'malformed range literal: "abc"',
      details: 'Missing left parenthesis or bracket.',
    }),
  },
  {
    name: 'a value that is no array is the error of the database',
    request: get('/films?tags=cs.abc'),
    response: failure(400, {
      code: '22P02',
      message: 'malformed array literal: "abc"',
      details: 'Array value must start with "{" or dimension information.',
    }),
  },
  {
    name: 'cs on a text column is the error of the database',
    request: get('/films?title=cs.abc'),
    response: failure(404, {
      code: '42883',
      message: 'operator does not exist: text @> unknown',
      hint: 'No operator matches the given name and argument types. You might need to add explicit type casts.',
    }),
  },
  {
    name: 'fts takes words and operators',
    request: get('/documents?select=id&search=fts.cat%26rat|dog'),
    response: rows('0-0/*', '{"id":2}'),
  },
  {
    name: 'fts that cannot be read is the error of the database',
    request: get('/documents?search=fts.cat dog'),
    response: failure(400, { code: '42601', message: 'syntax error in tsquery: "cat dog"' }),
  },
  {
    name: 'plfts takes plain words, which must all be there',
    request: get('/documents?select=id&search=plfts.fat cat'),
    response: rows('0-0/*', '{"id":1}'),
  },
  {
    name: 'phfts takes words that follow each other',
    request: get('/documents?select=id&search=phfts.fat cats'),
    response: rows('0-0/*', '{"id":1}'),
  },
  {
    name: 'phfts does not keep words in another order',
    request: get('/documents?select=id&search=phfts.cats fat'),
    response: rows('*/*'),
  },
  {
    name: 'wfts takes what one types into a search engine',
    request: get('/documents?select=id&search=wfts."quick dog" or mat'),
    response: rows('0-1/*', '{"id":1}', '{"id":2}'),
  },
  {
    name: 'wfts takes a minus for what must not be there',
    request: get('/documents?select=id&search=wfts.the -cat'),
    response: rows('0-1/*', '{"id":2}', '{"id":3}'),
  },
  {
    name: 'the configuration of full text search stands in parentheses',
    request: get('/documents?select=id&search=fts(french).chats%26noirs'),
    response: rows('0-0/*', '{"id":3}'),
  },
  {
    name: 'without the configuration the words are not those of that language',
    request: get('/documents?select=id&search=plfts.sautaient'),
    response: rows('*/*'),
  },
  {
    name: 'a configuration works with each of the four',
    request: get('/documents?select=id&search=phfts(english).the fat cat'),
    response: rows('0-0/*', '{"id":1}'),
  },
  {
    name: 'a configuration that does not exist is the error of the database',
    request: get('/documents?search=fts(klingon).x'),
    response: failure(400, {
      code: '42704',
      message: 'text search configuration "klingon" does not exist',
    }),
  },
  {
    name: 'not works with full text search',
    request: get('/documents?select=id&search=not.fts.cat'),
    response: rows('0-1/*', '{"id":2}', '{"id":3}'),
  },
  {
    name: 'a text column is turned into a tsvector for the search',
    request: get('/documents?select=id&body=fts.cats'),
    response: rows('0-0/*', '{"id":1}'),
  },
  {
    name: 'the configuration is used for the column as well',
    request: get('/documents?select=id&body=fts(french).sauter'),
    response: rows('0-0/*', '{"id":3}'),
    response12: rows('*/*'),
  },
  {
    name: 'a JSON column is searched in its texts',
    since: 13,
    request: get('/documents?select=id&meta=fts(english).dog'),
    response: rows('0-0/*', '{"id":2}'),
  },
  {
    name: 'a JSON path can be searched',
    since: 13,
    request: get('/documents?select=id&meta->>body=fts(english).jumping'),
    response: rows('0-0/*', '{"id":2}'),
  },
  {
    name: 'an arrow in a filter compares JSON',
    request: get('/films?select=id&facts->awards=eq.2'),
    response: rows('0-0/*', '{"id":1}'),
  },
  {
    name: 'an arrow in a filter compares JSON by its order',
    request: get('/films?select=id&facts->awards=gt.1&order=id'),
    response: rows('0-1/*', '{"id":1}', '{"id":5}'),
  },
  {
    name: 'a double arrow in a filter compares text',
    request: get('/films?select=id&facts->>awards=gt.1&order=id'),
    response: rows('0-1/*', '{"id":1}', '{"id":5}'),
  },
  {
    name: 'a JSON text is written with its quotes',
    request: get('/films?select=id&facts->cast->lead=eq."Ben"'),
    response: rows('0-0/*', '{"id":2}'),
  },
  {
    name: 'a JSON path in a filter may be deep',
    request: get('/films?select=id&facts->cast->>lead=eq.Cleo'),
    response: rows('0-0/*', '{"id":1}'),
  },
  {
    name: 'a JSON path in a filter may have an index',
    request: get('/films?select=id&facts->langs->>0=eq.fr'),
    response: rows('0-0/*', '{"id":1}'),
  },
  {
    name: 'a JSON path can be tested for null',
    request: get('/films?select=id&facts->>awards=is.null&order=id'),
    response: rows('0-1/*', '{"id":3}', '{"id":4}'),
  },
  {
    name: 'a JSON path can be in a list',
    request: get('/films?select=id&facts->>awards=in.(0,11)&order=id'),
    response: rows('0-1/*', '{"id":2}', '{"id":5}'),
  },
  {
    name: 'a JSON path can be matched',
    request: get('/films?select=id&facts->cast->>lead=ilike.*E*&order=id'),
    response: rows('0-1/*', '{"id":1}', '{"id":2}'),
  },
  {
    name: 'a JSON path can be ordered by',
    request: get('/films?select=id&order=facts->awards.desc.nullslast,id'),
    response: rows('0-4/*', '{"id":5}', '{"id":1}', '{"id":2}', '{"id":4}', '{"id":3}'),
  },
  {
    name: 'a JSON path of an array column is an index of it',
    request: get('/films?select=id&tags->>0=eq.train'),
    response: rows('0-1/*', '{"id":1}', '{"id":4}'),
  },
  {
    name: 'a JSON path of a text column leads nowhere',
    request: get('/films?title->>x=eq.1'),
    response: rows('*/*'),
  },
]

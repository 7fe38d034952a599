// Embedding: filters, order and limits of related rows, and joins that drop rows.
import { answer, CANONICAL, failure, get, json, list, rows, type Case } from '../support/case'

export const embeddedFilters: Case[] = [
  {
    name: 'a filter on a relation keeps the rows above it',
    request: get('/studios?select=id,films(id)&films.year=gt.2000&order=id&films.order=id'),
    response: rows(
      '0-2/*',
      '{"id":1,"films":[]}',
      '{"id":2,"films":[{"id": 2}, {"id": 3}]}',
      '{"id":3,"films":[]}'
    ),
  },
  {
    name: 'a filter on a to-one relation makes it null',
    request: get('/films?select=id,studios(name)&studios.name=eq.Lumen&order=id'),
    response: rows(
      '0-4/*',
      '{"id":1,"studios":{"name": "Lumen"}}',
      '{"id":2,"studios":null}',
      '{"id":3,"studios":null}',
      '{"id":4,"studios":null}',
      '{"id":5,"studios":{"name": "Lumen"}}'
    ),
  },
  {
    name: 'an inner join drops the rows without related ones',
    request: get('/studios?select=id,films!inner(id)&order=id&films.order=id'),
    response: rows(
      '0-1/*',
      '{"id":1,"films":[{"id": 1}, {"id": 5}]}',
      '{"id":2,"films":[{"id": 2}, {"id": 3}]}'
    ),
  },
  {
    name: 'a filter on an inner join drops rows',
    request: get('/films?select=id,studios!inner(name)&studios.name=eq.Kumo&order=id'),
    response: rows(
      '0-1/*',
      '{"id":2,"studios":{"name": "Kumo"}}',
      '{"id":3,"studios":{"name": "Kumo"}}'
    ),
  },
  {
    name: 'a left join is what is done anyway',
    request: get('/studios?select=id,films!left(id)&films.id=eq.1&order=id'),
    response: rows(
      '0-2/*',
      '{"id":1,"films":[{"id": 1}]}',
      '{"id":2,"films":[]}',
      '{"id":3,"films":[]}'
    ),
  },
  {
    name: 'a hint and a join may stand together in either order',
    request: get(
      '/films?select=id,people!inner!films_writer_fkey(name)&people.name=eq.Ben Ito&order=id'
    ),
    response: rows(
      '0-1/*',
      '{"id":1,"people":{"name": "Ben Ito"}}',
      '{"id":2,"people":{"name": "Ben Ito"}}'
    ),
  },
  {
    name: 'inner joins may nest',
    request: get('/studios?select=id,films!inner(id,posters!inner(width))&order=id'),
    response: rows(
      '0-1/*',
      '{"id":1,"films":[{"id": 1, "posters": {"width": 60}}]}',
      '{"id":2,"films":[{"id": 2, "posters": {"width": 70}}]}'
    ),
  },
  {
    name: 'an inner join below a left join only drops there',
    request: get('/studios?select=id,films(id,posters!inner(width))&order=id'),
    response: rows(
      '0-2/*',
      '{"id":1,"films":[{"id": 1, "posters": {"width": 60}}]}',
      '{"id":2,"films":[{"id": 2, "posters": {"width": 70}}]}',
      '{"id":3,"films":[]}'
    ),
  },
  {
    name: 'an inner join of a many-to-many relation',
    request: get('/festivals?select=name,films!inner(id)&films.id=eq.1'),
    response: rows('0-0/*', '{"name":"Lakeside","films":[{"id": 1}]}'),
  },
  {
    name: 'an inner join counts what it keeps',
    request: get('/films?select=id,posters!inner(width)&order=id&limit=1', {
      Prefer: 'count=exact',
    }),
    response: answer(
      206,
      {
        ...json,
        'content-range': '0-0/2',
        'content-location': CANONICAL,
        'preference-applied': 'count=exact',
      },
      list('{"id":1,"posters":{"width": 60}}')
    ),
  },
  {
    name: 'a filter goes as deep as the relation',
    request: get(
      '/studios?select=id,films(id,entries(prize))&id=eq.2&films.entries.prize=not.is.null&films.order=id'
    ),
    response: rows(
      '0-0/*',
      '{"id":2,"films":[{"id": 2, "entries": [{"prize": "Silver"}]}, {"id": 3, "entries": []}]}'
    ),
  },
  {
    name: 'a filter may name a relation by its alias',
    request: get('/films?select=id,maker:studios!inner(name)&maker.name=eq.Lumen&order=id'),
    response: rows(
      '0-1/*',
      '{"id":1,"maker":{"name": "Lumen"}}',
      '{"id":5,"maker":{"name": "Lumen"}}'
    ),
  },
  {
    name: 'a filter may name an aliased relation by its table',
    request: get('/films?select=id,maker:studios!inner(name)&studios.name=eq.Lumen&order=id'),
    response: rows(
      '0-1/*',
      '{"id":1,"maker":{"name": "Lumen"}}',
      '{"id":5,"maker":{"name": "Lumen"}}'
    ),
  },
  {
    name: 'a filter on a relation that is not embedded is refused',
    request: get('/films?select=id&studios.name=eq.Lumen'),
    response: failure(400, {
      code: 'PGRST108',
      message: "'studios' is not an embedded resource in this request",
      hint: "Verify that 'studios' is included in the 'select' query parameter.",
    }),
  },
  {
    name: 'an order of a relation that is not embedded is refused',
    request: get('/films?select=id&studios.order=name'),
    response: failure(400, {
      code: 'PGRST108',
      message: "'studios' is not an embedded resource in this request",
      hint: "Verify that 'studios' is included in the 'select' query parameter.",
    }),
  },
  {
    name: 'a limit of a relation that is not embedded is refused',
    request: get('/films?select=id&studios.limit=1'),
    response: failure(400, {
      code: 'PGRST108',
      message: "'studios' is not an embedded resource in this request",
      hint: "Verify that 'studios' is included in the 'select' query parameter.",
    }),
  },
  {
    name: 'a tree of a relation that is not embedded is refused',
    request: get('/films?select=id&studios.or=(id.eq.1,id.eq.2)'),
    response: failure(400, {
      code: 'PGRST108',
      message: "'studios' is not an embedded resource in this request",
      hint: "Verify that 'studios' is included in the 'select' query parameter.",
    }),
  },
  {
    name: 'a relation has an order of its own',
    request: get('/studios?select=id,films(id)&films.order=title.desc,id.desc&order=id.desc'),
    response: rows(
      '0-2/*',
      '{"id":3,"films":[]}',
      '{"id":2,"films":[{"id": 3}, {"id": 2}]}',
      '{"id":1,"films":[{"id": 5}, {"id": 1}]}'
    ),
  },
  {
    name: 'a relation has a limit of its own, for each row',
    request: get('/studios?select=id,films(id)&films.order=id&films.limit=1&order=id'),
    response: rows(
      '0-2/*',
      '{"id":1,"films":[{"id": 1}]}',
      '{"id":2,"films":[{"id": 2}]}',
      '{"id":3,"films":[]}'
    ),
  },
  {
    name: 'a relation has an offset of its own',
    request: get('/studios?select=id,films(id)&films.order=id&films.offset=1&order=id'),
    response: rows(
      '0-2/*',
      '{"id":1,"films":[{"id": 5}]}',
      '{"id":2,"films":[{"id": 3}]}',
      '{"id":3,"films":[]}'
    ),
  },
  {
    name: 'a limit of zero leaves the relation empty',
    request: get('/studios?select=id,films(id)&films.limit=0&order=id'),
    response: rows('0-2/*', '{"id":1,"films":[]}', '{"id":2,"films":[]}', '{"id":3,"films":[]}'),
  },
  {
    name: 'a limit on a nested relation',
    request: get(
      '/studios?select=id,films(id,entries(festival_id))&id=eq.2&films.entries.order=festival_id.desc&films.entries.limit=1&films.order=id'
    ),
    response: rows(
      '0-0/*',
      '{"id":2,"films":[{"id": 2, "entries": [{"festival_id": 2}]}, {"id": 3, "entries": []}]}'
    ),
  },
  {
    name: 'a tree of conditions on a relation',
    request: get(
      '/studios?select=id,films(id)&films.or=(year.lt.2000,rating.gt.8)&order=id&films.order=id'
    ),
    response: rows(
      '0-2/*',
      '{"id":1,"films":[{"id": 1}, {"id": 5}]}',
      '{"id":2,"films":[{"id": 2}]}',
      '{"id":3,"films":[]}'
    ),
  },
  {
    name: 'a negated tree on a relation',
    request: get(
      '/studios?select=id,films(id)&films.not.or=(id.eq.1,id.eq.2)&order=id&films.order=id'
    ),
    response: rows(
      '0-2/*',
      '{"id":1,"films":[{"id": 5}]}',
      '{"id":2,"films":[{"id": 3}]}',
      '{"id":3,"films":[]}'
    ),
  },
  {
    name: 'a relation that is null is found with is.null',
    request: get('/films?select=id,posters(width)&posters=is.null&order=id'),
    response: rows(
      '0-2/*',
      '{"id":3,"posters":null}',
      '{"id":4,"posters":null}',
      '{"id":5,"posters":null}'
    ),
  },
  {
    name: 'a relation that is not null is found with not.is.null',
    request: get('/films?select=id,posters(width)&posters=not.is.null&order=id'),
    response: rows('0-1/*', '{"id":1,"posters":{"width": 60}}', '{"id":2,"posters":{"width": 70}}'),
  },
  {
    name: 'a to-many relation without rows is null',
    request: get('/studios?select=id,films(id)&films=is.null'),
    response: rows('0-0/*', '{"id":3,"films":[]}'),
  },
  {
    name: 'a relation that need not be shown can be tested',
    request: get('/films?select=id,posters()&posters=not.is.null&order=id'),
    response: rows('0-1/*', '{"id":1}', '{"id":2}'),
  },
  {
    name: 'relations can be tested in a tree',
    request: get(
      '/films?select=id,posters(),trailers()&or=(posters.not.is.null,trailers.not.is.null)&order=id'
    ),
    response: rows('0-2/*', '{"id":1}', '{"id":2}', '{"id":3}'),
  },
  {
    name: 'a filter inside decides what is null',
    request: get('/films?select=id,posters()&posters.width=gt.65&posters=not.is.null'),
    response: rows('0-0/*', '{"id":2}'),
  },
  {
    name: 'a relation takes no other test',
    request: get('/films?select=id,posters(width)&posters=eq.1'),
    response: failure(400, { code: '42703', message: 'column films.posters does not exist' }),
  },
  {
    name: 'a relation can be tested by its alias',
    request: get('/films?select=id,p:posters()&p=not.is.null&order=id'),
    response: rows('0-1/*', '{"id":1}', '{"id":2}'),
  },
  {
    name: 'a many-to-many relation can be tested',
    request: get('/films?select=id,festivals()&festivals=is.null&order=id'),
    response: rows('0-2/*', '{"id":3}', '{"id":4}', '{"id":5}'),
  },
  {
    name: 'an order by a to-one relation may be nested',
    request: get(
      '/studios?select=id,films(id,director:people!films_director_fkey(name))&films.order=director(name).desc&id=eq.2'
    ),
    response: rows(
      '0-0/*',
      '{"id":2,"films":[{"id": 3, "director": {"name": "Cleo Rossi"}}, {"id": 2, "director": {"name": "Ben Ito"}}]}'
    ),
  },
  {
    name: 'an order by a to-one relation may say where nulls are',
    request: get('/films?select=id,studios(name)&order=studios(name).nullsfirst,id'),
    response: rows(
      '0-4/*',
      '{"id":4,"studios":null}',
      '{"id":2,"studios":{"name": "Kumo"}}',
      '{"id":3,"studios":{"name": "Kumo"}}',
      '{"id":1,"studios":{"name": "Lumen"}}',
      '{"id":5,"studios":{"name": "Lumen"}}'
    ),
  },
  {
    name: 'an order by a JSON path of a to-one relation',
    request: get('/posters?select=film_id,films(facts)&order=films(facts->>awards).desc'),
    response: rows(
      '0-1/*',
      '{"film_id":1,"films":{"facts": {"cast": {"lead": "Cleo"}, "langs": ["fr", "it"], "awards": 2}}}',
      '{"film_id":2,"films":{"facts": {"cast": {"lead": "Ben"}, "langs": ["jp"], "awards": 0}}}'
    ),
  },
]

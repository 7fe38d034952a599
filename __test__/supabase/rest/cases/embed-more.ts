// Embedding: what a relation shows, computed relations, and relations of views.
import { failure, get, rows, type Case } from '../support/case'

export const embedShapes: Case[] = [
  {
    name: 'an empty list of columns embeds nothing',
    request: get('/films?select=id,studios()&id=eq.1'),
    response: rows('0-0/*', '{"id":1}'),
  },
  {
    name: 'an empty list still joins',
    request: get('/films?select=id,posters!inner()&order=id'),
    response: rows('0-1/*', '{"id":1}', '{"id":2}'),
  },
  {
    name: 'only empty relations give empty objects',
    request: get('/films?select=studios()&id=eq.1'),
    response: rows('0-0/*', '{}'),
  },
  {
    name: 'a count of related rows is their number',
    request: get('/studios?select=name,films(count)&order=id'),
    response: rows(
      '0-2/*',
      '{"name":"Lumen","films":[{"count": 2}]}',
      '{"name":"Kumo","films":[{"count": 2}]}',
      '{"name":"Stella","films":[{"count": 0}]}'
    ),
  },
  {
    name: 'a JSON path and a cast work inside of a relation',
    request: get('/studios?select=films(y:year::text,facts->cast->>lead)&id=eq.1&films.order=id'),
    response: rows('0-0/*', '{"films":[{"y": "1994", "lead": "Cleo"}, {"y": null, "lead": null}]}'),
  },
  {
    name: 'a computed column works inside of a relation',
    request: get('/studios?select=films(label)&id=eq.2&films.order=id'),
    response: rows(
      '0-0/*',
      '{"films":[{"label": "Cloud Atelier (2001)"}, {"label": "Paper Moonlight (2010)"}]}'
    ),
  },
  {
    name: 'a name with a space can be embedded',
    request: get('/dash-ed?select=id,Odd Table("first name")&order=id'),
    response: rows(
      '0-1/*',
      '{"id":1,"Odd Table":{"first name": "Ann"}}',
      '{"id":2,"Odd Table":null}'
    ),
  },
  {
    name: 'a quoted name can be embedded',
    request: get('/dash-ed?select=id,"Odd Table"("UPPER")&id=eq.1'),
    response: rows('0-0/*', '{"id":1,"Odd Table":{"UPPER": "UP"}}'),
  },
  {
    name: 'a function that returns a set of another table is a relation to many',
    request: get('/films?select=id,remakes(id)&order=id'),
    response: rows(
      '0-4/*',
      '{"id":1,"remakes":[{"id": 4}]}',
      '{"id":2,"remakes":[]}',
      '{"id":3,"remakes":[]}',
      '{"id":4,"remakes":[{"id": 1}]}',
      '{"id":5,"remakes":[]}'
    ),
  },
  {
    name: 'a function that returns at most one row is a relation to one',
    request: get('/films?select=id,best_casting(part)&order=id'),
    response: rows(
      '0-4/*',
      '{"id":1,"best_casting":{"part": "Nina"}}',
      '{"id":2,"best_casting":{"part": "Painter"}}',
      '{"id":3,"best_casting":null}',
      '{"id":4,"best_casting":{"part": "Thief"}}',
      '{"id":5,"best_casting":null}'
    ),
  },
  {
    name: 'a computed relation takes filters and nests',
    request: get('/people?select=id,compatriots(name)&compatriots.name=like.D*&order=id&limit=2'),
    response: rows(
      '0-1/*',
      '{"id":1,"compatriots":[{"name": "Dan Weil"}]}',
      '{"id":2,"compatriots":[]}'
    ),
  },
  {
    name: 'a computed relation can be an inner join',
    request: get('/films?select=id,remakes!inner(id)&order=id'),
    response: rows('0-1/*', '{"id":1,"remakes":[{"id": 4}]}', '{"id":4,"remakes":[{"id": 1}]}'),
  },
  {
    name: 'a view has the relations of its columns',
    request: get('/recent_films?select=id,people!films_director_fkey(name)&order=id'),
    response: rows(
      '0-2/*',
      '{"id":2,"people":{"name": "Ben Ito"}}',
      '{"id":3,"people":{"name": "Cleo Rossi"}}',
      '{"id":4,"people":{"name": "Ben Ito"}}'
    ),
  },
  {
    name: 'a view has the junctions of its key too, so a hint may be needed',
    request: get('/recent_films?select=id,people(name)'),
    response: failure(300, {
      code: 'PGRST201',
      message:
        "Could not embed because more than one relationship was found for 'recent_films' and 'people'",
      details: [
        {
          cardinality: 'many-to-one',
          embedding: 'recent_films with people',
          relationship: 'films_director_fkey using recent_films(director_id) and people(id)',
        },
        {
          cardinality: 'many-to-many',
          embedding: 'recent_films with people',
          relationship:
            'castings using castings_film_fkey(film_id) and castings_person_fkey(person_id)',
        },
        {
          cardinality: 'many-to-many',
          embedding: 'recent_films with people',
          relationship:
            'reviews using reviews_film_fkey(film_id) and reviews_person_fkey(person_id)',
        },
      ],
      hint: "Try changing 'people' to one of the following: 'people!films_director_fkey', 'people!castings', 'people!reviews'. Find the desired relationship in the 'details' key.",
    }),
  },
  {
    name: 'a view with renamed columns has them as well',
    request: get('/film_titles?select=film_title,studios(name)&film_id=eq.1'),
    response: rows('0-0/*', '{"film_title":"Night Train","studios":{"name": "Lumen"}}'),
  },
  {
    name: 'a table has a relation to a view',
    request: get('/studios?select=id,film_titles(film_title)&id=eq.2&film_titles.order=film_id'),
    response: rows(
      '0-0/*',
      '{"id":2,"film_titles":[{"film_title": "Cloud Atelier"}, {"film_title": "Paper Moonlight"}]}'
    ),
  },
  {
    name: 'a materialized view has them too',
    request: get('/film_counts?select=films,studios(name)&order=studio_id'),
    response: rows(
      '0-1/*',
      '{"films":2,"studios":{"name": "Lumen"}}',
      '{"films":2,"studios":{"name": "Kumo"}}'
    ),
  },
  {
    name: 'a view is related to a view',
    request: get('/recent_films?select=id,directors!films_director_fkey(name)&order=id'),
    response: rows(
      '0-2/*',
      '{"id":2,"directors":{"name": "Ben Ito"}}',
      '{"id":3,"directors":{"name": "Cleo Rossi"}}',
      '{"id":4,"directors":{"name": "Ben Ito"}}'
    ),
  },
  {
    name: 'a view that joins has the relations of the keys it shows',
    request: get('/casts?select=part,posters(width)&order=film_id,person_id&limit=3'),
    response: rows(
      '0-2/*',
      '{"part":"Nina","posters":{"width": 60}}',
      '{"part":"Guard","posters":{"width": 60}}',
      '{"part":"Painter","posters":{"width": 70}}'
    ),
  },
]

// Embedding: related rows inside of rows, along foreign keys of every kind.
import { failure, get, rows, type Case } from '../support/case'

export const embedding: Case[] = [
  {
    name: 'a to-one relation is an object',
    request: get('/films?select=id,studios(name)&id=eq.1'),
    response: rows('0-0/*', '{"id":1,"studios":{"name": "Lumen"}}'),
  },
  {
    name: 'a to-one relation that leads nowhere is null',
    request: get('/films?select=id,studios(name)&id=eq.4'),
    response: rows('0-0/*', '{"id":4,"studios":null}'),
  },
  {
    name: 'a to-many relation is an array',
    request: get('/studios?select=id,films(id,title)&order=id&films.order=id'),
    response: rows(
      '0-2/*',
      '{"id":1,"films":[{"id": 1, "title": "Night Train"}, {"id": 5, "title": "Salt, Sea & \\"Sun\\""}]}',
      '{"id":2,"films":[{"id": 2, "title": "Cloud Atelier"}, {"id": 3, "title": "Paper Moonlight"}]}',
      '{"id":3,"films":[]}'
    ),
  },
  {
    name: 'a to-many relation without rows is an empty array',
    request: get('/studios?select=id,films(id)&id=eq.3'),
    response: rows('0-0/*', '{"id":3,"films":[]}'),
  },
  {
    name: 'a many-to-many relation goes through its junction',
    request: get('/films?select=id,festivals(name)&order=id&festivals.order=id'),
    response: rows(
      '0-4/*',
      '{"id":1,"festivals":[{"name": "Lakeside"}]}',
      '{"id":2,"festivals":[{"name": "Lakeside"}, {"name": "Harbour"}]}',
      '{"id":3,"festivals":[]}',
      '{"id":4,"festivals":[]}',
      '{"id":5,"festivals":[]}'
    ),
  },
  {
    name: 'a many-to-many relation goes the other way as well',
    request: get('/festivals?select=id,films(title)&order=id&films.order=id'),
    response: rows(
      '0-1/*',
      '{"id":1,"films":[{"title": "Night Train"}, {"title": "Cloud Atelier"}]}',
      '{"id":2,"films":[{"title": "Cloud Atelier"}]}'
    ),
  },
  {
    name: 'a key that is a reference makes a to-one relation both ways',
    request: get('/films?select=id,posters(width)&order=id&limit=3'),
    response: rows(
      '0-2/*',
      '{"id":1,"posters":{"width": 60}}',
      '{"id":2,"posters":{"width": 70}}',
      '{"id":3,"posters":null}'
    ),
  },
  {
    name: 'the other side of a one-to-one relation is an object too',
    request: get('/posters?select=width,films(title)&order=film_id'),
    response: rows(
      '0-1/*',
      '{"width":60,"films":{"title": "Night Train"}}',
      '{"width":70,"films":{"title": "Cloud Atelier"}}'
    ),
  },
  {
    name: 'a unique reference makes a one-to-one relation',
    request: get('/films?select=id,trailers(seconds)&order=id&limit=3'),
    response: rows(
      '0-2/*',
      '{"id":1,"trailers":{"seconds": 90}}',
      '{"id":2,"trailers":null}',
      '{"id":3,"trailers":{"seconds": 120}}'
    ),
  },
  {
    name: 'a one-to-one relation that leads nowhere is null',
    request: get('/trailers?select=id,films(id)&id=eq.12'),
    response: rows('0-0/*', '{"id":12,"films":null}'),
  },
  {
    name: 'relations may nest',
    request: get(
      '/studios?select=name,films(id,entries(prize,festivals(name)))&id=eq.2&films.order=id'
    ),
    response: rows(
      '0-0/*',
      '{"name":"Kumo","films":[{"id": 2, "entries": [{"prize": null, "festivals": {"name": "Lakeside"}}, {"prize": "Silver", "festivals": {"name": "Harbour"}}]}, {"id": 3, "entries": []}]}'
    ),
  },
  {
    name: 'relations stand in the order of select',
    request: get('/films?select=id,studios(id),posters(artist)&id=eq.2'),
    response: rows('0-0/*', '{"id":2,"studios":{"id": 2},"posters":{"artist": null}}'),
  },
  {
    name: 'a relation that comes first comes after the columns',
    request: get('/films?select=studios(country),id&id=eq.2'),
    response: rows('0-0/*', '{"id":2,"studios":{"country": "JP"}}'),
  },
  {
    name: 'a star inside of a relation is all of its columns',
    request: get('/films?select=id,studios(*)&id=eq.1'),
    response: rows('0-0/*', '{"id":1,"studios":{"id": 1, "name": "Lumen", "country": "FR"}}'),
  },
  {
    name: 'a relation may have an alias',
    request: get('/films?select=id,maker:studios(name)&id=eq.1'),
    response: rows('0-0/*', '{"id":1,"maker":{"name": "Lumen"}}'),
  },
  {
    name: 'two relations may have one name when they have aliases',
    request: get('/films?select=a:studios(id),b:studios(name)&id=eq.1'),
    response: rows('0-0/*', '{"a":{"id": 1},"b":{"name": "Lumen"}}'),
  },
  {
    name: 'a relation may be named by its column',
    request: get('/films?select=id,studio_id(name)&id=eq.1'),
    response: rows('0-0/*', '{"id":1,"studio_id":{"name": "Lumen"}}'),
  },
  {
    name: 'a relation may be named by its constraint',
    request: get('/films?select=id,films_studio_fkey(name)&id=eq.1'),
    response: rows('0-0/*', '{"id":1,"films_studio_fkey":{"name": "Lumen"}}'),
  },
  {
    name: 'a hint by constraint chooses among the relations',
    request: get('/films?select=id,people!films_director_fkey(name)&id=eq.1'),
    response: rows('0-0/*', '{"id":1,"people":{"name": "Ada Lune"}}'),
  },
  {
    name: 'a hint by column chooses among the relations',
    request: get('/films?select=id,people!writer_id(name)&id=eq.1'),
    response: rows('0-0/*', '{"id":1,"people":{"name": "Ben Ito"}}'),
  },
  {
    name: 'two hints give both relations',
    request: get(
      '/films?select=id,director:people!director_id(name),writer:people!writer_id(name)&id=eq.1'
    ),
    response: rows(
      '0-0/*',
      '{"id":1,"director":{"name": "Ada Lune"},"writer":{"name": "Ben Ito"}}'
    ),
  },
  {
    name: 'a hint by junction chooses a many-to-many relation',
    request: get('/films?select=id,people!castings(name)&id=eq.1&people.order=id'),
    response: rows('0-0/*', '{"id":1,"people":[{"name": "Cleo Rossi"}, {"name": "Dan Weil"}]}'),
  },
  {
    name: 'another junction gives other rows',
    request: get('/films?select=id,people!reviews(name)&id=eq.1&people.order=id'),
    response: rows(
      '0-0/*',
      '{"id":1,"people":[{"name": "Ben Ito"}, {"name": "Eve \\"E\\" O\'Hara"}]}'
    ),
  },
  {
    name: 'a hint works from the side of many',
    request: get('/people?select=name,films!films_director_fkey(id)&id=eq.2&films.order=id'),
    response: rows('0-0/*', '{"name":"Ben Ito","films":[{"id": 2}, {"id": 4}]}'),
  },
  {
    name: 'without a hint, several relations are an error that lists them',
    request: get('/films?select=id,people(name)'),
    response: failure(300, {
      code: 'PGRST201',
      message:
        "Could not embed because more than one relationship was found for 'films' and 'people'",
      details: [
        {
          cardinality: 'many-to-one',
          embedding: 'films with people',
          relationship: 'films_director_fkey using films(director_id) and people(id)',
        },
        {
          cardinality: 'many-to-one',
          embedding: 'films with people',
          relationship: 'films_writer_fkey using films(writer_id) and people(id)',
        },
        {
          cardinality: 'many-to-many',
          embedding: 'films with people',
          relationship:
            'castings using castings_film_fkey(film_id) and castings_person_fkey(person_id)',
        },
        {
          cardinality: 'many-to-many',
          embedding: 'films with people',
          relationship:
            'reviews using reviews_film_fkey(film_id) and reviews_person_fkey(person_id)',
        },
      ],
      hint: "Try changing 'people' to one of the following: 'people!films_director_fkey', 'people!films_writer_fkey', 'people!castings', 'people!reviews'. Find the desired relationship in the 'details' key.",
    }),
  },
  {
    name: 'from the other side they are listed too',
    request: get('/people?select=id,films(id)'),
    response: failure(300, {
      code: 'PGRST201',
      message:
        "Could not embed because more than one relationship was found for 'people' and 'films'",
      details: [
        {
          cardinality: 'one-to-many',
          embedding: 'people with films',
          relationship: 'films_director_fkey using people(id) and films(director_id)',
        },
        {
          cardinality: 'one-to-many',
          embedding: 'people with films',
          relationship: 'films_writer_fkey using people(id) and films(writer_id)',
        },
        {
          cardinality: 'many-to-many',
          embedding: 'people with films',
          relationship:
            'castings using castings_person_fkey(person_id) and castings_film_fkey(film_id)',
        },
        {
          cardinality: 'many-to-many',
          embedding: 'people with films',
          relationship:
            'reviews using reviews_person_fkey(person_id) and reviews_film_fkey(film_id)',
        },
      ],
      hint: "Try changing 'films' to one of the following: 'films!films_director_fkey', 'films!films_writer_fkey', 'films!castings', 'films!reviews'. Find the desired relationship in the 'details' key.",
    }),
  },
  {
    name: 'a hint that leads nowhere finds no relation',
    request: get('/films?select=people!nope(name)'),
    response: failure(400, {
      code: 'PGRST200',
      message: "Could not find a relationship between 'films' and 'people' in the schema cache",
      details:
        "Searched for a foreign key relationship between 'films' and 'people' using the hint 'nope' in the schema 'api', but no matches were found.",
    }),
  },
  {
    name: 'a table that is not related cannot be embedded',
    request: get('/films?select=id,countries(name)'),
    response: failure(400, {
      code: 'PGRST200',
      message: "Could not find a relationship between 'films' and 'countries' in the schema cache",
      details:
        "Searched for a foreign key relationship between 'films' and 'countries' in the schema 'api', but no matches were found.",
      hint: "Perhaps you meant 'entries' instead of 'countries'.",
    }),
  },
  {
    name: 'a table that does not exist cannot be embedded',
    request: get('/films?select=id,studioz(name)'),
    response: failure(400, {
      code: 'PGRST200',
      message: "Could not find a relationship between 'films' and 'studioz' in the schema cache",
      details:
        "Searched for a foreign key relationship between 'films' and 'studioz' in the schema 'api', but no matches were found.",
      hint: "Perhaps you meant 'studios' instead of 'studioz'.",
    }),
  },
  {
    name: 'a relation of a table that does not exist is not found',
    request: get('/filmz?select=id,studios(name)'),
    response: failure(404, {
      code: 'PGRST205',
      message: "Could not find the table 'api.filmz' in the schema cache",
      hint: "Perhaps you meant the table 'api.films'",
    }),
    response12: failure(400, {
      code: 'PGRST200',
      message: "Could not find a relationship between 'filmz' and 'studios' in the schema cache",
      details:
        "Searched for a foreign key relationship between 'filmz' and 'studios' in the schema 'api', but no matches were found.",
      hint: "Perhaps you meant 'films' instead of 'filmz'.",
    }),
  },
  {
    name: 'a reference of two columns is a relation',
    request: get('/screenings?select=id,theaters(seats)&order=id'),
    response: rows(
      '0-3/*',
      '{"id":1,"theaters":{"seats": 200}}',
      '{"id":2,"theaters":{"seats": 200}}',
      '{"id":3,"theaters":{"seats": 80}}',
      '{"id":4,"theaters":null}'
    ),
  },
  {
    name: 'a reference of two columns works from the other side',
    request: get('/theaters?select=city,name,screenings(id)&order=city,name&screenings.order=id'),
    response: rows(
      '0-2/*',
      '{"city":"Kobe","name":"Rex","screenings":[{"id": 3}]}',
      '{"city":"Lyon","name":"Odeon","screenings":[]}',
      '{"city":"Lyon","name":"Rex","screenings":[{"id": 1}, {"id": 2}]}'
    ),
  },
  {
    name: 'a table that references itself has its parent by the column',
    request: get('/people?select=name,mentor:mentor_id(name)&order=id&limit=3'),
    response: rows(
      '0-2/*',
      '{"name":"Ada Lune","mentor":null}',
      '{"name":"Ben Ito","mentor":{"name": "Ada Lune"}}',
      '{"name":"Cleo Rossi","mentor":{"name": "Ada Lune"}}'
    ),
  },
  {
    name: 'a table that references itself has its children by its name',
    request: get('/people?select=name,people(name)&id=eq.1&people.order=id'),
    response: rows(
      '0-0/*',
      '{"name":"Ada Lune","people":[{"name": "Ben Ito"}, {"name": "Cleo Rossi"}]}'
    ),
  },
  {
    name: 'a hint by constraint cannot tell parents from children, and finds neither',
    request: get('/categories?select=name,categories!categories_parent_fkey(name)&id=eq.1'),
    response: failure(400, {
      code: 'PGRST200',
      message:
        "Could not find a relationship between 'categories' and 'categories' in the schema cache",
      details:
        "Searched for a foreign key relationship between 'categories' and 'categories' using the hint 'categories_parent_fkey' in the schema 'api', but no matches were found.",
    }),
  },
  {
    name: 'a recursion is as deep as it is written',
    request: get('/categories?select=name,parent:parent_id(name,parent:parent_id(name))&id=eq.5'),
    response: rows(
      '0-0/*',
      '{"name":"noir","parent":{"name": "crime", "parent": {"name": "fiction"}}}'
    ),
  },
]

// Embedding: related columns spread into the row.
import { get, rows, type Case } from '../support/case'

export const spread: Case[] = [
  {
    name: 'a spread puts the columns of a to-one relation into the row',
    request: get('/films?select=id,...studios(name,country)&order=id&limit=2'),
    response: rows(
      '0-1/*',
      '{"id":1,"name":"Lumen","country":"FR"}',
      '{"id":2,"name":"Kumo","country":"JP"}'
    ),
  },
  {
    name: 'a spread that leads nowhere gives nulls',
    request: get('/films?select=id,...studios(studio:name)&id=eq.4'),
    response: rows('0-0/*', '{"id":4,"studio":null}'),
  },
  {
    name: 'a spread may rename',
    request: get('/films?select=id,...people!director_id(director:name)&id=eq.1'),
    response: rows('0-0/*', '{"id":1,"director":"Ada Lune"}'),
  },
  {
    name: 'a spread may hold a relation',
    request: get('/posters?select=width,...films(title,studios(name))&order=film_id'),
    response: rows(
      '0-1/*',
      '{"width":60,"title":"Night Train","studios":{"name": "Lumen"}}',
      '{"width":70,"title":"Cloud Atelier","studios":{"name": "Kumo"}}'
    ),
  },
  {
    name: 'a spread may hold a spread',
    request: get('/posters?select=width,...films(title,...studios(studio:name))&order=film_id'),
    response: rows(
      '0-1/*',
      '{"width":60,"title":"Night Train","studio":"Lumen"}',
      '{"width":70,"title":"Cloud Atelier","studio":"Kumo"}'
    ),
  },
  {
    name: 'a spread inside of a relation',
    request: get('/studios?select=name,films(id,...posters(width))&id=eq.2&films.order=id'),
    response: rows(
      '0-0/*',
      '{"name":"Kumo","films":[{"id": 2, "width": 70}, {"id": 3, "width": null}]}'
    ),
  },
  {
    name: 'a spread of a one-to-one relation',
    request: get('/films?select=id,...posters(width)&order=id&limit=2'),
    response: rows('0-1/*', '{"id":1,"width":60}', '{"id":2,"width":70}'),
  },
  {
    name: 'a spread with an inner join',
    request: get('/films?select=id,...posters!inner(width)&order=id'),
    response: rows('0-1/*', '{"id":1,"width":60}', '{"id":2,"width":70}'),
  },
  {
    name: 'a filter on a spread',
    request: get('/films?select=id,...studios!inner(name)&studios.name=eq.Kumo&order=id'),
    response: rows('0-1/*', '{"id":2,"name":"Kumo"}', '{"id":3,"name":"Kumo"}'),
  },
  {
    name: 'an order by a spread',
    request: get('/films?select=id,...studios(name)&order=studios(name).desc.nullslast,id'),
    response: rows(
      '0-4/*',
      '{"id":1,"name":"Lumen"}',
      '{"id":5,"name":"Lumen"}',
      '{"id":2,"name":"Kumo"}',
      '{"id":3,"name":"Kumo"}',
      '{"id":4,"name":null}'
    ),
  },
  {
    name: 'a star can be spread',
    request: get('/trailers?select=seconds,...films(*)&id=eq.11'),
    response: rows(
      '0-0/*',
      '{"seconds":120,"id":3,"title":"Paper Moonlight","year":2010,"rating":null,"genre":"comedy","director_id":3,"writer_id":null,"studio_id":2,"tags":[],"facts":null}'
    ),
  },
  {
    name: 'a spread to many gives an array of each column',
    since: 13,
    request: get('/studios?select=id,...films(titles:title,year)&order=id&films.order=id'),
    response: rows(
      '0-2/*',
      '{"id":1,"titles":["Night Train", "Salt, Sea & \\"Sun\\""],"year":[1994, null]}',
      '{"id":2,"titles":["Cloud Atelier", "Paper Moonlight"],"year":[2001, 2010]}',
      '{"id":3,"titles":[],"year":[]}'
    ),
  },
  {
    name: 'a spread many to many gives an array as well',
    since: 13,
    request: get('/festivals?select=name,...films(title)&order=id&films.order=id'),
    response: rows(
      '0-1/*',
      '{"name":"Lakeside","title":["Night Train", "Cloud Atelier"]}',
      '{"name":"Harbour","title":["Cloud Atelier"]}'
    ),
  },
  {
    name: 'a spread to many takes filters and a limit',
    since: 13,
    request: get(
      '/studios?select=id,...films(title)&films.year=gt.2000&films.order=id.desc&films.limit=1&id=eq.2'
    ),
    response: rows('0-0/*', '{"id":2,"title":["Paper Moonlight"]}'),
  },
  {
    name: 'a spread to many of a relation gives an array of objects',
    since: 13,
    request: get('/studios?select=id,...films(posters(width))&id=eq.1&films.order=id'),
    response: rows('0-0/*', '{"id":1,"posters":[{"width": 60}, null]}'),
  },
]

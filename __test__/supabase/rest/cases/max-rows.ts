// Reading: the most rows that a service gives.
import { answer, CANONICAL, get, json, list, patch, result, rows, type Case } from '../support/case'

export const maxRows: Case[] = [
  {
    name: 'max rows limits an answer',
    config: 'max rows',
    request: get('/tiny_numbers?order=n'),
    response: rows('0-1/*', '{"n":1}', '{"n":2}'),
  },
  {
    name: 'max rows limits a greater limit',
    config: 'max rows',
    request: get('/tiny_numbers?order=n&limit=5'),
    response: rows('0-1/*', '{"n":1}', '{"n":2}'),
  },
  {
    name: 'max rows leaves a smaller limit',
    config: 'max rows',
    request: get('/tiny_numbers?order=n&limit=1'),
    response: rows('0-0/*', '{"n":1}'),
  },
  {
    name: 'max rows and count=exact tell how many there are',
    config: 'max rows',
    request: get('/tiny_numbers?order=n', { Prefer: 'count=exact' }),
    response: answer(
      206,
      {
        ...json,
        'content-range': '0-1/12',
        'content-location': CANONICAL,
        'preference-applied': 'count=exact',
      },
      list('{"n":1}', '{"n":2}')
    ),
  },
  {
    name: 'count=estimated takes the word of the planner above max rows',
    config: 'max rows',
    request: get('/tiny_numbers?order=n&n=lte.12', { Prefer: 'count=estimated' }),
    response: answer(
      206,
      {
        ...json,
        'content-range': '0-1/12',
        'content-location': CANONICAL,
        'preference-applied': 'count=estimated',
      },
      list('{"n":1}', '{"n":2}')
    ),
  },
  {
    name: 'count=estimated counts up to max rows',
    config: 'max rows',
    request: get('/tiny_numbers?order=n&n=eq.1', { Prefer: 'count=estimated' }),
    response: answer(
      200,
      {
        ...json,
        'content-range': '0-0/1',
        'content-location': CANONICAL,
        'preference-applied': 'count=estimated',
      },
      list('{"n":1}')
    ),
  },
  {
    name: 'max rows limits an embedded resource',
    config: 'max rows',
    request: get('/studios?select=id,films(id)&id=eq.1&films.order=id'),
    response: rows('0-0/*', '{"id":1,"films":[{"id": 1}, {"id": 5}]}'),
  },
  {
    name: 'max rows limits the rows of a function',
    config: 'max rows',
    request: get('/rpc/numbers?upto=5'),
    response: result('[1, 2]', '0-1/*'),
  },
  {
    name: 'max rows does not limit what a write returns',
    config: 'max rows',
    role: 'service_role',
    request: patch(
      '/products?select=sku&order=sku',
      { stock: 1 },
      { Prefer: 'return=representation' }
    ),
    response: answer(
      200,
      { ...json, 'content-range': '0-2/*', 'preference-applied': 'return=representation' },
      list('{"sku":"bag"}', '{"sku":"mug"}', '{"sku":"pen"}')
    ),
    response12: answer(
      200,
      { ...json, 'content-range': '0-2/*', 'preference-applied': 'return=representation' },
      list('{"sku":"mug"}', '{"sku":"pen"}', '{"sku":"bag"}')
    ),
  },
]

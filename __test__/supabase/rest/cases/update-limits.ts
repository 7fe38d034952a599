// Writing: what an update may not do, updates of views, and the forms of a body.
import { answer, failure, get, json, list, patch, rows, type Case } from '../support/case'

export const updateLimits: Case[] = [
  {
    name: 'a key that another row has is refused',
    role: 'service_role',
    request: patch('/countries?code=eq.XX', { name: 'Japan' }, { Prefer: 'return=representation' }),
    response: failure(409, {
      code: '23505',
      message: 'duplicate key value violates unique constraint "countries_name_key"',
      details: 'Key (name)=(Japan) already exists.',
    }),
    then: [
      {
        request: get('/countries?code=eq.XX'),
        response: rows('0-0/*', '{"code":"XX","name":"Nowhere"}'),
      },
    ],
  },
  {
    name: 'a check that fails is refused',
    role: 'service_role',
    request: patch('/orders?id=eq.1', { status: 'lost' }),
    response: failure(400, {
      code: '23514',
      message: 'new row for relation "orders" violates check constraint "orders_status_check"',
      details: 'Failing row contains (1, Ann, lost, 2024-05-01 12:00:00+00, null).',
    }),
    then: [
      {
        request: get('/orders?select=id,status&order=id'),
        response: rows(
          '0-2/*',
          '{"id":1,"status":"new"}',
          '{"id":2,"status":"paid"}',
          '{"id":3,"status":"sent"}'
        ),
      },
    ],
  },
  {
    name: 'a reference to nothing is refused',
    role: 'service_role',
    request: patch('/films?id=eq.1', { studio_id: 99 }),
    response: failure(409, {
      code: '23503',
      message:
        'insert or update on table "films" violates foreign key constraint "films_studio_fkey"',
      details: 'Key (studio_id)=(99) is not present in table "studios".',
    }),
  },
  {
    name: 'null where none may be is refused',
    role: 'service_role',
    request: patch('/films?id=eq.1', { title: null }),
    response: failure(400, {
      code: '23502',
      message: 'null value in column "title" of relation "films" violates not-null constraint',
      details:
        'Failing row contains (1, null, 1994, 7.5, noir, 1, 2, 1, {train,night}, {"cast": {"lead": "Cleo"}, "langs": ["fr", "it"], "awards": 2}).',
    }),
  },
  {
    name: 'a generated column cannot be updated',
    role: 'service_role',
    request: patch('/order_items?order_id=eq.1&line=eq.1', { total: 1 }),
    response: failure(400, {
      code: '428C9',
      message: 'column "total" can only be updated to DEFAULT',
      details: 'Column "total" is a generated column.',
    }),
  },
  {
    name: 'a simple view is updated as its table is',
    role: 'service_role',
    request: patch(
      '/cheap_products?sku=eq.pen&select=sku,price',
      { price: 2 },
      { Prefer: 'return=representation' }
    ),
    response: answer(
      200,
      { ...json, 'content-range': '0-0/*', 'preference-applied': 'return=representation' },
      list('{"sku":"pen","price":2.00}')
    ),
    then: [
      {
        request: get('/products?select=price&sku=eq.pen'),
        response: rows('0-0/*', '{"price":2.00}'),
      },
    ],
  },
  {
    name: 'the check option of a view holds',
    role: 'service_role',
    request: patch('/cheap_products?sku=eq.pen', { price: 20 }),
    response: failure(400, {
      code: '44000',
      message: 'new row violates check option for view "cheap_products"',
      details: 'Failing row contains (pen, Pen, 20.00, 100, {"color": "blue"}).',
    }),
    then: [
      {
        request: get('/products?select=price&sku=eq.pen'),
        response: rows('0-0/*', '{"price":1.20}'),
      },
    ],
  },
  {
    name: 'a view that groups cannot be updated',
    role: 'service_role',
    request: patch('/totals?status=eq.new', { orders: 1 }),
    response: failure(500, {
      code: '55000',
      message: 'cannot update view "totals"',
      details: 'Views containing GROUP BY are not automatically updatable.',
      hint: 'To enable updating the view, provide an INSTEAD OF UPDATE trigger or an unconditional ON UPDATE DO INSTEAD rule.',
    }),
  },
  {
    name: 'a computed column of a view cannot be updated',
    role: 'service_role',
    request: patch('/price_list?sku=eq.pen', { title: 'X' }),
    response: failure(400, {
      code: '0A000',
      message: 'cannot update column "title" of view "price_list"',
      details: 'View columns that are not columns of their base relation are not updatable.',
    }),
  },
  {
    name: 'the other columns of such a view can',
    role: 'service_role',
    request: patch(
      '/price_list?sku=eq.pen&select=title,price',
      { price: 3 },
      { Prefer: 'return=representation' }
    ),
    response: answer(
      200,
      { ...json, 'content-range': '0-0/*', 'preference-applied': 'return=representation' },
      list('{"title":"PEN","price":3.00}')
    ),
  },
  {
    name: 'an order of what is returned from an update',
    role: 'service_role',
    request: patch(
      '/orders?select=id&order=id.desc',
      { note: 'x' },
      { Prefer: 'return=representation' }
    ),
    response: answer(
      200,
      { ...json, 'content-range': '0-2/*', 'preference-applied': 'return=representation' },
      list('{"id":3}', '{"id":2}', '{"id":1}')
    ),
    response12: answer(
      200,
      { ...json, 'content-range': '0-2/*', 'preference-applied': 'return=representation' },
      list('{"id":1}', '{"id":2}', '{"id":3}')
    ),
  },
  {
    name: 'a representation is updated in the form that is shown',
    role: 'service_role',
    request: patch(
      '/palettes?id=eq.1&select=tint',
      { tint: '#000001' },
      { Prefer: 'return=representation' }
    ),
    response: answer(
      200,
      { ...json, 'content-range': '0-0/*', 'preference-applied': 'return=representation' },
      list('{"tint":"#000001"}')
    ),
  },
  {
    name: 'a filter on a representation holds for an update',
    role: 'service_role',
    request: patch(
      '/palettes?tint=eq.%23FFFF00&select=id,name',
      { name: 'x' },
      { Prefer: 'return=representation' }
    ),
    response: answer(
      200,
      { ...json, 'content-range': '0-0/*', 'preference-applied': 'return=representation' },
      list('{"id":2,"name":"x"}')
    ),
  },
  {
    name: 'a Range header does not limit an update',
    role: 'service_role',
    request: patch(
      '/orders?select=id&order=id',
      { note: 'x' },
      { Prefer: 'return=representation', Range: '0-0' }
    ),
    response: answer(
      200,
      { ...json, 'content-range': '0-2/*', 'preference-applied': 'return=representation' },
      list('{"id":1}', '{"id":2}', '{"id":3}')
    ),
  },
  {
    name: 'CSV updates as well',
    role: 'service_role',
    request: patch('/orders?id=eq.1&select=note', 'note\nfrom csv', {
      'content-type': 'text/csv',
      Prefer: 'return=representation',
    }),
    response: answer(
      200,
      { ...json, 'content-range': '0-0/*', 'preference-applied': 'return=representation' },
      list('{"note":"from csv"}')
    ),
  },
  {
    name: 'a form updates as well',
    role: 'service_role',
    request: patch('/orders?id=eq.1&select=note', 'note=from+form', {
      'content-type': 'application/x-www-form-urlencoded',
      Prefer: 'return=representation',
    }),
    response: answer(
      200,
      { ...json, 'content-range': '0-0/*', 'preference-applied': 'return=representation' },
      list('{"note":"from form"}')
    ),
  },
]

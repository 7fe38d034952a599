import { expect, test } from 'vitest'
import { query } from '../support/provider'
import { isSentAs, readsAs } from '../support/values'

readsAs([
  ["'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'::uuid", 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
  ["'192.168.0.1/24'::inet", '192.168.0.1/24'],
  ["'::1'::inet", '::1'],
  ["'10.0.0.0/8'::cidr", '10.0.0.0/8'],
  ["'08:00:2b:01:02:03'::macaddr", '08:00:2b:01:02:03'],
  ["B'1010'", '1010'],
  ["B'1'::varbit", '1'],
  ["'(1.5,2)'::point", { x: 1.5, y: 2 }],
  ["'<(1,2),3>'::circle", { x: 1, y: 2, radius: 3 }],
  ["'((0,0),(1,1))'::polygon", '((0,0),(1,1))'],
  ["'a fat cat'::tsvector", "'a' 'cat' 'fat'"],
  ["'fat & cat'::tsquery", "'fat' & 'cat'"],
  ["'<a>1</a>'::text::varchar", '<a>1</a>'],
  ["'0/16B3748'::pg_lsn", '0/16B3748'],
  ["'$.a[*]'::jsonpath", '$."a"[*]'],
  ["'(0,1)'::tid", '(0,1)'],
  ["'1'::xid", '1'],
])

isSentAs([
  ['a0eebc999c0b4ef8bb6d6bb9bd380a11', 'uuid', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
  ['10.1.2.3', 'inet', '10.1.2.3/32'],
  ['0101', 'bit(4)', '0101'],
])

test('the server makes uuids of version 4 and 7', async () => {
  const { rows } = await query('select gen_random_uuid() as v4, uuidv7() as v7')
  expect(rows).toEqual([
    {
      v4: expect.stringMatching(
        /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
      ),
      v7: expect.stringMatching(
        /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
      ),
    },
  ])
})

test('void is read as an empty text', async () => {
  expect(
    (await query("select set_config('a.b', 'c', true) as s, pg_notify('c', 'p') as v")).rows
  ).toEqual([{ s: 'c', v: '' }])
})

test('a text that is no uuid is refused', async () => {
  await expect(query('select $1::uuid', ['nope'])).rejects.toMatchObject({
    code: '22P02',
    message: 'invalid input syntax for type uuid: "nope"',
  })
})

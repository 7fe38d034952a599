import { expect, test } from 'vitest'
import { createWorld, fine, whole } from './world'

const supabase = createWorld()

test('select gives every column of every row', async () => {
  expect(await whole(supabase.from('countries').select().order('id'))).toEqual(
    fine([
      { id: 1, name: 'France', code: 'FR', tags: ['eu', 'nato'] },
      { id: 2, name: 'Japan', code: 'JP', tags: ['asia'] },
      { id: 3, name: 'Chile', code: null, tags: [] },
    ])
  )
})

test('columns are chosen, renamed, cast and taken from JSON', async () => {
  const query = supabase
    .from('cities')
    .select('label:name, id::text, river:data->>river, data->lines')
    .eq('id', 1)
  expect(await whole(query)).toEqual(fine([{ label: 'Paris', id: '1', river: 'Seine', lines: 16 }]))
})

test('a resource is embedded, in both directions', async () => {
  expect(
    await whole(
      supabase.from('cities').select('name, countries(name)').in('id', [3, 4]).order('id')
    )
  ).toEqual(
    fine([
      { name: 'Tokyo', countries: { name: 'Japan' } },
      { name: 'Atlantis', countries: null },
    ])
  )
  const query = supabase.from('countries').select('name, cities(name)').order('id')
  expect(await whole(query.order('id', { referencedTable: 'cities', ascending: false }))).toEqual(
    fine([
      { name: 'France', cities: [{ name: 'Lyon' }, { name: 'Paris' }] },
      { name: 'Japan', cities: [{ name: 'Tokyo' }] },
      { name: 'Chile', cities: [] },
    ])
  )
})

test('an inner embed leaves out rows without one, and its filters count', async () => {
  const query = supabase
    .from('countries')
    .select('name, cities!inner(name)')
    .eq('cities.name', 'Lyon')
  expect(await whole(query)).toEqual(fine([{ name: 'France', cities: [{ name: 'Lyon' }] }]))
})

test('an embed may be spread into its parent', async () => {
  const query = supabase.from('cities').select('name, ...countries(country:name)').eq('id', 3)
  expect(await whole(query)).toEqual(fine([{ name: 'Tokyo', country: 'Japan' }]))
})

test('rows are counted exactly, as planned, and as estimated', async () => {
  const exact = await whole(supabase.from('cities').select('id', { count: 'exact' }).limit(1))
  expect(exact).toEqual(fine([{ id: 1 }], 206, 4))
  for (const count of ['planned', 'estimated'] as const) {
    const answer = await whole(supabase.from('cities').select('id', { count }))
    expect(answer.count).toEqual(expect.any(Number))
  }
})

test('head gives the count without rows', async () => {
  const query = supabase.from('cities').select('*', { count: 'exact', head: true })
  expect(await whole(query)).toEqual(fine(null, 200, 4))
})

test('a view is read as a table is', async () => {
  expect(await whole(supabase.from('big_cities').select('name').order('id'))).toEqual(
    fine([{ name: 'Paris' }, { name: 'Tokyo' }])
  )
})

test('aggregates are grouped by the other columns', async () => {
  const query = supabase
    .from('cities')
    .select('country_id, population.sum()')
    .not('country_id', 'is', null)
  expect(await whole(query.order('country_id'))).toEqual(
    fine([
      { country_id: 1, sum: 2620000 },
      { country_id: 2, sum: 14000000 },
    ])
  )
})

test('another schema is asked with schema()', async () => {
  expect(await whole(supabase.schema('other').from('things').select())).toEqual(fine([{ id: 7 }]))
  expect(await whole(supabase.schema('hidden').from('things').select())).toMatchObject({
    data: null,
    error: { code: 'PGRST106', message: 'Invalid schema: hidden' },
    status: 406,
  })
})

test('a table that is not there is a 404 with a hint', async () => {
  expect(await whole(supabase.from('countrie').select())).toEqual({
    data: null,
    error: {
      code: 'PGRST205',
      details: null,
      hint: "Perhaps you meant the table 'public.countries'",
      message: "Could not find the table 'public.countrie' in the schema cache",
    },
    count: null,
    status: 404,
    statusText: 'Not Found',
  })
})

test('a column that is not there is told in PostgreSQL’s words', async () => {
  expect(await whole(supabase.from('cities').select('nam'))).toMatchObject({
    data: null,
    error: { code: '42703', message: 'column cities.nam does not exist' },
    status: 400,
    statusText: 'Bad Request',
  })
})

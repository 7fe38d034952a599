import { expect, test } from 'vitest'
import { createWorld, fine, whole } from './world'

const supabase = createWorld()
const cities = (columns = 'id') => supabase.from('cities').select(columns)

test('order sorts, by several columns, with nulls where they are wanted', async () => {
  const ids = async (query: PromiseLike<{ data: unknown }>) =>
    ((await query).data as { id: number }[]).map(({ id }) => id)
  expect(await ids(cities().order('name'))).toEqual([4, 2, 1, 3])
  expect(await ids(cities().order('population', { ascending: false, nullsFirst: true }))).toEqual([
    4, 3, 1, 2,
  ])
  expect(
    await ids(cities().order('country_id', { nullsFirst: false }).order('id', { ascending: false }))
  ).toEqual([2, 1, 3, 4])
})

test('limit and range cut a part out', async () => {
  expect(await whole(cities().order('id').limit(2))).toEqual(fine([{ id: 1 }, { id: 2 }]))
  expect(await whole(cities().order('id').range(1, 2))).toEqual(fine([{ id: 2 }, { id: 3 }]))
  const query = supabase.from('countries').select('id, cities(id)').eq('id', 1)
  expect(await whole(query.limit(1, { referencedTable: 'cities' }))).toEqual(
    fine([{ id: 1, cities: [{ id: 1 }] }])
  )
})

test('single gives the one row as an object, and refuses none and several', async () => {
  expect(await whole(cities('name').eq('id', 1).single())).toEqual(fine({ name: 'Paris' }))
  expect(await whole(cities().eq('id', 99).single())).toEqual({
    data: null,
    error: {
      code: 'PGRST116',
      details: 'The result contains 0 rows',
      hint: null,
      message: 'Cannot coerce the result to a single JSON object',
    },
    count: null,
    status: 406,
    statusText: 'Not Acceptable',
  })
  expect(await whole(cities().single())).toMatchObject({
    error: { code: 'PGRST116', details: 'The result contains 4 rows' },
    status: 406,
  })
})

test('maybeSingle gives a row or null', async () => {
  expect(await whole(cities('name').eq('id', 1).maybeSingle())).toEqual(fine({ name: 'Paris' }))
  expect(await whole(cities().eq('id', 99).maybeSingle())).toMatchObject({
    data: null,
    error: null,
    status: 200,
  })
})

test('csv gives text', async () => {
  expect(await whole(cities('id,name').lt('id', 3).order('id').csv())).toEqual(
    fine('id,name\n1,Paris\n2,Lyon')
  )
})

test('stripNulls leaves null values out', async () => {
  expect(await whole(cities('id,population').gt('id', 2).order('id').stripNulls())).toEqual(
    fine([{ id: 3, population: 14000000 }, { id: 4 }])
  )
})

test('geojson fails without PostGIS, as with PostgREST', async () => {
  expect(await whole(cities().geojson())).toMatchObject({
    data: null,
    error: { code: '42883', message: 'function st_asgeojson(record) does not exist' },
    status: 404,
  })
})

test('explain gives the plan, as text and as JSON', async () => {
  const text = await whole(cities().explain())
  expect([text.status, text.data]).toEqual([200, expect.stringContaining('cost=')])
  const json = await whole(cities().explain({ format: 'json', analyze: true }))
  expect(json.data).toEqual([expect.objectContaining({ Plan: expect.any(Object) as object })])
})

test('throwOnError throws what would be answered', async () => {
  const query = supabase.from('nowhere').select().throwOnError()
  await expect(query.then(() => undefined)).rejects.toMatchObject({ code: 'PGRST205' })
})

test('abortSignal ends a request that has not begun, and one that runs, and stops its SQL', async () => {
  await supabase.db.exec(
    `create function slow() returns int language sql volatile as 'select 1 from pg_sleep(20)'; notify pgrst, 'reload schema'`
  )
  const gone = await whole(cities().abortSignal(AbortSignal.abort()))
  expect([gone.data, gone.status]).toEqual([null, 0])
  const controller = new AbortController()
  const began = performance.now()
  setTimeout(() => controller.abort(), 200)
  const stopped = await whole(supabase.rpc('slow').abortSignal(controller.signal))
  expect([stopped.data, stopped.status]).toEqual([null, 0])
  expect(await whole(cities().eq('id', 1))).toEqual(fine([{ id: 1 }]))
  expect(performance.now() - began).toBeLessThan(15_000)
})

test('a header may be set for one request', async () => {
  const token = supabase.signJwt({
    sub: '11111111-1111-4111-8111-111111111111',
    email: 'ada@example.com',
  })
  const query = supabase.rpc('whoami').setHeader('Authorization', `Bearer ${token}`)
  expect(await whole(query)).toEqual(
    fine({
      role: 'authenticated',
      uid: '11111111-1111-4111-8111-111111111111',
      email: 'ada@example.com',
    })
  )
})

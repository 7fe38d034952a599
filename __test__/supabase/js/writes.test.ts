import { expect, test } from 'vitest'
import { createWorld, fine, whole } from './world'

const supabase = createWorld({ db: { txEnd: 'commit-allow-override' } })
const names = async () => (await supabase.from('countries').select('name').order('id')).data

test('insert answers 201 without a body, and with select the row', async () => {
  expect(await whole(supabase.from('countries').insert({ id: 10, name: 'Peru' }))).toEqual(
    fine(null, 201)
  )
  const query = supabase.from('countries').insert({ id: 11, name: 'Mali' }).select()
  expect(await whole(query)).toEqual(fine([{ id: 11, name: 'Mali', code: null, tags: [] }], 201))
})

test('several rows are inserted, counted, and one of them given with single', async () => {
  const rows = [
    { id: 20, name: 'A' },
    { id: 21, name: 'B', code: 'BB' },
  ]
  expect(await whole(supabase.from('countries').insert(rows, { count: 'exact' }))).toEqual(
    fine(null, 201, 2)
  )
  const query = supabase.from('countries').insert({ id: 22, name: 'C' }).select('name').single()
  expect(await whole(query)).toEqual(fine({ name: 'C' }, 201))
})

test('a duplicate is a 409 with PostgreSQL’s details', async () => {
  const before = await names()
  expect(await whole(supabase.from('countries').insert({ id: 1, name: 'again' }))).toEqual({
    data: null,
    error: {
      code: '23505',
      details: 'Key (id)=(1) already exists.',
      hint: null,
      message: 'duplicate key value violates unique constraint "countries_pkey"',
    },
    count: null,
    status: 409,
    statusText: 'Conflict',
  })
  expect(await names()).toEqual(before)
})

test('missing columns are null, or their default when asked', async () => {
  const rows = [
    { id: 30, name: 'x', tags: ['a'] },
    { id: 31, name: 'y' },
  ]
  const refused = await whole(supabase.from('countries').insert(rows as never))
  expect(refused).toMatchObject({ status: 400, error: { code: '23502' } })
  const query = supabase
    .from('countries')
    .insert(rows as never, { defaultToNull: false })
    .select('tags')
  expect(await whole(query)).toEqual(fine([{ tags: ['a'] }, { tags: [] }], 201))
})

test('upsert inserts or merges, by the key or a column, or ignores', async () => {
  const upsert = (row: object, options?: object) =>
    whole(
      supabase
        .from('countries')
        .upsert(row as never, options)
        .select('id, name')
    )
  expect(await upsert({ id: 40, name: 'one', code: 'ZZ' })).toEqual(
    fine([{ id: 40, name: 'one' }], 201)
  )
  expect(await upsert({ id: 40, name: 'two', code: 'ZZ' })).toEqual(
    fine([{ id: 40, name: 'two' }], 200)
  )
  expect(await upsert({ id: 40, name: 'three', code: 'ZZ' }, { onConflict: 'code' })).toEqual(
    fine([{ id: 40, name: 'three' }], 200)
  )
  expect(await upsert({ id: 40, name: 'four' }, { ignoreDuplicates: true })).toEqual(fine([], 201))
})

test('update changes what the filters say', async () => {
  const update = supabase.from('cities').update({ population: 1 }).eq('id', 2)
  expect(await whole(update)).toEqual(fine(null, 204))
  const query = supabase.from('cities').update({ population: 2 }, { count: 'exact' }).lt('id', 3)
  expect(await whole(query.select('id, population').order('id'))).toEqual(
    fine(
      [
        { id: 1, population: 2 },
        { id: 2, population: 2 },
      ],
      200,
      2
    )
  )
})

test('delete removes what the filters say', async () => {
  await supabase.from('articles').insert([{ id: 90 }, { id: 91 }])
  expect(await whole(supabase.from('articles').delete().eq('id', 90))).toEqual(fine(null, 204))
  const query = supabase.from('articles').delete({ count: 'exact' }).eq('id', 91).select('id')
  expect(await whole(query)).toEqual(fine([{ id: 91 }], 200, 1))
})

test('maxAffected refuses a change of more rows, and leaves all', async () => {
  const before = (await supabase.from('cities').select('id, name').order('id')).data
  const query = supabase.from('cities').update({ name: 'x' }).gt('id', 0).maxAffected(1)
  expect(await whole(query)).toMatchObject({ status: 400, error: { code: 'PGRST124' } })
  expect((await supabase.from('cities').select('id, name').order('id')).data).toEqual(before)
})

test('rollback answers as if it had happened', async () => {
  const query = supabase
    .from('countries')
    .insert({ id: 99, name: 'Ghost' })
    .select('name')
    .rollback()
  expect(await whole(query)).toEqual(fine([{ name: 'Ghost' }], 201))
  expect(await whole(supabase.from('countries').select().eq('id', 99))).toEqual(fine([]))
})

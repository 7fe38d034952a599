import { expect, test } from 'vitest'
import { load } from '../../support/oxbase'
import { ADA, BOB, createWorld, fine, whole } from './world'

const place = { name: `roles_${process.pid}` }
const supabase = createWorld(place)
const service = createWorld({ ...place, key: 'service_role' })
const as = (sub: string, email: string) =>
  createWorld({ ...place, key: load().signJwt({ sub, email }) })
const [ada, bob] = [as(ADA, 'ada@example.com'), as(BOB, 'bob@example.com')]

test('a function gives a scalar, a set with filters, or nothing', async () => {
  expect(await whole(supabase.rpc('add', { a: 1, b: 2 }))).toEqual(fine(3))
  expect(await whole(supabase.rpc('add', { a: 1, b: 2 }, { get: true }))).toEqual(fine(3))
  expect(await whole(supabase.rpc('named', { prefix: '' }).select('name').gt('id', 2))).toEqual(
    fine([{ name: 'Tokyo' }, { name: 'Atlantis' }])
  )
  expect(
    await whole(supabase.rpc('named', { prefix: 'P' }, { count: 'exact' }).select('id').single())
  ).toEqual(fine({ id: 1 }, 200, 1))
  expect(
    await whole(supabase.rpc('named', { prefix: '' }, { head: true, count: 'exact' }))
  ).toEqual(fine(null, 200, 4))
  expect(await whole(supabase.rpc('nothing'))).toEqual(fine(null, 204))
})

test('a function that is not there is a 404 that names the nearest', async () => {
  expect(await whole(supabase.rpc('addd', { a: 1, b: 2 }))).toMatchObject({
    data: null,
    error: { code: 'PGRST202', hint: 'Perhaps you meant to call the function public.add' },
    status: 404,
  })
})

test('each key has its role and its claims', async () => {
  expect(await whole(supabase.rpc('whoami'))).toEqual(
    fine({ role: 'anon', uid: null, email: null })
  )
  expect(await whole(service.rpc('whoami'))).toEqual(
    fine({ role: 'service_role', uid: null, email: null })
  )
  expect(await whole(ada.rpc('whoami'))).toEqual(
    fine({ role: 'authenticated', uid: ADA, email: 'ada@example.com' })
  )
})

test('row security holds for each user, and not for the service', async () => {
  expect(await whole(ada.from('notes').insert({ body: 'of ada' }))).toEqual(fine(null, 201))
  expect(await whole(bob.from('notes').insert({ body: 'of bob' }))).toEqual(fine(null, 201))
  expect(await whole(ada.from('notes').select('body'))).toEqual(fine([{ body: 'of ada' }]))
  expect(await whole(bob.from('notes').select('body'))).toEqual(fine([{ body: 'of bob' }]))
  expect(await whole(supabase.from('notes').select('body'))).toEqual(fine([]))
  expect(await whole(service.from('notes').select('body').order('id'))).toEqual(
    fine([{ body: 'of ada' }, { body: 'of bob' }])
  )
  const stolen = await whole(ada.from('notes').insert({ body: 'x', owner: BOB }))
  expect(stolen).toMatchObject({
    status: 403,
    error: {
      code: '42501',
      message: 'new row violates row-level security policy for table "notes"',
    },
  })
  expect(await whole(ada.from('notes').delete().eq('owner', BOB).select())).toEqual(fine([]))
})

test('a thousand requests of many users at once never see rows of another', async () => {
  const answers = await Promise.all(
    Array.from({ length: 500 }, (_, n) => (n % 2 === 0 ? ada : bob).from('notes').select('owner'))
  )
  const seen = answers.map(({ data }) => data?.map(({ owner }: { owner: string }) => owner))
  expect(seen).toEqual(seen.map((_, n) => [n % 2 === 0 ? ADA : BOB]))
})

test('a token of another secret, and one that has expired, are refused', async () => {
  const { signJwt } = load()
  const ask = (token: string) =>
    whole(supabase.rpc('whoami').setHeader('Authorization', `Bearer ${token}`))
  expect(await ask(signJwt({}, 'another secret of thirty-two characters.'))).toMatchObject({
    status: 401,
    error: { code: 'PGRST301' },
  })
  expect(await ask(signJwt({ exp: 1 }))).toMatchObject({
    status: 401,
    error: { code: 'PGRST303', message: 'JWT expired' },
  })
})

test('services that are still to come say so', async () => {
  const { error } = await supabase.auth.signInWithPassword({ email: 'a@b.c', password: 'x' })
  expect(error?.message).toContain('not part of this version of oxbase')
  expect((await supabase.storage.listBuckets()).error?.message).toContain(
    'not part of this version'
  )
  expect((await supabase.functions.invoke('hello')).error).not.toBeNull()
})

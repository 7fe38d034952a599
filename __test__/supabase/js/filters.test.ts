import { expect, test } from 'vitest'
import { createWorld, fine, whole } from './world'

const supabase = createWorld()
const cities = () => supabase.from('cities').select('id')
type Query = ReturnType<typeof cities>

const FILTERS: [name: string, filter: (query: Query) => Query, ids: number[]][] = [
  ['eq', (q) => q.eq('name', 'Paris'), [1]],
  ['neq', (q) => q.neq('name', 'Paris'), [2, 3, 4]],
  ['gt', (q) => q.gt('population', 2100000), [3]],
  ['gte', (q) => q.gte('population', 2100000), [1, 3]],
  ['lt', (q) => q.lt('population', 2100000), [2]],
  ['lte', (q) => q.lte('population', 2100000), [1, 2]],
  ['like', (q) => q.like('name', '%o%'), [2, 3]],
  ['ilike', (q) => q.ilike('name', 'p%'), [1]],
  ['likeAllOf', (q) => q.likeAllOf('name', ['%o%', 'T%']), [3]],
  ['likeAnyOf', (q) => q.likeAnyOf('name', ['P%', 'T%']), [1, 3]],
  ['ilikeAllOf', (q) => q.ilikeAllOf('name', ['%O%', 't%']), [3]],
  ['ilikeAnyOf', (q) => q.ilikeAnyOf('name', ['p%', 't%']), [1, 3]],
  ['regexMatch', (q) => q.regexMatch('name', '^[PL]'), [1, 2]],
  ['regexIMatch', (q) => q.regexIMatch('name', '^[pl]'), [1, 2]],
  ['is null', (q) => q.is('population', null), [4]],
  ['isDistinct', (q) => q.isDistinct('country_id', 1), [3, 4]],
  ['in', (q) => q.in('name', ['Paris', 'Tokyo', 'a,b"(c)']), [1, 3]],
  ['notIn', (q) => q.notIn('id', [1, 2]), [3, 4]],
  ['contains with JSON', (q) => q.contains('data', { river: 'Seine' }), [1]],
  ['containedBy with JSON', (q) => q.containedBy('data', { river: 'Rhône', x: 1 }), [2]],
  ['rangeGt', (q) => q.rangeGt('seasons', '[5,10)'), [3]],
  ['rangeGte', (q) => q.rangeGte('seasons', '[5,10)'), [2, 3]],
  ['rangeLt', (q) => q.rangeLt('seasons', '[5,10)'), [1]],
  ['rangeLte', (q) => q.rangeLte('seasons', '[5,10)'), [1, 2]],
  ['rangeAdjacent', (q) => q.rangeAdjacent('seasons', '[5,10)'), [1, 3]],
  ['overlaps with a range', (q) => q.overlaps('seasons', '[4,6)'), [1, 2]],
  ['match', (q) => q.match({ name: 'Paris', country_id: 1 }), [1]],
  ['not', (q) => q.not('population', 'gt', 600000), [2]],
  ['not is null', (q) => q.not('population', 'is', null), [1, 2, 3]],
  ['or', (q) => q.or('id.eq.1,and(id.gt.2,name.like.A*)'), [1, 4]],
  ['filter', (q) => q.filter('name', 'in', '("Paris","Lyon")'), [1, 2]],
  ['two filters', (q) => q.gt('id', 1).lt('id', 4), [2, 3]],
  ['a JSON path', (q) => q.eq('data->>river', 'Seine'), [1]],
]

test.each(FILTERS)('%s', async (_name, filter, ids) => {
  expect(await whole(filter(cities()).order('id'))).toEqual(fine(ids.map((id) => ({ id }))))
})

test('contains, containedBy and overlaps take arrays', async () => {
  const countries = () => supabase.from('countries').select('id').order('id')
  expect(await whole(countries().contains('tags', ['eu']))).toEqual(fine([{ id: 1 }]))
  expect(await whole(countries().containedBy('tags', ['asia', 'eu']))).toEqual(
    fine([{ id: 2 }, { id: 3 }])
  )
  expect(await whole(countries().overlaps('tags', ['nato', 'asia']))).toEqual(
    fine([{ id: 1 }, { id: 2 }])
  )
})

test('text is searched in each of the four ways', async () => {
  const search = (query: string, options?: object) =>
    whole(supabase.from('articles').select('id').textSearch('words', query, options).order('id'))
  expect(await search("'fox' & 'quick'")).toEqual(fine([{ id: 1 }]))
  expect(await search('fox dogs', { type: 'plain', config: 'english' })).toEqual(fine([{ id: 3 }]))
  expect(await search('jump over dogs', { type: 'phrase' })).toEqual(fine([{ id: 3 }]))
  expect(await search('fox -dogs', { type: 'websearch' })).toEqual(fine([{ id: 1 }]))
})

test('a filter on an embedded resource limits it, and or() may', async () => {
  const query = supabase.from('countries').select('id, cities(id)').eq('id', 1)
  expect(await whole(query.or('id.eq.2,name.eq.Nowhere', { referencedTable: 'cities' }))).toEqual(
    fine([{ id: 1, cities: [{ id: 2 }] }])
  )
})

test('a value of the wrong type is refused', async () => {
  expect(await whole(cities().eq('id', 'x' as never))).toMatchObject({
    data: null,
    error: { code: '22P02', message: 'invalid input syntax for type integer: "x"' },
    status: 400,
  })
})

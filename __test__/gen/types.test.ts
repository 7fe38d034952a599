// The generated types as somebody's code uses them: checked by `tsc` over the tests, and run as they are.
import path from 'node:path'
import type { PostgrestSingleResponse } from '@supabase/supabase-js'
import ts from 'typescript'
import { expect, expectTypeOf, test } from 'vitest'
import { load } from '../support/oxbase'
import { name as provider } from '../support/provider'
import { cases, goldenFile, schemaOf } from './cases'
import { Constants, type Database, type Enums, type Tables } from './golden/shop'
import type { TablesInsert, TablesUpdate } from './golden/shop'

const shop = cases.find(({ name }) => name === 'shop')

test('every generated file compiles under the strictest settings', () => {
  const program = ts.createProgram(cases.map(goldenFile), {
    target: ts.ScriptTarget.ES2022,
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    isolatedModules: true,
    noEmit: true,
    types: [],
  })
  const problems = ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    return `${path.basename(file?.fileName ?? '')}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
  })
  expect(problems).toEqual([])
})

test('the shorthands give rows, inserts, updates and enums', () => {
  expectTypeOf<Tables<'order_lines'>>().toEqualTypeOf<{
    order_id: number
    product_id: number
    quantity: number
  }>()
  expectTypeOf<Tables<{ schema: 'public' }, 'order_totals'>['total']>().toEqualTypeOf<
    number | null
  >()
  expectTypeOf<TablesInsert<'invoices'>>().toEqualTypeOf<{ order_id: number; total: number }>()
  expectTypeOf<TablesUpdate<'orders'>['id']>().toEqualTypeOf<undefined>()
  expectTypeOf<Enums<'order_status'>>().toEqualTypeOf<
    'pending' | 'paid' | 'shipped' | 'cancelled'
  >()
  expect(Constants.public.Enums.order_status).toEqual(['pending', 'paid', 'shipped', 'cancelled'])
})

test.runIf(provider === 'oxbase')(
  'supabase-js knows the rows and embeds by the types',
  async () => {
    const { createLocalSupabaseClient } = load()
    const supabase = createLocalSupabaseClient<Database>({
      dataDir: 'memory://',
      name: 'types of a shop',
      schema: shop && schemaOf(shop),
      seed: `insert into customers (email) values ('a@b.c');
      insert into orders (customer_id) select id from customers;
      insert into invoices values (1, 9.5)`,
    })
    const one = await supabase
      .from('orders')
      .select('id, status, customers (email), invoices (total)')
      .single()
    expectTypeOf(one).toEqualTypeOf<
      PostgrestSingleResponse<{
        id: number
        status: 'pending' | 'paid' | 'shipped' | 'cancelled'
        customers: { email: string }
        invoices: { total: number } | null
      }>
    >()
    expect(one.data).toEqual({
      id: 1,
      status: 'pending',
      customers: { email: 'a@b.c' },
      invoices: { total: 9.5 },
    })
    const found = await supabase.rpc('search_products', { term: 'x' }).select('name')
    expectTypeOf(found.data).toEqualTypeOf<{ name: string }[] | null>()
    expect(found.data).toEqual([])
    // @ts-expect-error -- there is no such table
    void supabase.from('order')
    await supabase.close()
  }
)

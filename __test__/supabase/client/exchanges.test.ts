import { expect, test } from 'vitest'
import { createFetch } from './support'

/** Transactions of the backend that `work` takes, beside those of the question itself. */
async function transactions(
  fetch: ReturnType<typeof createFetch>,
  work: () => Promise<unknown>
): Promise<number> {
  const database = fetch.database
  if (database === undefined) throw new Error('there is no embedded database')
  const count = async (): Promise<number> => {
    await database.query('select pg_stat_force_next_flush()')
    const { rows } = await database.query(
      'select xact_commit::int as n from pg_stat_database where datname = current_database()'
    )
    return (rows[0] as { n: number }).n
  }
  await count()
  const before = await count()
  const between = await count()
  await work()
  return (await count()) - between - (between - before)
}

test.each([
  ['a lookup', '/items?id=eq.1', {}],
  ['a write', '/items', { method: 'POST', body: '{"name":"x"}' }],
  ['a call', '/rpc/add?a=1&b=2', {}],
])('%s is one exchange with the backend, once its statements are known', async (_, path, init) => {
  const fetch = createFetch({
    dataDir: 'memory://',
    restPath: '',
    schema: `create table items (id int generated always as identity, name text);
      create function add(a int, b int) returns int language sql as 'select a + b'`,
  })
  const headers = { 'content-type': 'application/json' }
  const send = async (): Promise<unknown> =>
    (await fetch(`http://localhost${path}`, { headers, ...init })).text()
  for (let warm = 0; warm < 5; warm += 1) await send()
  // Going from one session to another, and back, takes some of its own.
  const cost = (requests: number): Promise<number> =>
    transactions(fetch, async () => {
      for (let request = 0; request < requests; request += 1) await send()
    })
  expect((await cost(25)) - (await cost(5))).toBe(20)
  await fetch.close()
})

// What is measured: six kinds of request, one after the other and 50 at once.
//
// A kind is `{ name, title, ask(client, n), send(fetch, n), check(answer, n), proof? }`: `ask` through supabase-js, `send`
// as the same request to a bare `fetch`; both resolve with { status, data }. Every answer is checked, also while time is
// taken; `proof` is a request whose answer shows, once, that the work was done. `n` goes through the ids in no order.

import { microsecondsEach, unsupported } from '../workloads/clock.mjs'
import { ids } from '../workloads/seed.mjs'
import { CATEGORIES, categoryOf, ITEMS, nameOf } from './schema.mjs'

const AT_ONCE = 50
const FEWEST = 20
const PAGE = 100
const JSON_BODY = { 'content-type': 'application/json' }

const event = (n) => ({ item_id: n, body: `event ${n}` })

function expect(condition, answer) {
  if (condition) return
  const { status, data, error } = answer
  throw new Error(`unexpected answer: ${status} ${JSON.stringify(error ?? data)?.slice(0, 120)}`)
}

async function sent(fetch, path, init) {
  const response = await fetch(`/rest/v1/${path}`, init)
  const text = await response.text()
  return { status: response.status, data: text === '' ? null : JSON.parse(text) }
}

const posted = (fetch, path, body, headers) =>
  sent(fetch, path, { method: 'POST', headers: { ...JSON_BODY, ...headers }, body })

const row = {
  name: 'row',
  title: 'one row by id',
  ask: (client, n) => client.from('items').select('id, name, score').eq('id', n),
  send: (fetch, n) => sent(fetch, `items?select=id,name,score&id=eq.${n}`),
  check({ data }, n) {
    return data?.length === 1 && data[0].id === n && data[0].name === nameOf(n)
  },
}

/** The first of the 100 ids that are asked for. */
const pageFrom = (n) => (n % (ITEMS - PAGE)) + 1

const embed = {
  name: 'embed',
  title: '100 rows with an embed',
  ask: (client, n) =>
    client
      .from('items')
      .select('id, name, score, categories(id, name)')
      .gte('id', pageFrom(n))
      .order('id')
      .limit(PAGE),
  send: (fetch, n) =>
    sent(
      fetch,
      `items?select=id,name,score,categories(id,name)&id=gte.${pageFrom(n)}&order=id.asc&limit=${PAGE}`
    ),
  check({ data }, n) {
    const last = data?.at(-1)
    return (
      data?.length === PAGE &&
      last.id === pageFrom(n) + PAGE - 1 &&
      last.categories?.id === categoryOf(last.id)
    )
  },
}

const insert = {
  name: 'insert',
  title: 'insert, nothing returned',
  ask: (client, n) => client.from('events').insert(event(n)),
  send: (fetch, n) =>
    posted(fetch, 'events', JSON.stringify(event(n)), { prefer: 'return=minimal' }),
  // nano-supabase answers `[]`.
  check: ({ status, data }) => status === 201 && (data === null || data.length === 0),
}

const insertReturning = {
  name: 'insert-returning',
  title: 'insert, the row returned',
  ask: (client, n) => client.from('events').insert(event(n)).select(),
  send: (fetch, n) =>
    posted(fetch, 'events?select=*', JSON.stringify(event(n)), {
      prefer: 'return=representation',
    }),
  check: ({ status, data }, n) =>
    status === 201 && data?.length === 1 && data[0].id > 0 && data[0].item_id === n,
}

const update = {
  name: 'update',
  title: 'update by id',
  ask: (client, n) => client.from('accounts').update({ balance: n }).eq('id', n),
  send: (fetch, n) =>
    sent(fetch, `accounts?id=eq.${n}`, {
      method: 'PATCH',
      headers: JSON_BODY,
      body: JSON.stringify({ balance: n }),
    }),
  check: ({ status, data }) => status === 204 && data === null,
  proof: {
    ask: (client, n) => client.from('accounts').select('balance').eq('id', n),
    send: (fetch, n) => sent(fetch, `accounts?select=balance&id=eq.${n}`),
    check: ({ data }, n) => data?.[0]?.balance === n,
  },
}

const rpc = {
  name: 'rpc',
  title: 'rpc, a scalar',
  ask: (client, n) => client.rpc('item_name', { item: n }),
  send: (fetch, n) => posted(fetch, 'rpc/item_name', JSON.stringify({ item: n })),
  // nano-supabase answers a list with an object.
  check: ({ data }, n) => (data?.[0]?.item_name ?? data) === nameOf(n),
}

/** Ids for as long as a round lasts, and some in any case. */
function* idsFor(milliseconds, seed) {
  const end = performance.now() + milliseconds
  let count = 0
  for (const id of ids(Infinity, seed)) {
    if (count >= FEWEST && performance.now() >= end) return
    count += 1
    yield (id % ITEMS) + 1
  }
}

let rounds = 0

/** One request of a kind, with its answer looked at. */
function requestOf({ ask, send, check }, { client, fetch }) {
  return async (n) => {
    const answer = await (client ? ask(client, n) : send(fetch, n))
    expect(check(answer, n), answer)
  }
}

/** Throws when a peer cannot do this work; its first answer tells. */
async function setup(kind, peer) {
  const reason = peer.cannot?.[kind.name]
  if (reason) throw unsupported(reason)
  try {
    await requestOf(kind, peer)(CATEGORIES)
    if (kind.proof) await requestOf(kind.proof, peer)(CATEGORIES)
  } catch ({ message }) {
    throw unsupported(message)
  }
}

const sequential = (kind) => ({
  name: kind.name,
  title: kind.title,
  unit: 'µs',
  setup: (peer) => setup(kind, peer),
  round: (peer, _, { milliseconds }) =>
    microsecondsEach(idsFor(milliseconds, ++rounds), requestOf(kind, peer)),
})

const concurrent = (kind) => ({
  name: `${kind.name}-${AT_ONCE}`,
  title: `${kind.title}, ${AT_ONCE} at once`,
  unit: '1/s',
  setup: (peer) => setup(kind, peer),

  /** Each of 50 sends its next request when the last one is answered. */
  async round(peer, _, { milliseconds }) {
    const request = requestOf(kind, peer)
    const next = idsFor(milliseconds, ++rounds)
    let answered = 0
    const start = performance.now()
    const lane = async () => {
      for (let id = next.next(); !id.done; id = next.next()) {
        await request(id.value)
        answered += 1
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, lane))
    return [(answered * 1000) / (performance.now() - start)]
  },
})

const kinds = [row, embed, insert, insertReturning, update, rpc]

export const works = [...kinds.map(sequential), ...kinds.map(concurrent)]

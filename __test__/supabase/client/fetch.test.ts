import { afterAll, expect, test } from 'vitest'
import { failure } from '../../support/answers'
import { load } from '../../support/oxbase'

const fetch = load().createFetch({
  dataDir: 'memory://',
  schema: `create table todos (id int primary key, title text, constraint "no x" check (title <> 'x'));
    create function echo(jsonb) returns jsonb language sql immutable return $1;
    create function sleep(seconds float) returns void language sql as 'select pg_sleep(seconds)';
    insert into todos values (1, 'a b'), (2, 'ü')`,
})
afterAll(() => fetch.close())

const BASE = 'http://localhost:54321/rest/v1'
const JSON_BODY = { 'content-type': 'application/json' }

test('a string, a URL and a Request are the same request', async () => {
  const url = `${BASE}/todos?select=id&title=eq.a%20b`
  const answers = [fetch(url), fetch(new URL(url)), fetch(new Request(url)), fetch(url.slice(22))]
  const texts = await Promise.all(answers.map(async (answer) => (await answer).text()))
  expect(texts).toEqual(['[{"id":1}]', '[{"id":1}]', '[{"id":1}]', '[{"id":1}]'])
})

test('a URL is read as a parser reads it', async () => {
  const odd = [
    `${BASE}/./x/../todos?select=id&title=eq.a b`,
    `${BASE}/todos?select=id&title=eq.a+b#x`,
  ]
  for (const url of odd) expect(await (await fetch(url)).json()).toEqual([{ id: 1 }])
  expect(await (await fetch(`${BASE}/todos?select=id&title=eq.ü`)).json()).toEqual([{ id: 2 }])
  expect(await failure(fetch('no url'))).toBeInstanceOf(TypeError)
})

test('the answer is a Response with status, headers and a body that is read once', async () => {
  const response = await fetch(`${BASE}/todos?select=id&order=id`, {
    headers: { Prefer: 'count=exact' },
  })
  expect(response).toBeInstanceOf(Response)
  expect([response.ok, response.status, response.statusText, response.url]).toEqual([
    true,
    200,
    'OK',
    `${BASE}/todos?select=id&order=id`,
  ])
  expect(response.headers.get('Content-Range')).toBe('0-1/2')
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
  const copy = response.clone()
  expect(response.bodyUsed).toBe(false)
  expect(await response.json()).toEqual([{ id: 1 }, { id: 2 }])
  expect(response.bodyUsed).toBe(true)
  expect(await failure(response.text())).toBeInstanceOf(TypeError)
  expect(() => response.clone()).toThrow(TypeError)
  expect(Buffer.from(await copy.arrayBuffer()).toString()).toBe('[{"id":1}, \n {"id":2}]')
})

test('a body is read as a stream and as a blob, too', async () => {
  const stream = (await fetch(`${BASE}/todos?select=id&id=eq.1`)).body as ReadableStream<Uint8Array>
  const chunks: Uint8Array[] = []
  for await (const chunk of stream as unknown as AsyncIterable<Uint8Array>) chunks.push(chunk)
  expect(Buffer.concat(chunks).toString()).toBe('[{"id":1}]')
  const blob = await (await fetch(`${BASE}/todos?select=id&id=eq.1`)).blob()
  expect(await blob.text()).toBe('[{"id":1}]')
})

test('HEAD and 204 have no body', async () => {
  const head = await fetch(`${BASE}/todos`, { method: 'HEAD' })
  expect([head.status, head.body, await head.text()]).toEqual([200, null, ''])
  const none = await fetch(`${BASE}/todos?id=eq.99`, { method: 'DELETE' })
  expect([none.status, none.body, await none.text()]).toEqual([204, null, ''])
})

const TEXT = '{"a":[1,"ü"]}'
const encoded = new TextEncoder().encode(TEXT)
const BODIES: [kind: string, body: () => NonNullable<RequestInit['body']>][] = [
  ['a string', () => TEXT],
  ['bytes', () => encoded],
  [
    'a part of bytes',
    () => new Uint8Array(Buffer.from(`xx${TEXT}yy`)).subarray(2, encoded.length + 2),
  ],
  ['an ArrayBuffer', () => encoded.buffer.slice(0)],
  ['a DataView', () => new DataView(encoded.buffer)],
  ['a Blob', () => new Blob([TEXT])],
  ['a stream', () => new Blob([TEXT]).stream()],
]

test.each(BODIES)('%s is sent as a body', async (_kind, body) => {
  const response = await fetch(`${BASE}/rpc/echo`, {
    method: 'POST',
    headers: JSON_BODY,
    body: body(),
  })
  expect([response.status, await response.json()]).toEqual([200, JSON.parse(TEXT)])
})

test('a Request may have a body, and init may replace its parts', async () => {
  const request = new Request(`${BASE}/rpc/echo`, {
    method: 'POST',
    headers: JSON_BODY,
    body: '{"a":1}',
  })
  expect(await (await fetch(request.clone())).json()).toEqual({ a: 1 })
  expect(await (await fetch(request, { body: '{"a":2}' })).json()).toEqual({ a: 2 })
})

test('a form is sent with its media type', async () => {
  const body = new URLSearchParams({ id: '7', title: 'form' })
  const response = await fetch(`${BASE}/todos`, { method: 'POST', body })
  expect(response.status).toBe(201)
  expect(await (await fetch(`${BASE}/todos?id=eq.7`, { method: 'delete' })).text()).toBe('')
})

test('headers come as a record, as pairs and as Headers, in any case', async () => {
  const pairs: [string, string][] = [
    ['PREFER', 'return=representation'],
    ['prefer', 'tx=rollback'],
    ['Content-Type', 'application/json'],
  ]
  for (const headers of [pairs, new Headers(pairs), Object.fromEntries(pairs)]) {
    const body = JSON.stringify({ id: 50, title: 'h' })
    await fetch(`${BASE}/todos?id=eq.50`, { method: 'DELETE' })
    const response = await fetch(`${BASE}/todos`, { method: 'POST', headers, body })
    expect(response.status).toBe(201)
  }
})

test('GET and HEAD have no body', async () => {
  for (const method of ['GET', 'head']) {
    expect(await failure(fetch(`${BASE}/todos`, { method, body: 'x' }))).toMatchObject({
      name: 'TypeError',
      message: 'Request with GET/HEAD method cannot have body.',
    })
  }
})

test('an aborted request is rejected with the reason, before and during, and its SQL stops', async () => {
  const gone = AbortSignal.abort(new Error('before'))
  expect((await failure(fetch(`${BASE}/todos`, { signal: gone }))).message).toBe('before')
  const controller = new AbortController()
  const began = performance.now()
  const running = fetch(`${BASE}/rpc/sleep`, {
    method: 'POST',
    headers: JSON_BODY,
    body: '{"seconds": 60}',
    signal: controller.signal,
  })
  setTimeout(() => controller.abort(new Error('during')), 100)
  expect((await failure(running)).message).toBe('during')
  expect(await (await fetch(`${BASE}/todos?select=id&id=eq.1`)).json()).toEqual([{ id: 1 }])
  expect(performance.now() - began).toBeLessThan(20_000)
  expect((await failure(fetch(`${BASE}/todos`, { signal: 5 as never }))).message).toBe(
    'oxbase: option "signal" must be an AbortSignal, got number'
  )
})

test('other paths are answered by the gateway', async () => {
  expect((await fetch('http://x/auth/v1/signup', { method: 'POST', body: '{}' })).status).toBe(501)
  expect((await fetch('http://x/elsewhere')).status).toBe(404)
})

test('restPath moves the tables', async () => {
  const bare = load().createFetch({
    dataDir: 'memory://',
    schema: 'create table t (id int)',
    restPath: '',
  })
  expect(await (await bare('http://x/t')).json()).toEqual([])
  await bare.close()
})

test('requests that wait when the fetch is closed are answered', async () => {
  const own = load().createFetch({ dataDir: 'memory://', schema: 'create table t (id int)' })
  const asked = own(`${BASE}/t`)
  await own.close()
  expect(await (await asked).json()).toEqual([])
})

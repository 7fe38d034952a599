// Where REST differs from PostgREST on purpose; docs/compatibility.md lists these.
import { afterAll, expect, test } from 'vitest'
import { load } from '../../support/oxbase'

type Options = NonNullable<Parameters<ReturnType<typeof load>['createFetch']>[0]>

const place = { dataDir: 'memory://', name: `differences_${process.pid}` }
const schema = `
  create table items (id int primary key, name text default 'x');
  insert into items values (1);
  create function status(text) returns void language sql as
    $$ select set_config('response.status', $1, true) $$;
  create function raised(state text) returns void language plpgsql as
    $$ begin raise sqlstate 'PGRST' using message = '{"code":"1","message":"m"}',
       detail = format('{"status":%s,"headers":{}}', state); end $$;
  create function header(text) returns void language sql as
    $$ select set_config('response.headers', json_build_array(json_build_object('X-A', $1))::text, true) $$;
  create function pt() returns void language plpgsql as $$ begin raise sqlstate 'PT042'; end $$;`
const open: { close: () => Promise<void> }[] = []
afterAll(() => Promise.all(open.map((fetch) => fetch.close())))

/** Asks a service with these settings; gives status, code and text of the answer. */
function service(options: Options = {}) {
  const fetch = load().createFetch({ ...place, schema, restPath: '', ...options })
  open.push(fetch)
  return async (path: string, init?: RequestInit) => {
    const response = await fetch(`http://localhost${path}`, init)
    const text = await response.text()
    const code = text.startsWith('{') ? (JSON.parse(text) as { code: string }).code : undefined
    return { status: response.status, code, text, headers: response.headers }
  }
}
const ask = service()
const call = (argument: object | string) => ({
  method: 'POST',
  headers: { 'content-type': typeof argument === 'string' ? 'text/plain' : 'application/json' },
  body: typeof argument === 'string' ? argument : JSON.stringify(argument),
})

test('a body that is longer than maxBodySize is refused', async () => {
  const small = service({ maxBodySize: 20 })
  const post = { method: 'POST', body: JSON.stringify({ id: 9, name: 'x'.repeat(20) }) }
  expect(await small('/items', post)).toMatchObject({ status: 413, code: 'OX413' })
  expect((await ask('/items?id=eq.9')).text).toBe('[]')
})

test('a HEAD that is refused with 416 has no body', async () => {
  const counted = { method: 'HEAD', headers: { prefer: 'count=exact' } }
  expect(await ask('/items?offset=9', counted)).toMatchObject({ status: 416, text: '' })
})

test('a number that cannot be a status is none', async () => {
  const status = (text: string) => ask('/rpc/status', call(text))
  expect(await status('1000')).toMatchObject({ status: 500, code: 'PGRST112' })
  expect(await status('99')).toMatchObject({ status: 500, code: 'PGRST112' })
  expect(await status('599')).toMatchObject({ status: 599 })
  const raised = call({ state: '1000' })
  expect(await ask('/rpc/raised', raised)).toMatchObject({ status: 500, code: 'PGRST121' })
  expect(await ask('/rpc/pt', call({}))).toMatchObject({ status: 500, code: 'PT042' })
})

test('a status that a Response cannot have rejects', async () => {
  await expect(ask('/rpc/status', call('999'))).rejects.toThrow(RangeError)
})

test('a header that a function sets cannot begin another one', async () => {
  const answer = await ask('/rpc/header', call('a\r\nX-B: b'))
  expect(answer.headers.get('x-a')).toBe('a  X-B: b')
  expect(answer.headers.get('x-b')).toBeNull()
})

test('a query that is no UTF-8 is refused', async () => {
  expect(await ask('/items?name=eq.%FF')).toMatchObject({ status: 400, code: 'PGRST100' })
})

test('embeds and trees may be 64 deep and no deeper', async () => {
  const select = (depth: number) => `/items?select=${'a('.repeat(depth)}*${')'.repeat(depth)}`
  expect(await ask(select(64))).toMatchObject({ status: 400, code: 'PGRST200' })
  expect(await ask(select(65))).toMatchObject({ status: 400, code: 'PGRST100' })
  const tree = (depth: number) => `/items?or=(${'and('.repeat(depth)}id.eq.1${')'.repeat(depth)})`
  expect(await ask(tree(60))).toMatchObject({ status: 200 })
  expect(await ask(tree(70))).toMatchObject({ status: 400, code: 'PGRST100' })
})

test('a secret that looks like a key and is none is an error', async () => {
  const k = Buffer.from('x'.repeat(32)).toString('base64url')
  const refused = async (jwtSecret: string) => {
    const start = Promise.resolve().then(() => service({ jwtSecret })('/items'))
    await expect(start).rejects.toThrow()
  }
  await refused('{"kty":"oct"}')
  await refused('{"kty":"oct","k":""}')
  await refused('{"keys":"none of the keys of this set is in a list"}')
  expect(await service({ jwtSecret: `{"kty":"oct","k":"${k}"}` })('/items')).toMatchObject({
    status: 200,
  })
})

test('a secret that begins with @ names no file', async () => {
  const jwtSecret = '@a name of thirty-two characters or more'
  const authorization = `Bearer ${load().signJwt({ role: 'service_role' }, jwtSecret)}`
  expect(await service({ jwtSecret })('/items', { headers: { authorization } })).toMatchObject({
    status: 200,
  })
})

test('a schema of extraSearchPath may be missing', async () => {
  const lenient = service({ db: { extraSearchPath: ['public', 'nowhere'] } })
  expect(await lenient('/items')).toMatchObject({ status: 200 })
})

test('a table is known to the next request after it was made, without a notification', async () => {
  const { Client } = load()
  const client = new Client(place)
  await client.connect()
  expect(await ask('/made')).toMatchObject({ status: 404, code: 'PGRST205' })
  await client.query('create table made (id int)')
  expect(await ask('/made')).toMatchObject({ status: 200, text: '[]' })
  await client.query('drop table made')
  expect(await ask('/made')).toMatchObject({ status: 404, code: 'PGRST205' })
  await client.end()
})

test('a schema that is exposed and not there makes the answer 503', async () => {
  const nowhere = service({ db: { schemas: ['nowhere'] } })
  expect(await nowhere('/items')).toMatchObject({ status: 503, code: 'PGRST002' })
})

test('a server that cannot be reached makes the answer 503', async () => {
  const fetch = load().createFetch({ url: 'postgres://postgres@127.0.0.1:1/postgres' })
  const answer = await fetch('http://localhost/rest/v1/items')
  expect([answer.status, await answer.json()]).toMatchObject([503, { code: 'PGRST000' }])
  await fetch.close()
})

test('a request that waits longer than queueTimeout is an error of the database', async () => {
  const { Client } = load()
  const client = new Client(place)
  await client.connect()
  const impatient = service({ queueTimeout: 500 })
  expect(await impatient('/items')).toMatchObject({ status: 200 })
  await client.query('begin')
  await client.query('select 1')
  expect(await impatient('/items')).toMatchObject({ status: 500, code: '55P03' })
  await client.query('commit')
  await client.end()
})

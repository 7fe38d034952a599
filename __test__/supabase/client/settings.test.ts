// PostgREST's settings that the cases of REST do without.
import { afterAll, expect, test } from 'vitest'
import { load } from '../../support/oxbase'

type Options = NonNullable<Parameters<ReturnType<typeof load>['createFetch']>[0]>

const place = { dataDir: 'memory://', name: `settings_${process.pid}` }
const schema = `
  create table items (id int primary key);
  create function work_mem() returns text language sql set work_mem = '9MB'
    as $$ select current_setting('work_mem') $$;`
const open: { close: () => Promise<void> }[] = []
afterAll(() => Promise.all(open.map((fetch) => fetch.close())))

function service(options: Options = {}) {
  const fetch = load().createFetch({ ...place, schema, restPath: '', ...options })
  open.push(fetch)
  return (path: string, headers: Record<string, string> = {}) =>
    fetch(`http://localhost${path}`, { headers })
}

test('serverTraceHeader gives the header of the request back', async () => {
  const traced = service({ serverTraceHeader: 'X-Request-Id' })
  expect((await traced('/items', { 'x-request-id': 'a1' })).headers.get('x-request-id')).toBe('a1')
  expect((await traced('/items')).headers.get('x-request-id')).toBe('')
})

test('serverTimingEnabled tells how long each stage took', async () => {
  const timed = service({ serverTimingEnabled: true })
  const stages = (await timed('/items')).headers.get('server-timing')?.replaceAll(/dur=[\d.]+/g, '')
  expect(stages).toBe('jwt;, parse;, plan;, transaction;, response;')
  expect((await service()('/items')).headers.get('server-timing')).toBeNull()
})

test('jwtSecretIsBase64 takes a secret in base64', async () => {
  const secret = 'a secret of thirty-two characters.'
  const encoded = service({
    jwtSecret: Buffer.from(secret).toString('base64'),
    jwtSecretIsBase64: true,
  })
  const authorization = `Bearer ${load().signJwt({ role: 'service_role' }, secret)}`
  expect((await encoded('/items', { authorization })).status).toBe(200)
})

test('openapiServerProxyUri is the address in the description', async () => {
  const proxied = service({ openapiServerProxyUri: 'https://api.example/v1' })
  expect(await (await proxied('/')).json()).toMatchObject({
    host: 'api.example:443',
    basePath: '/v1',
    schemes: ['https'],
  })
})

test('openapiSecurityActive describes how a token is sent', async () => {
  const secured = service({ openapiSecurityActive: true })
  expect(await (await secured('/')).json()).toMatchObject({
    security: [{ JWT: [] }],
    securityDefinitions: { JWT: { in: 'header', name: 'Authorization', type: 'apiKey' } },
  })
})

test('the schema is read again after a notification on channel', async () => {
  const fetch = load().createFetch({ ...place, schema, restPath: '', db: { channel: 'renew' } })
  open.push(fetch)
  const methods = async () => {
    const answer = await fetch('http://localhost/rpc/work_mem', { method: 'OPTIONS' })
    return answer.headers.get('allow')
  }
  expect(await methods()).toBe('OPTIONS,POST')
  // Nothing that a schema is made with, so that nobody notices.
  await fetch.database?.query(`update pg_proc set provolatile = 's' where proname = 'work_mem'`)
  expect(await methods()).toBe('OPTIONS,POST')
  await fetch.database?.query(`notify renew, 'reload schema'`)
  expect(await methods()).toBe('OPTIONS,GET,HEAD,POST')
})

// The HTTP server before a `fetch`: what arrives, what comes back, and what is refused.
import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { startHttpServer, type HttpServer, type HttpServerOptions } from '../../dist/http-server'

async function start(options: HttpServerOptions): Promise<HttpServer> {
  const server = await startHttpServer({ port: 0, ...options })
  onTestFinished(() => server.stop())
  return server
}

/** Answers with what was asked. */
const echo = async (input: string, init: RequestInit = {}): Promise<Response> => {
  const body = init.body === undefined ? null : await new Response(init.body).text()
  const headers = Object.fromEntries(new Headers(init.headers))
  return Response.json({ input, method: init.method, headers, body })
}

test('method, path, query, headers and body arrive as they were sent', async () => {
  const server = await start({ fetch: echo })
  const answer = await fetch(`${server.url}/rest/v1/a%20b?x=eq.%C3%BC`, {
    method: 'PATCH',
    headers: { prefer: 'count=exact', 'content-type': 'text/plain' },
    body: 'grüße',
  })
  expect(answer.status).toBe(200)
  expect(await answer.json()).toEqual({
    input: 'http://localhost/rest/v1/a%20b?x=eq.%C3%BC',
    method: 'PATCH',
    headers: expect.objectContaining({
      prefer: 'count=exact',
      'content-type': 'text/plain',
    }) as unknown,
    body: 'grüße',
  })
})

test('status, headers, cookies and an empty body come back', async () => {
  const server = await start({
    fetch: () => {
      const headers = new Headers({ 'content-range': '*/0', 'x-name': 'ü' })
      headers.append('set-cookie', 'a=1')
      headers.append('set-cookie', 'b=2')
      return Promise.resolve(new Response(null, { status: 204, headers }))
    },
  })
  const answer = await fetch(server.url)
  expect({
    status: answer.status,
    range: answer.headers.get('content-range'),
    cookies: answer.headers.getSetCookie(),
    text: await answer.text(),
  }).toEqual({ status: 204, range: '*/0', cookies: ['a=1', 'b=2'], text: '' })
})

test('a body that is longer than allowed is refused with 413, whether its length is told or not', async () => {
  const server = await start({ fetch: echo, maxBodySize: 10 })
  const refused = {
    status: 413,
    body: {
      code: 'OX413',
      details: null,
      hint: null,
      message: 'The request body is longer than 10 bytes',
    },
  }
  const told = await fetch(server.url, { method: 'POST', body: 'x'.repeat(11) })
  expect({ status: told.status, body: await told.json() }).toEqual(refused)
  const chunked = request(server.url, { method: 'POST' })
  for (let count = 0; count < 3; count += 1) chunked.write('xxxxx')
  chunked.end()
  const [answer] = (await once(chunked, 'response')) as [
    AsyncIterable<Buffer> & { statusCode: number },
  ]
  let text = ''
  for await (const chunk of answer) text += String(chunk)
  expect({ status: answer.statusCode, body: JSON.parse(text) as unknown }).toEqual(refused)
  expect((await fetch(server.url, { method: 'POST', body: 'x'.repeat(10) })).status).toBe(200)
})

test('headers that are longer than allowed are refused with 431', async () => {
  const server = await start({ fetch: echo, maxHeaderSize: 1024 })
  const answer = await fetch(server.url, { headers: { 'x-long': 'x'.repeat(2000) } })
  expect(answer.status).toBe(431)
})

test('a caller who leaves stops the work', async () => {
  let stopped: (reason: unknown) => void = () => undefined
  const reason = new Promise((resolve) => (stopped = resolve))
  let begun: () => void = () => undefined
  const beginning = new Promise<void>((resolve) => (begun = resolve))
  const server = await start({
    fetch: (_input, init) =>
      new Promise((_resolve, reject) => {
        begun()
        init?.signal?.addEventListener('abort', () => {
          stopped(init.signal?.reason)
          reject(init.signal?.reason as Error)
        })
      }),
  })
  const leaving = new AbortController()
  const answer = fetch(server.url, { signal: leaving.signal })
  await beginning
  leaving.abort()
  await expect(answer).rejects.toThrow()
  expect(await reason).toMatchObject({ message: 'the caller has left' })
})

test('a large answer is streamed, and arrives whole', async () => {
  const chunk = 'x'.repeat(65_536)
  const server = await start({
    fetch: () => {
      let left = 100
      const stream = new ReadableStream({
        pull: (controller) => {
          if (left === 0) return controller.close()
          left -= 1
          controller.enqueue(new TextEncoder().encode(chunk))
        },
      })
      return Promise.resolve(new Response(stream))
    },
  })
  expect((await (await fetch(server.url)).text()).length).toBe(100 * chunk.length)
})

test('keys stand for tokens, as apikey and as bearer; other tokens stay', async () => {
  const server = await start({ fetch: echo, keys: { sb_publishable_x: 'TOKEN' } })
  const headersOf = async (headers: Record<string, string>): Promise<unknown> =>
    ((await (await fetch(server.url, { headers })).json()) as { headers: unknown }).headers
  expect(
    await headersOf({ apikey: 'sb_publishable_x', authorization: 'Bearer sb_publishable_x' })
  ).toMatchObject({ apikey: 'TOKEN', authorization: 'Bearer TOKEN' })
  expect(await headersOf({ apikey: 'sb_publishable_x', authorization: 'Bearer ey' })).toMatchObject(
    {
      apikey: 'TOKEN',
      authorization: 'Bearer ey',
    }
  )
  expect(await headersOf({ apikey: 'constructor' })).toMatchObject({ apikey: 'constructor' })
})

test('an error of the fetch is 500, and the server goes on', async () => {
  let calls = 0
  const server = await start({
    fetch: () => {
      calls += 1
      return calls === 1
        ? Promise.reject(new Error('no luck'))
        : Promise.resolve(new Response('ok'))
    },
  })
  const failed = await fetch(server.url)
  expect({ status: failed.status, body: await failed.json() }).toEqual({
    status: 500,
    body: { code: 'OX500', details: null, hint: null, message: 'no luck' },
  })
  expect(await (await fetch(server.url)).text()).toBe('ok')
})

test('what is no HTTP, and targets that are no paths, are refused', async () => {
  const server = await start({ fetch: echo })
  const say = async (text: string): Promise<string> => {
    const socket = connect(server.port, '127.0.0.1')
    let heard = ''
    socket.on('data', (chunk) => (heard += String(chunk)))
    socket.write(text)
    await once(socket, 'close')
    return heard.split('\r\n', 1)[0] as string
  }
  expect(await say('hello\r\n\r\n')).toBe('HTTP/1.1 400 Bad Request')
  expect(await say('OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toBe(
    'HTTP/1.1 400 Bad Request'
  )
})

test('addresses that others can reach have to be asked for', async () => {
  await expect(startHttpServer({ fetch: echo, host: '0.0.0.0', port: 0 })).rejects.toThrow(
    'oxbase: 0.0.0.0 can be reached from other machines; give "trustRemote: true" if that is wanted'
  )
  await start({ fetch: echo, host: '0.0.0.0', trustRemote: true })
})

test('stop ends connections that are open, and may be called twice', async () => {
  const server = await startHttpServer({ fetch: () => new Promise(() => undefined), port: 0 })
  const open = fetch(server.url)
  open.catch(() => undefined)
  await fetch(`${server.url}/x`, { signal: AbortSignal.timeout(50) }).catch(() => undefined)
  await Promise.all([server.stop(), server.stop()])
  await expect(open).rejects.toThrow()
})

test('wrong options are TypeErrors that name the option', async () => {
  const refused = (options: unknown): Promise<unknown> =>
    startHttpServer(options as HttpServerOptions)
  await expect(refused({})).rejects.toThrow(
    new TypeError('oxbase: option "fetch" must be a function, got undefined')
  )
  await expect(refused({ fetch: echo, prot: 1 })).rejects.toThrow('did you mean "port"?')
  await expect(refused({ fetch: echo, port: 'x' })).rejects.toThrow(
    'oxbase: option "port" must be a number, got string'
  )
})

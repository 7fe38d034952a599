/**
 * An HTTP server before a `fetch`: what a browser or another process sends is answered by the services
 * in this process. Bodies are passed on as they come, up to a limit; a caller who leaves stops the work.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { isIP, type AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { checkOptions, is, wholeNumber, type Check } from './options'

/** Answers requests, as the global `fetch` does. */
export type Fetch = (input: string, init?: RequestInit) => Promise<Response>

/** How a server is started. */
export interface HttpServerOptions {
  /** Who answers: see `createFetch`. */
  fetch: Fetch
  /** Default `127.0.0.1`. */
  host?: string | undefined
  /** Default 54321; 0 takes a free one. */
  port?: number | undefined
  /** Whether addresses that others can reach may be listened to. Default false. */
  trustRemote?: boolean | undefined
  /** Most bytes of a request's headers. Default 65536. */
  maxHeaderSize?: number | undefined
  /** Most bytes of a request's body. Default 64 MB. */
  maxBodySize?: number | undefined
  /** Keys that stand for tokens, as `sb_publishable_…` does for the one of `anon`. */
  keys?: Record<string, string> | undefined
}

const CHECKS: Record<string, Check> = {
  fetch: is('function'),
  host: is('string'),
  port: wholeNumber,
  trustRemote: is('boolean'),
  maxHeaderSize: wholeNumber,
  maxBodySize: wholeNumber,
  keys: is('object'),
}

const STANDARD = {
  host: '127.0.0.1',
  port: 54321,
  maxHeaderSize: 65_536,
  maxBodySize: 64 * 1024 * 1024,
}
/** Of the connection, not of the request. */
const HOP_BY_HOP = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])
const BODILESS = new Set(['GET', 'HEAD'])

/** A body that is longer than allowed. */
class TooLong extends Error {}

/** Whether only this machine can reach an address. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost') return true
  return isIP(host) === 4 ? host.startsWith('127.') : host === '::1'
}

/** A running HTTP server. */
export class HttpServer {
  readonly host: string
  readonly port: number
  readonly #server: Server
  #stopping: Promise<void> | undefined

  /** Use `startHttpServer`. */
  constructor(server: Server, host: string) {
    this.#server = server
    this.host = host
    this.port = (server.address() as AddressInfo).port
  }

  /** Where it is: `http://127.0.0.1:54321`. */
  get url(): string {
    const name = isIP(this.host) === 6 ? `[${this.host}]` : this.host
    return `http://${name}:${this.port}`
  }

  /** Stops listening, and ends the connections there are. Idempotent. */
  stop(): Promise<void> {
    this.#stopping ??= new Promise((resolve) => {
      this.#server.close(() => resolve())
      this.#server.closeAllConnections()
    })
    return this.#stopping
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }
}

/** Starts a server. Rejects when it cannot listen. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  checkOptions(options, CHECKS, 'HTTP server')
  if (typeof options.fetch !== 'function') {
    throw new TypeError('oxbase: option "fetch" must be a function, got undefined')
  }
  const { host = STANDARD.host, port = STANDARD.port } = options
  if (!isLoopback(host) && options.trustRemote !== true) {
    throw new Error(
      `oxbase: ${host} can be reached from other machines; give "trustRemote: true" if that is wanted`
    )
  }
  const { maxHeaderSize = STANDARD.maxHeaderSize } = options
  const server = createServer({ maxHeaderSize }, (request, response) => {
    void respond(options, request, response)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  return new HttpServer(server, host)
}

async function respond(
  options: HttpServerOptions,
  request: IncomingMessage,
  response: ServerResponse
): Promise<void> {
  const leaving = new AbortController()
  // What the service stops for is that nobody waits for its answer any more.
  response.once('close', () => {
    if (!response.writableFinished) leaving.abort(new Error('the caller has left'))
  })
  try {
    const answer = await options.fetch(
      targetOf(request),
      requestInit(options, request, leaving.signal)
    )
    await send(response, answer)
  } catch (error) {
    refuse(response, error)
  }
}

/** The URL of a request. Only its path and query matter. */
function targetOf(request: IncomingMessage): string {
  const { url = '/' } = request
  if (!url.startsWith('/')) throw new TypeError('the target of the request is no path')
  return `http://localhost${url}`
}

function requestInit(
  options: HttpServerOptions,
  request: IncomingMessage,
  signal: AbortSignal
): RequestInit {
  const { method = 'GET' } = request
  const headers = headersOf(request, options.keys ?? {})
  if (BODILESS.has(method) || !hasBody(request)) return { method, headers, signal }
  const body = bounded(request, options.maxBodySize ?? STANDARD.maxBodySize)
  return { method, headers, signal, body, duplex: 'half' }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

/** The headers of a request, with tokens in the place of keys that stand for them. */
function headersOf({ rawHeaders }: IncomingMessage, keys: Record<string, string>): Headers {
  const headers = new Headers()
  const tokenOf = (key: string): string => (Object.hasOwn(keys, key) ? (keys[key] as string) : key)
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] as string).toLowerCase()
    const value = rawHeaders[at + 1] as string
    if (HOP_BY_HOP.has(name)) continue
    if (name === 'apikey') headers.set(name, tokenOf(value))
    else if (name === 'authorization')
      headers.set(name, value.replace(/(?<=^bearer )\S+$/i, tokenOf))
    else headers.append(name, value)
  }
  return headers
}

/** The body of a request, which fails once it is longer than allowed. */
function bounded(request: IncomingMessage, limit: number): ReadableStream<Uint8Array> {
  const tooLong = (): TooLong => new TooLong(`The request body is longer than ${limit} bytes`)
  async function* chunks(): AsyncGenerator<Uint8Array> {
    if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLong()
    let length = 0
    for await (const chunk of request as AsyncIterable<Buffer>) {
      length += chunk.length
      if (length > limit) throw tooLong()
      yield chunk
    }
  }
  return Readable.toWeb(
    Readable.from(chunks(), { objectMode: false })
  ) as ReadableStream<Uint8Array>
}

async function send(response: ServerResponse, answer: Response): Promise<void> {
  response.statusCode = answer.status
  if (answer.statusText !== '') response.statusMessage = answer.statusText
  const cookies = answer.headers.getSetCookie()
  answer.headers.forEach((value, name) => {
    if (name !== 'set-cookie' && !HOP_BY_HOP.has(name)) response.setHeader(name, value)
  })
  if (cookies.length > 0) response.setHeader('set-cookie', cookies)
  if (answer.body === null) return void response.end()
  const length = answer.headers.get('content-length')
  if (length !== null) response.setHeader('content-length', length)
  await pipeline(Readable.fromWeb(answer.body as never), response)
}

/** Answers a request that no service has answered. */
function refuse(response: ServerResponse, thrown: unknown): void {
  if (response.headersSent) return void response.destroy()
  const error = thrown as Error & { cause?: unknown }
  const isTooLong = error instanceof TooLong || error.cause instanceof TooLong
  const status = isTooLong ? 413 : error instanceof TypeError ? 400 : 500
  const message = (isTooLong && error.cause instanceof TooLong ? error.cause : error).message
  const code = isTooLong ? 'OX413' : `OX${status}`
  const text = JSON.stringify({ code, details: null, hint: null, message })
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    // What is left of a body that is too long is not read.
    ...(isTooLong && { connection: 'close' }),
  })
  response.end(text)
}

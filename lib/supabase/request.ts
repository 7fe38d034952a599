/** Reads what `fetch` was called with, in any of its forms, into what the native side takes. */

/** A request as the native side takes it. */
export interface LocalRequest {
  method: string
  /** Path and query, percent-encoded, and what the answer gives as its URL. */
  target: string
  url: string
  /** Names in lower case and values, taking turns. */
  headers: string[]
  body: Uint8Array | null
  signal: AbortSignal | undefined
}

/** Methods that `fetch` writes in capitals whatever the caller wrote. */
const NORMALIZED = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT'])
/** URLs that a parser would not change: no dot segments, nothing to be escaped, no fragment. */
const PLAIN_URL =
  /^https?:\/\/[^/?#\s\\]+(\/[!$%&()*+,\-.0-9:;=@A-Z_a-z~/]*(?:\?[!$%&()*+,\-.0-9:;=@A-Z_a-z~/?]*)?)$/
const BASE = 'http://localhost'
const encoder = new TextEncoder()

/** Path and query of a URL, and all of it. */
function readUrl(text: string): { target: string; url: string } {
  const plain = PLAIN_URL.exec(text)?.[1]
  if (plain !== undefined && !plain.includes('/.')) return { target: plain, url: text }
  let url: URL
  try {
    url = text.startsWith('/') ? new URL(text, BASE) : new URL(text)
  } catch (cause) {
    throw new TypeError(`Failed to parse URL from ${text}`, { cause })
  }
  return { target: url.pathname + url.search, url: url.href.replace(/#.*$/s, '') }
}

function normalizeMethod(method: string): string {
  const upper = method.toUpperCase()
  return NORMALIZED.has(upper) ? upper : method
}

/** Flattens headers, one entry for each name. */
function readHeaders(init: RequestInit['headers'] | undefined): string[] {
  if (init === undefined || init === null) return []
  const flat: string[] = []
  // A record of names in lower case needs no check of ours: the native side checks what comes.
  const headers = init instanceof Headers ? init : new Headers(init)
  headers.forEach((value, name) => void flat.push(name, value))
  return flat
}

function has(headers: string[], name: string): boolean {
  for (let at = 0; at < headers.length; at += 2) if (headers[at] === name) return true
  return false
}

/** The bytes of a body, with the media type that `fetch` gives it when the caller gave none. */
function readBody(body: unknown): { bytes: Uint8Array; type: string | undefined } | undefined {
  if (typeof body === 'string') {
    return { bytes: encoder.encode(body), type: 'text/plain;charset=UTF-8' }
  }
  if (body instanceof ArrayBuffer) return { bytes: new Uint8Array(body), type: undefined }
  if (ArrayBuffer.isView(body)) {
    const { buffer, byteOffset, byteLength } = body
    return { bytes: new Uint8Array(buffer, byteOffset, byteLength), type: undefined }
  }
  if (body instanceof URLSearchParams) {
    const type = 'application/x-www-form-urlencoded;charset=UTF-8'
    return { bytes: encoder.encode(String(body)), type }
  }
  return undefined
}

/** Lets the platform read a request that is one already, or has a body that takes time. */
async function readSlowly(
  input: Request | string,
  init: RequestInit | undefined
): Promise<LocalRequest> {
  const streams = init?.body instanceof ReadableStream || isIterable(init?.body)
  const duplex = streams ? { duplex: 'half' as const } : {}
  const absolute = typeof input === 'string' && input.startsWith('/') ? BASE + input : input
  const request = new Request(absolute, init === undefined ? init : { ...init, ...duplex })
  const body = request.body === null ? null : new Uint8Array(await request.arrayBuffer())
  return {
    method: normalizeMethod(request.method),
    ...readUrl(request.url),
    headers: readHeaders(request.headers),
    body,
    signal: init?.signal ?? (typeof input === 'string' ? undefined : input.signal),
  }
}

function isIterable(body: unknown): boolean {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body
}

function isRequest(input: unknown): input is Request {
  return typeof input === 'object' && input !== null && 'url' in input && 'method' in input
}

/** Reads the arguments of `fetch`. A promise only where the body makes it necessary. */
export function readRequest(
  input: string | URL | Request,
  init?: RequestInit
): LocalRequest | Promise<LocalRequest> {
  if (isRequest(input)) return readSlowly(input, init)
  const text = typeof input === 'string' ? input : String(input)
  const method = normalizeMethod(init?.method ?? 'GET')
  const given: unknown = init?.body
  const content = given === undefined || given === null ? undefined : readBody(given)
  if (given !== undefined && given !== null) {
    if (method === 'GET' || method === 'HEAD') {
      throw new TypeError('Request with GET/HEAD method cannot have body.')
    }
    if (content === undefined) return readSlowly(text, init)
  }
  const headers = readHeaders(init?.headers)
  const type = content?.type
  if (type !== undefined && !has(headers, 'content-type')) headers.push('content-type', type)
  return {
    method,
    ...readUrl(text),
    headers,
    body: content?.bytes ?? null,
    signal: init?.signal ?? undefined,
  }
}

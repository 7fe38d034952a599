// Requests and answers as plain values, and how one is sent to a server as it stands: no header is
// added, and nothing is decoded, so that what is compared is what was said.
import * as http from 'node:http'

export interface Request {
  method: string
  /** Path and query. What a URL may not hold is encoded as `new URL` does it. */
  path: string
  headers?: Record<string, string>
  body?: string | Uint8Array
}

export interface Answer {
  status: number
  /** Lower case names. A header that came twice has its values in two lines. */
  headers: Record<string, string>
  body: Buffer
}

/** Headers that belong to the connection and not to the answer. */
const OF_THE_CONNECTION = new Set([
  'connection',
  'content-length',
  'date',
  'keep-alive',
  'server',
  'transfer-encoding',
])

/** Sends a request to a server of this machine. */
export function send(port: number, request: Request): Promise<Answer> {
  const { pathname, search } = new URL(request.path, 'http://localhost')
  const { method, headers, body } = request
  return new Promise((resolve, reject) => {
    const outgoing = http.request(
      {
        host: '127.0.0.1',
        port,
        method,
        path: pathname + search,
        headers: withLength(headers, body),
      },
      (incoming) => {
        const chunks: Buffer[] = []
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
        incoming.on('error', reject)
        incoming.on('end', () => {
          const { statusCode = 0, rawHeaders } = incoming
          resolve({
            status: statusCode,
            headers: collect(pairs(rawHeaders)),
            body: Buffer.concat(chunks),
          })
        })
      }
    )
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

/** The headers that are compared: all but those of the connection, read as UTF-8. */
export function collect(all: Iterable<[string, string]>): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [given, bytes] of all) {
    const name = given.toLowerCase()
    const value = decoded(bytes)
    if (OF_THE_CONNECTION.has(name)) continue
    headers[name] = name in headers ? `${headers[name]}\n${value}` : value
  }
  return headers
}

/** What Node gives as one character for each byte; what is text already stays as it is. */
function decoded(bytes: string): string {
  const isText = [...bytes].some((character) => character > 'ÿ')
  return isText ? bytes : Buffer.from(bytes, 'latin1').toString('utf8')
}

function withLength(headers: Request['headers'], body: Request['body']) {
  return body === undefined
    ? { ...headers }
    : { ...headers, 'content-length': String(Buffer.byteLength(body)) }
}

function pairs(raw: string[]): [string, string][] {
  return Array.from({ length: raw.length / 2 }, (_, i) => [raw[2 * i]!, raw[2 * i + 1]!])
}

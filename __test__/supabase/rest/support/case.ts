// What a case is, and the words in which cases are written. A case states one rule in its name: a
// request, and the whole response to it. Nothing of a response is left out but what belongs to the
// connection, so a header that is not named must not come.
import type { Request } from './http'
import type { Claims } from './tokens'
import type { ConfigurationName } from './configurations'

export interface Case extends Caller {
  /** The rule, as a full sentence. */
  name: string
  /** The first PostgREST that has the rule. Later than 12, the reference is not asked. */
  since?: 13 | 14
  config?: ConfigurationName
  request: Request
  response: Response
  /** What PostgREST 12 answers, where 14 says something else. */
  response12?: Response
  /** Requests made afterwards, which show what was written. As `service_role`, if nothing is said. */
  then?: Step[]
}

export interface Step extends Caller {
  request: Request
  response: Response
  response12?: Response
}

/** Who asks: a role, or the claims of a token, or a token as it stands. No one means no token. */
interface Caller {
  role?: 'anon' | 'authenticated' | 'service_role' | 'critic'
  claims?: Claims
  /** A function makes one that is about the time of the request. */
  token?: string | (() => string)
}

export interface Response {
  status: number
  headers: Record<string, string>
  body: Body
}

/** The exact text or bytes; or a JSON value, where the text may differ; or a pattern. */
export type Body = string | Uint8Array | { json: unknown } | { matches: RegExp }

/** The media type of most answers. */
export const json = { 'content-type': 'application/json; charset=utf-8' }

export function get(path: string, headers?: Record<string, string>): Request {
  return { method: 'GET', path, ...(headers && { headers }) }
}

export function head(path: string, headers?: Record<string, string>): Request {
  return { method: 'HEAD', path, ...(headers && { headers }) }
}

export function remove(path: string, headers?: Record<string, string>): Request {
  return { method: 'DELETE', path, ...(headers && { headers }) }
}

/** A request with a body: JSON unless `content-type` says otherwise. Text is sent as it stands. */
export function send(
  method: string,
  path: string,
  body: unknown,
  headers?: Record<string, string>
): Request {
  const raw = typeof body === 'string' || body instanceof Uint8Array
  return {
    method,
    path,
    headers: { 'content-type': 'application/json', ...headers },
    body: raw ? body : JSON.stringify(body),
  }
}

export function post(path: string, body: unknown, headers?: Record<string, string>): Request {
  return send('POST', path, body, headers)
}

export function patch(path: string, body: unknown, headers?: Record<string, string>): Request {
  return send('PATCH', path, body, headers)
}

export function put(path: string, body: unknown, headers?: Record<string, string>): Request {
  return send('PUT', path, body, headers)
}

/** Rows as PostgreSQL joins them into an array. */
export function list(...rows: string[]): string {
  return `[${rows.join(', \n ')}]`
}

/** Stands for the Content-Location that the rule gives to the request. See location.ts. */
export const CANONICAL = '(canonical)'

/** The answer to a read: the part of the rows that came, and the rows. */
export function rows(range: string, ...texts: string[]): Response {
  const headers = { ...json, 'content-range': range, 'content-location': CANONICAL }
  return { status: 200, headers, body: list(...texts) }
}

/** The answer of a function: its result, as one value or as a list that the caller has made. */
export function result(body: string, range = '0-0/*'): Response {
  return { status: 200, headers: { ...json, 'content-range': range }, body }
}

/** Any other answer. */
export function answer(status: number, headers: Record<string, string>, body: Body = ''): Response {
  return { status, headers, body }
}

/** An error: its fields in the order in which they are told, and who it was that told. */
export function failure(
  status: number,
  error: Failure,
  headers: Record<string, string> = {}
): Response {
  const { code, message, details = null, hint = null } = error
  return {
    status,
    headers: { ...json, 'proxy-status': `PostgREST; error=${code}`, ...headers },
    body: JSON.stringify({ code, details, hint, message }),
  }
}

export interface Failure {
  code: string
  message: string
  details?: unknown
  hint?: string | null
}

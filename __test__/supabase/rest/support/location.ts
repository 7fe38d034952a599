// The Content-Location of a read: its path, decoded, and its parameters, sorted by their names.
import { CANONICAL, type Response } from './case'

/** The response with the location that belongs to this path, where it asks for it. */
export function located(response: Response, path: string): Response {
  if (response.headers['content-location'] !== CANONICAL) return response
  return { ...response, headers: { ...response.headers, 'content-location': canonical(path) } }
}

export function canonical(path: string): string {
  const { pathname, search } = new URL(path, 'http://localhost')
  const parameters = search
    .slice(1)
    .split('&')
    .filter((parameter) => parameter !== '')
    .map((parameter) => {
      const [name = '', ...value] = parameter.replaceAll('+', ' ').split('=')
      return [bytesOf(name), bytesOf(value.join('='))] as const
    })
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
  const query = parameters.length === 0 ? '' : `?${parameters.join('&')}`
  return decodeURIComponent(pathname) + query
}

/** The bytes that a percent-encoded text stands for, each as a character. */
function bytesOf(text: string): string {
  return text.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(parseInt(hex, 16))
  )
}

/** Each byte is taken as a character, and the characters are encoded: twice, beyond ASCII. */
function encode(bytes: string): string {
  const unreserved = /[A-Za-z0-9\-_.~]/
  return [...bytes].map((c) => (unreserved.test(c) ? c : percent(Buffer.from(c, 'utf8')))).join('')
}

function percent(bytes: Buffer): string {
  return [...bytes].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')
}

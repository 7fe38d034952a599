// Who makes a request, as the token that it carries.
import type { Step } from './case'
import type { Request } from './http'
import { hmacToken } from './tokens'

/** The request, with the token of who makes it. */
export function withToken({ request, role, claims, token }: Omit<Step, 'response'>): Request {
  const own = (claims ?? role) ? { ...(role && { role }), ...claims } : undefined
  const given = typeof token === 'function' ? token() : token
  const signed = given ?? (own && hmacToken(own))
  if (signed === undefined) return request
  return { ...request, headers: { authorization: `Bearer ${signed}`, ...request.headers } }
}

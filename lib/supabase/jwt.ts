/** Tokens as Supabase makes them: HS256, with the project's secret. For tests and for the keys of a local client. */
import { createHmac } from 'node:crypto'

/** The secret of every local Supabase project. */
export const LOCAL_JWT_SECRET = 'super-secret-jwt-token-with-at-least-32-characters-long'

/** How long a token is valid that says nothing about it, in seconds. */
const STANDARD_LIFE = 3600

/** What a token says. The names are those of the JWT standard and of Supabase. */
export interface JwtClaims {
  /** The user's id: `auth.uid()`. */
  sub?: string | undefined
  /** The database role of the request. Default `authenticated`. */
  role?: string | undefined
  /** Default `authenticated`. */
  aud?: string | string[] | undefined
  /** When it ends, in seconds since 1970. Default: an hour from now. */
  exp?: number | undefined
  /** When it was made. Default: now. */
  iat?: number | undefined
  email?: string | undefined
  app_metadata?: Record<string, unknown> | undefined
  user_metadata?: Record<string, unknown> | undefined
  [claim: string]: unknown
}

const encode = (value: unknown): string =>
  Buffer.from(JSON.stringify(value), 'utf8').toString('base64url')

/** Whether a secret is a public key, or a set of keys, with which nothing can be signed here. */
export function isKeySet(secret: string | Buffer): boolean {
  return typeof secret === 'string' && /^\s*(\{|-----BEGIN)/.test(secret)
}

/** Signs exactly these claims. */
export function signExactly(claims: object, secret: string | Buffer): string {
  if (isKeySet(secret)) {
    throw new TypeError('oxbase: a token can only be signed when "jwtSecret" is a plain secret')
  }
  const content = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`
  return `${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`
}

/**
 * Makes a token. What is not given is as for a signed-in user; a claim that is `undefined` is left out.
 *
 * @example
 * const token = signJwt({ sub: user.id, email: 'ada@example.com' })
 */
export function signJwt(
  claims: JwtClaims = {},
  secret: string | Buffer = LOCAL_JWT_SECRET
): string {
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) {
    throw new TypeError('oxbase: signJwt takes an object of claims')
  }
  const iat = Math.floor(Date.now() / 1000)
  const standard = { aud: 'authenticated', role: 'authenticated', iat, exp: iat + STANDARD_LIFE }
  return signExactly({ ...standard, ...claims }, secret)
}

/** The key of a local project for a role: the well-known one where the secret is. */
export function projectKey(role: string, secret: string | Buffer): string {
  return signExactly({ iss: 'supabase-demo', role, exp: 1983812996 }, secret)
}

// Tokens for the cases, signed with node:crypto alone.
import { createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'

export type Claims = Record<string, unknown>

/** The secret of every configuration that does not say otherwise. */
export const secret = 'a secret of more than thirty-two characters'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const otherRsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })

/** The public keys, and one shared secret, as a JSON Web Key Set. */
export const publicKeySet = JSON.stringify({
  keys: [
    { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'rsa', alg: 'RS256', use: 'sig' },
    { ...ec.publicKey.export({ format: 'jwk' }), kid: 'ec', alg: 'ES256', use: 'sig' },
    { kty: 'oct', k: Buffer.from(secret).toString('base64url'), kid: 'shared', alg: 'HS256' },
  ],
})

/** A token signed with a shared secret. */
export function hmacToken(claims: Claims | string, options: HmacOptions = {}): string {
  const { bits = 256, key = secret, header = {} } = options
  const signed = unsigned({ alg: `HS${bits}`, typ: 'JWT', ...header }, claims)
  return `${signed}.${createHmac(`sha${bits}`, key).update(signed).digest('base64url')}`
}

interface HmacOptions {
  bits?: 256 | 384 | 512
  key?: string
  header?: Record<string, unknown>
}

/** A token signed with the RSA key of the set, or with one that the set does not hold. */
export function rsaToken(
  claims: Claims,
  known = true,
  header: Record<string, unknown> = {}
): string {
  const key = (known ? rsa : otherRsa).privateKey
  return signedWith(key, { alg: 'RS256', typ: 'JWT', kid: 'rsa', ...header }, claims)
}

/** A token signed with the elliptic curve key of the set. */
export function ecToken(claims: Claims): string {
  return signedWith(ec.privateKey, { alg: 'ES256', typ: 'JWT', kid: 'ec' }, claims)
}

/** A token whose shared secret is the public RSA key, which everyone knows. */
export function confusedToken(claims: Claims): string {
  const key = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString()
  return hmacToken(claims, { key, header: { kid: 'rsa' } })
}

/** A token that says it needs no signature, and has none. */
export function unsignedToken(claims: Claims): string {
  return `${unsigned({ alg: 'none', typ: 'JWT' }, claims)}.`
}

/** Seconds since 1970, so many from now. */
export function inSeconds(seconds: number): number {
  return Math.floor(Date.now() / 1000) + seconds
}

function signedWith(key: KeyObject, header: Record<string, unknown>, claims: Claims): string {
  const text = unsigned(header, claims)
  const signature = sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' })
  return `${text}.${signature.toString('base64url')}`
}

function unsigned(header: Record<string, unknown>, claims: Claims | string): string {
  const payload = typeof claims === 'string' ? claims : JSON.stringify(claims)
  return [JSON.stringify(header), payload]
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.')
}

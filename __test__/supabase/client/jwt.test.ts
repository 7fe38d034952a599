import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { createClient, signJwt } from './support'

const LOCAL = 'super-secret-jwt-token-with-at-least-32-characters-long'

function parts(token: string) {
  const [header = '', claims = '', signature = ''] = token.split('.')
  const read = (text: string) => JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown
  return { header: read(header), claims: read(claims), signature, content: `${header}.${claims}` }
}

test('a token is signed with HS256 and the secret of local projects', () => {
  const { header, signature, content } = parts(signJwt({ sub: 'x' }))
  expect(header).toEqual({ alg: 'HS256', typ: 'JWT' })
  expect(signature).toBe(createHmac('sha256', LOCAL).update(content).digest('base64url'))
})

test('what is not said is as for a signed-in user', () => {
  const before = Math.floor(Date.now() / 1000)
  const { claims } = parts(signJwt({ sub: 'x', email: 'ü@b.c' })) as { claims: { iat: number } }
  expect(claims).toEqual({
    sub: 'x',
    email: 'ü@b.c',
    aud: 'authenticated',
    role: 'authenticated',
    iat: expect.any(Number) as number,
    exp: claims.iat + 3600,
  })
  expect(claims.iat - before).toBeLessThan(60)
})

test('claims replace what is standard, and undefined leaves it out', () => {
  const { claims } = parts(
    signJwt({ role: 'anon', aud: undefined, exp: 5, iat: undefined }, 'other')
  )
  expect(claims).toEqual({ role: 'anon', exp: 5 })
})

test('claims must be an object', () => {
  for (const wrong of [5, 'x', null, []]) expect(() => signJwt(wrong as never)).toThrow(TypeError)
})

test('a public key signs nothing', () => {
  for (const key of ['{"keys":[]}', '-----BEGIN PUBLIC KEY-----']) {
    expect(() => signJwt({}, key)).toThrow(
      'oxbase: a token can only be signed when "jwtSecret" is a plain secret'
    )
  }
})

test('a client signs with its own secret, and has the well-known key of local projects', () => {
  const own = createClient({ jwtSecret: 'a secret of at least thirty-two characters' })
  const { signature, content } = parts(own.signJwt({ sub: 'x' }))
  const expected = createHmac('sha256', 'a secret of at least thirty-two characters')
  expect(signature).toBe(expected.update(content).digest('base64url'))
  const { supabaseKey } = createClient() as unknown as { supabaseKey: string }
  expect(supabaseKey).toBe(
    'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJzdXBhYmFzZS1kZW1vIiwicm9sZSI6ImFub24iLCJleHAiOjE5ODM4MTI5OTZ9.CRXP1A7WOeoJeXxjNni43kdQwgnWNReilDMblYTn_I0'
  )
  const service = createClient({ key: 'service_role' }) as unknown as { supabaseKey: string }
  expect(parts(service.supabaseKey).claims).toMatchObject({ role: 'service_role' })
  const given = createClient({ key: own.signJwt() }) as unknown as { supabaseKey: string }
  expect(parts(given.supabaseKey).claims).toMatchObject({ role: 'authenticated' })
})

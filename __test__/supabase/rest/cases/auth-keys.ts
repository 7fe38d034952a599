// Auth: audiences, roles, key sets, and the header that brings a token.
import { failure, get, result, type Case } from '../support/case'
import { confusedToken, ecToken, hmacToken, rsaToken } from '../support/tokens'

export const keys: Case[] = [
  {
    name: 'any audience is taken where none is configured',
    token: hmacToken({ role: 'authenticated', aud: 'anyone' }),
    request: get('/rpc/who'),
    response: result('"authenticated"'),
  },
  {
    name: 'the configured audience is taken',
    config: 'audience',
    token: hmacToken({ role: 'authenticated', aud: 'films' }),
    request: get('/rpc/who'),
    response: result('"authenticated"'),
  },
  {
    name: 'a list with the configured audience is taken',
    config: 'audience',
    token: hmacToken({ role: 'authenticated', aud: ['shop', 'films'] }),
    request: get('/rpc/who'),
    response: result('"authenticated"'),
  },
  {
    name: 'another audience is refused',
    config: 'audience',
    token: hmacToken({ role: 'authenticated', aud: 'shop' }),
    request: get('/rpc/who'),
    response: failure(
      401,
      { code: 'PGRST303', message: 'JWT not in audience' },
      {
        'www-authenticate': 'Bearer error="invalid_token", error_description="JWT not in audience"',
      }
    ),
    response12: failure(
      401,
      { code: 'PGRST301', message: 'JWTNotInAudience' },
      { 'www-authenticate': 'Bearer error="invalid_token", error_description="JWTNotInAudience"' }
    ),
  },
  {
    name: 'a list without the configured audience is refused',
    config: 'audience',
    token: hmacToken({ role: 'authenticated', aud: ['shop'] }),
    request: get('/rpc/who'),
    response: failure(
      401,
      { code: 'PGRST303', message: 'JWT not in audience' },
      {
        'www-authenticate': 'Bearer error="invalid_token", error_description="JWT not in audience"',
      }
    ),
    response12: failure(
      401,
      { code: 'PGRST301', message: 'JWTNotInAudience' },
      { 'www-authenticate': 'Bearer error="invalid_token", error_description="JWTNotInAudience"' }
    ),
  },
  {
    name: 'a token without an audience is taken where one is configured',
    config: 'audience',
    token: hmacToken({ role: 'authenticated' }),
    request: get('/rpc/who'),
    response: result('"authenticated"'),
  },
  {
    name: 'an empty list of audiences is taken',
    config: 'audience',
    token: hmacToken({ role: 'authenticated', aud: [] }),
    request: get('/rpc/who'),
    response: result('"authenticated"'),
    response12: failure(
      401,
      { code: 'PGRST301', message: 'JWTNotInAudience' },
      { 'www-authenticate': 'Bearer error="invalid_token", error_description="JWTNotInAudience"' }
    ),
  },
  {
    name: 'a role that does not exist is refused',
    token: hmacToken({ role: 'no_one' }),
    request: get('/rpc/who'),
    response: failure(
      401,
      { code: '22023', message: 'role "no_one" does not exist' },
      { 'www-authenticate': 'Bearer' }
    ),
    response12: failure(400, { code: '22023', message: 'role "no_one" does not exist' }),
  },
  {
    name: 'a role that may not be taken is refused',
    token: hmacToken({ role: 'stranger' }),
    request: get('/rpc/who'),
    response: failure(403, { code: '42501', message: 'permission denied to set role "stranger"' }),
  },
  {
    name: 'a role is a name, and no SQL',
    token: hmacToken({ role: 'anon; drop table api.films' }),
    request: get('/rpc/who'),
    response: failure(
      401,
      { code: '22023', message: 'role "anon; drop table api.films" does not exist' },
      { 'www-authenticate': 'Bearer' }
    ),
    response12: failure(400, {
      code: '22023',
      message: 'role "anon; drop table api.films" does not exist',
    }),
  },
  {
    name: 'the role may stand deeper in the claims',
    config: 'role claim',
    token: hmacToken({ 'https://films.example/claims': { roles: ['critic', 'anon'] } }),
    request: get('/rpc/who'),
    response: result('"critic"'),
  },
  {
    name: 'where the role stands elsewhere, role is a claim as any other',
    config: 'role claim',
    token: hmacToken({ role: 'service_role' }),
    request: get('/rpc/who'),
    response: result('"anon"'),
  },
  {
    name: 'a key set takes an RSA signature',
    config: 'key set',
    token: rsaToken({ role: 'authenticated' }),
    request: get('/rpc/who'),
    response: result('"authenticated"'),
  },
  {
    name: 'a key set takes an elliptic curve signature',
    config: 'key set',
    token: ecToken({ role: 'authenticated' }),
    request: get('/rpc/who'),
    response: result('"authenticated"'),
  },
  {
    name: 'a key set takes a shared secret of its own',
    config: 'key set',
    token: hmacToken({ role: 'authenticated' }, { header: { kid: 'shared' } }),
    request: get('/rpc/who'),
    response: result('"authenticated"'),
  },
  {
    name: 'a key set refuses the signature of an unknown key',
    config: 'key set',
    token: rsaToken({ role: 'authenticated' }, false),
    request: get('/rpc/who'),
    response: failure(
      401,
      {
        code: 'PGRST301',
        message: 'No suitable key or wrong key type',
        details: 'None of the keys was able to decode the JWT',
      },
      {
        'www-authenticate':
          'Bearer error="invalid_token", error_description="No suitable key or wrong key type"',
      }
    ),
    response12: failure(
      401,
      { code: 'PGRST301', message: 'JWSError JWSInvalidSignature' },
      {
        'www-authenticate':
          'Bearer error="invalid_token", error_description="JWSError JWSInvalidSignature"',
      }
    ),
  },
  {
    name: 'a key set refuses a token that names another of its keys',
    config: 'key set',
    token: hmacToken({ role: 'service_role' }, { header: { kid: 'rsa' } }),
    request: get('/rpc/who'),
    response: failure(
      401,
      {
        code: 'PGRST301',
        message: 'No suitable key or wrong key type',
        details: 'No suitable key was found to decode the JWT',
      },
      {
        'www-authenticate':
          'Bearer error="invalid_token", error_description="No suitable key or wrong key type"',
      }
    ),
    response12: result('"service_role"'),
  },
  {
    name: 'a key set refuses a public key used as a secret',
    config: 'key set',
    token: confusedToken({ role: 'service_role' }),
    request: get('/rpc/who'),
    response: failure(
      401,
      {
        code: 'PGRST301',
        message: 'No suitable key or wrong key type',
        details: 'No suitable key was found to decode the JWT',
      },
      {
        'www-authenticate':
          'Bearer error="invalid_token", error_description="No suitable key or wrong key type"',
      }
    ),
    response12: failure(
      401,
      { code: 'PGRST301', message: 'JWSError JWSInvalidSignature' },
      {
        'www-authenticate':
          'Bearer error="invalid_token", error_description="JWSError JWSInvalidSignature"',
      }
    ),
  },
  {
    name: 'without a secret, no token is taken',
    config: 'no secret',
    token: hmacToken({ role: 'authenticated' }),
    request: get('/rpc/who'),
    response: failure(500, { code: 'PGRST300', message: 'Server lacks JWT secret' }),
  },
  {
    name: 'without a secret, the anonymous still come in',
    config: 'no secret',
    request: get('/rpc/who'),
    response: result('"anon"'),
  },
  {
    name: 'where the anonymous may not come in, a token is needed',
    config: 'no anonymous',
    request: get('/rpc/who'),
    response: failure(
      401,
      { code: 'PGRST302', message: 'Anonymous access is disabled' },
      { 'www-authenticate': 'Bearer' }
    ),
  },
  {
    name: 'where the anonymous may not come in, a token must have a role',
    config: 'no anonymous',
    token: hmacToken({ sub: 'ann' }),
    request: get('/rpc/who'),
    response: failure(
      401,
      { code: 'PGRST302', message: 'Anonymous access is disabled' },
      { 'www-authenticate': 'Bearer' }
    ),
  },
  {
    name: 'where the anonymous may not come in, a token with a role is taken',
    config: 'no anonymous',
    token: hmacToken({ role: 'authenticated' }),
    request: get('/rpc/who'),
    response: result('"authenticated"'),
  },
  {
    name: 'the word Bearer minds no case',
    request: get('/rpc/who', { Authorization: 'bearer nonsense' }),
    response: failure(
      401,
      { code: 'PGRST301', message: 'Expected 3 parts in JWT; got 1' },
      {
        'www-authenticate':
          'Bearer error="invalid_token", error_description="Expected 3 parts in JWT; got 1"',
      }
    ),
    response12: failure(
      401,
      {
        code: 'PGRST301',
        message: 'JWSError (CompactDecodeError Invalid number of parts: Expected 3 parts; got 1)',
      },
      {
        'www-authenticate':
          'Bearer error="invalid_token", error_description="JWSError (CompactDecodeError Invalid number of parts: Expected 3 parts; got 1)"',
      }
    ),
  },
  {
    name: 'another scheme than Bearer is no token',
    request: get('/rpc/who', { Authorization: 'Basic YTpi' }),
    response: result('"anon"'),
  },
  {
    name: 'Bearer without a token is refused',
    request: get('/rpc/who', { Authorization: 'Bearer' }),
    response: failure(
      401,
      { code: 'PGRST301', message: 'Empty JWT is sent in Authorization header' },
      {
        'www-authenticate':
          'Bearer error="invalid_token", error_description="Empty JWT is sent in Authorization header"',
      }
    ),
    response12: result('"anon"'),
  },
]

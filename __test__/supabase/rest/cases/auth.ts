// Auth: tokens, who they make of a request, and which are refused.
import { failure, get, result, type Case } from '../support/case'
import { hmacToken, rsaToken, unsignedToken } from '../support/tokens'

export const tokens: Case[] = [
  {
    name: 'without a token, the role is that of the anonymous',
    request: get('/rpc/who'),
    response: result('"anon"'),
  },
  {
    name: 'a token makes the role that it names',
    token: hmacToken({ role: 'authenticated' }),
    request: get('/rpc/who'),
    response: result('"authenticated"'),
  },
  {
    name: 'a token without a role makes the anonymous one',
    token: hmacToken({ sub: 'ann' }),
    request: get('/rpc/who'),
    response: result('"anon"'),
  },
  {
    name: 'a shared secret takes no HS384',
    token: hmacToken({ role: 'authenticated' }, { bits: 384 }),
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
    name: 'a shared secret takes no HS512',
    token: hmacToken({ role: 'authenticated' }, { bits: 512 }),
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
    name: 'a token signed with another secret is refused',
    token: hmacToken({ role: 'authenticated' }, { key: 'another secret of thirty-two characters' }),
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
    name: 'a token without a signature is refused',
    token: unsignedToken({ role: 'authenticated' }),
    request: get('/rpc/who'),
    response: failure(
      401,
      {
        code: 'PGRST301',
        message: 'Wrong or unsupported encoding algorithm',
        details: "JWT is unsecured but expected 'alg' was not 'none'",
      },
      {
        'www-authenticate':
          'Bearer error="invalid_token", error_description="Wrong or unsupported encoding algorithm"',
      }
    ),
    response12: failure(
      401,
      { code: 'PGRST301', message: 'JWSError JWSNoSignatures' },
      {
        'www-authenticate':
          'Bearer error="invalid_token", error_description="JWSError JWSNoSignatures"',
      }
    ),
  },
  {
    name: 'a token with an RSA signature is refused by a shared secret',
    token: rsaToken({ role: 'authenticated' }),
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
    name: 'text that is no token is refused',
    token: 'nonsense',
    request: get('/rpc/who'),
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
    name: 'a token of two parts is refused',
    token: 'a.b',
    request: get('/rpc/who'),
    response: failure(
      401,
      { code: 'PGRST301', message: 'Expected 3 parts in JWT; got 2' },
      {
        'www-authenticate':
          'Bearer error="invalid_token", error_description="Expected 3 parts in JWT; got 2"',
      }
    ),
    response12: failure(
      401,
      {
        code: 'PGRST301',
        message: 'JWSError (CompactDecodeError Invalid number of parts: Expected 3 parts; got 2)',
      },
      {
        'www-authenticate':
          'Bearer error="invalid_token", error_description="JWSError (CompactDecodeError Invalid number of parts: Expected 3 parts; got 2)"',
      }
    ),
  },
  {
    name: 'a token of four parts is refused',
    token: 'a.b.c.d',
    request: get('/rpc/who'),
    response: failure(
      401,
      { code: 'PGRST301', message: 'Expected 3 parts in JWT; got 4' },
      {
        'www-authenticate':
          'Bearer error="invalid_token", error_description="Expected 3 parts in JWT; got 4"',
      }
    ),
    response12: failure(
      401,
      {
        code: 'PGRST301',
        message: 'JWSError (CompactDecodeError Invalid number of parts: Expected 3 parts; got 4)',
      },
      {
        'www-authenticate':
          'Bearer error="invalid_token", error_description="JWSError (CompactDecodeError Invalid number of parts: Expected 3 parts; got 4)"',
      }
    ),
  },
  {
    name: 'a token whose claims are no JSON is refused',
    token: hmacToken('nonsense'),
    request: get('/rpc/who'),
    response: failure(
      401,
      { code: 'PGRST303', message: 'Parsing claims failed' },
      {
        'www-authenticate':
          'Bearer error="invalid_token", error_description="Parsing claims failed"',
      }
    ),
    response12: failure(
      401,
      { code: 'PGRST301', message: 'JWTClaimsSetDecodeError "Error in $: string at \'nonsense\'"' },
      {
        'www-authenticate':
          'Bearer error="invalid_token", error_description="JWTClaimsSetDecodeError \\"Error in $: string at \'nonsense\'\\""',
      }
    ),
  },
  {
    name: 'a token whose claims are no object is refused',
    token: hmacToken('[1]'),
    request: get('/rpc/who'),
    response: failure(
      401,
      { code: 'PGRST303', message: 'Parsing claims failed' },
      {
        'www-authenticate':
          'Bearer error="invalid_token", error_description="Parsing claims failed"',
      }
    ),
    response12: failure(
      401,
      {
        code: 'PGRST301',
        message:
          'JWTClaimsSetDecodeError "Error in $: parsing JWT Claims Set failed, expected Object, but encountered Array"',
      },
      {
        'www-authenticate':
          'Bearer error="invalid_token", error_description="JWTClaimsSetDecodeError \\"Error in $: parsing JWT Claims Set failed, expected Object, but encountered Array\\""',
      }
    ),
  },
]

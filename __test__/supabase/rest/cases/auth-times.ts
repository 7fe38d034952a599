// Auth: when a token is valid.
import { failure, get, result, type Case } from '../support/case'
import { hmacToken, inSeconds } from '../support/tokens'

export const tokenTimes: Case[] = [
  {
    name: 'a token that has expired is refused',
    token: () => hmacToken({ role: 'authenticated', exp: inSeconds(-60) }),
    request: get('/rpc/who'),
    response: failure(
      401,
      { code: 'PGRST303', message: 'JWT expired' },
      { 'www-authenticate': 'Bearer error="invalid_token", error_description="JWT expired"' }
    ),
    response12: failure(
      401,
      { code: 'PGRST301', message: 'JWT expired' },
      { 'www-authenticate': 'Bearer error="invalid_token", error_description="JWT expired"' }
    ),
  },
  {
    name: 'a token may have expired half a minute ago',
    token: () => hmacToken({ role: 'authenticated', exp: inSeconds(-20) }),
    request: get('/rpc/who'),
    response: result('"authenticated"'),
  },
  {
    name: 'a token that will expire is taken',
    token: () => hmacToken({ role: 'authenticated', exp: inSeconds(600) }),
    request: get('/rpc/who'),
    response: result('"authenticated"'),
  },
  {
    name: 'a token that is not valid yet is refused',
    token: () => hmacToken({ role: 'authenticated', nbf: inSeconds(600) }),
    request: get('/rpc/who'),
    response: failure(
      401,
      { code: 'PGRST303', message: 'JWT not yet valid' },
      { 'www-authenticate': 'Bearer error="invalid_token", error_description="JWT not yet valid"' }
    ),
    response12: failure(
      401,
      { code: 'PGRST301', message: 'JWTNotYetValid' },
      { 'www-authenticate': 'Bearer error="invalid_token", error_description="JWTNotYetValid"' }
    ),
  },
  {
    name: 'a token may be valid in half a minute',
    token: () => hmacToken({ role: 'authenticated', nbf: inSeconds(20) }),
    request: get('/rpc/who'),
    response: result('"authenticated"'),
  },
  {
    name: 'a token that was issued in the future is refused',
    token: () => hmacToken({ role: 'authenticated', iat: inSeconds(600) }),
    request: get('/rpc/who'),
    response: failure(
      401,
      { code: 'PGRST303', message: 'JWT issued at future' },
      {
        'www-authenticate':
          'Bearer error="invalid_token", error_description="JWT issued at future"',
      }
    ),
    response12: failure(
      401,
      { code: 'PGRST301', message: 'JWTIssuedAtFuture' },
      { 'www-authenticate': 'Bearer error="invalid_token", error_description="JWTIssuedAtFuture"' }
    ),
  },
  {
    name: 'a token that was issued in the past is taken',
    token: () => hmacToken({ role: 'authenticated', iat: inSeconds(-600) }),
    request: get('/rpc/who'),
    response: result('"authenticated"'),
  },
  {
    name: 'an expiry that is no number is refused',
    token: hmacToken({ role: 'authenticated', exp: 'soon' }),
    request: get('/rpc/who'),
    response: failure(
      401,
      { code: 'PGRST303', message: "The JWT 'exp' claim must be a number" },
      {
        'www-authenticate':
          'Bearer error="invalid_token", error_description="The JWT \'exp\' claim must be a number"',
      }
    ),
    response12: failure(
      401,
      {
        code: 'PGRST301',
        message:
          'JWTClaimsSetDecodeError "Error in $.exp: parsing NumericDate failed, expected Number, but encountered String"',
      },
      {
        'www-authenticate':
          'Bearer error="invalid_token", error_description="JWTClaimsSetDecodeError \\"Error in $.exp: parsing NumericDate failed, expected Number, but encountered String\\""',
      }
    ),
  },
  {
    name: 'a start that is no number is refused',
    token: hmacToken({ role: 'authenticated', nbf: 'soon' }),
    request: get('/rpc/who'),
    response: failure(
      401,
      { code: 'PGRST303', message: "The JWT 'nbf' claim must be a number" },
      {
        'www-authenticate':
          'Bearer error="invalid_token", error_description="The JWT \'nbf\' claim must be a number"',
      }
    ),
    response12: failure(
      401,
      {
        code: 'PGRST301',
        message:
          'JWTClaimsSetDecodeError "Error in $.nbf: parsing NumericDate failed, expected Number, but encountered String"',
      },
      {
        'www-authenticate':
          'Bearer error="invalid_token", error_description="JWTClaimsSetDecodeError \\"Error in $.nbf: parsing NumericDate failed, expected Number, but encountered String\\""',
      }
    ),
  },
  {
    name: 'a time of issue that is no number is refused',
    token: hmacToken({ role: 'authenticated', iat: 'then' }),
    request: get('/rpc/who'),
    response: failure(
      401,
      { code: 'PGRST303', message: "The JWT 'iat' claim must be a number" },
      {
        'www-authenticate':
          'Bearer error="invalid_token", error_description="The JWT \'iat\' claim must be a number"',
      }
    ),
    response12: failure(
      401,
      {
        code: 'PGRST301',
        message:
          'JWTClaimsSetDecodeError "Error in $.iat: parsing NumericDate failed, expected Number, but encountered String"',
      },
      {
        'www-authenticate':
          'Bearer error="invalid_token", error_description="JWTClaimsSetDecodeError \\"Error in $.iat: parsing NumericDate failed, expected Number, but encountered String\\""',
      }
    ),
  },
  {
    name: 'an audience that is no text is refused',
    token: hmacToken({ role: 'authenticated', aud: 5 }),
    request: get('/rpc/who'),
    response: failure(
      401,
      { code: 'PGRST303', message: "The JWT 'aud' claim must be a string or an array of strings" },
      {
        'www-authenticate':
          'Bearer error="invalid_token", error_description="The JWT \'aud\' claim must be a string or an array of strings"',
      }
    ),
    response12: failure(
      401,
      {
        code: 'PGRST301',
        message:
          'JWTClaimsSetDecodeError "Error in $.aud: parsing StringOrURI failed, expected String, but encountered Number"',
      },
      {
        'www-authenticate':
          'Bearer error="invalid_token", error_description="JWTClaimsSetDecodeError \\"Error in $.aud: parsing StringOrURI failed, expected String, but encountered Number\\""',
      }
    ),
  },
]

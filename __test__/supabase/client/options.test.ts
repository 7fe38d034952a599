import { expect, test } from 'vitest'
import { createFetch, createLocalSupabaseClient } from './support'

const WRONG: [options: unknown, message: string][] = [
  [5, 'oxbase: supabase options must be an object, got number'],
  [null, 'oxbase: supabase options must be an object, got null'],
  [{ schemas: ['public'] }, 'oxbase: unknown supabase option "schemas"; did you mean "schema"?'],
  [{ migration: 'x' }, 'oxbase: unknown supabase option "migration"; did you mean "migrations"?'],
  [{ datadir: 'x' }, 'oxbase: unknown supabase option "datadir"; did you mean "dataDir"?'],
  [{ db: { schemass: [] } }, 'oxbase: unknown db option "schemass"; did you mean "schemas"?'],
  [{ db: { 'max-rows': 5 } }, 'oxbase: unknown db option "max-rows"; did you mean "maxRows"?'],
  [
    { schema: 5 },
    'oxbase: option "schema" must be SQL text, a file name or an array of them, got 5',
  ],
  [{ seed: [5] }, 'oxbase: option "seed" must be SQL text, a file name or an array of them, got 5'],
  [{ migrations: ['a'] }, 'oxbase: option "migrations" must be a string, got array'],
  [{ drizzle: {} }, 'oxbase: option "drizzle" must be an object { schema }, got object'],
  [{ url: 5 }, 'oxbase: option "url" must be a string, got number'],
  [
    { url: 'mysql://x' },
    'oxbase: option "url" must be a URL that begins with postgres://, got mysql://x',
  ],
  [
    { url: 'postgres://x', dataDir: 'memory://' },
    'oxbase: option "dataDir" is of the embedded database; "url" excludes it',
  ],
  [{ jwtSecret: 5 }, 'oxbase: option "jwtSecret" must be a string, got number'],
  [{ db: 5 }, 'oxbase: option "db" must be an object, got number'],
  [
    { db: { maxRows: -1 } },
    'oxbase: option "maxRows" must be a whole number that is not negative, got -1',
  ],
  [
    { db: { schemas: 'public' } },
    'oxbase: option "schemas" must be an array of strings, got string',
  ],
  [{ db: { txEnd: 'never' } }, /^oxbase: option "txEnd" must be "commit" or /.source],
  [{ auth: true }, 'oxbase: option "auth" must be an object, got boolean'],
  [{ key: 5 }, 'oxbase: option "key" must be a string, got number'],
  [
    { jwtSecret: '{"keys":[]}' },
    'oxbase: option "key" must be a token when "jwtSecret" is no plain secret',
  ],
  [
    { global: { fetch: () => undefined } },
    'oxbase: option "global.fetch" is what this client brings; to wrap it, give createFetch to createClient',
  ],
]

test.each(WRONG)('%j is refused', (options, message) => {
  const make = () => createLocalSupabaseClient(options as never)
  expect(make).toThrow(TypeError)
  expect(make).toThrow(message.startsWith('^') ? new RegExp(message) : message)
})

test('createFetch takes no options of supabase-js', () => {
  expect(() => createFetch({ auth: {} } as never)).toThrow(/^oxbase: unknown fetch option "auth"; /)
  expect(() => createFetch({ db: { schema: 'x' } } as never)).toThrow(
    'oxbase: unknown db option "schema"; did you mean "schemas"?'
  )
  expect(() => createFetch({ restPath: 5 } as never)).toThrow(
    'oxbase: option "restPath" must be a string, got number'
  )
})

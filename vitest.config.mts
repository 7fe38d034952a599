// What `vitest run` runs. The conformance files run twice, once for each provider. Those of REST run a third
// time, on a server by its URL; those of the wire server, too, where another process has its database
// open. The rest knows only the embedded engine, or no engine at all.
import { defineConfig } from 'vitest/config'

/** Files that assert what the reference does: the same rules hold for both providers. */
const conformance = [
  '__test__/gen/**/*.test.ts',
  '__test__/pg/**/*.test.ts',
  '__test__/conformance/**/*.test.ts',
  '__test__/drivers/**/*.test.ts',
  '__test__/supabase/rest/**/*.test.ts',
  '__test__/server/protocol/**/*.test.ts',
]

/** Files about REST on a database, whether it is the embedded one or a server's. */
const requests = ['__test__/supabase/requests/**/*.test.ts']

/** Files about what only the embedded engine has. */
const embedded = [
  'engine',
  'queue',
  'session',
  'database',
  'swap',
  'misuse',
  'packaging',
  'soak',
  'issues',
  'recovery',
  'durability',
  'join',
  'sockets',
  'supabase/client',
  'supabase/js',
  'cli',
  'tenants',
]

export default defineConfig({
  test: {
    // Engine processes are heavy: more workers than this only take turns on the same cores.
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['__test__/unit/**/*.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'reference',
          include: conformance,
          globalSetup: ['__test__/support/reference.ts'],
          env: { PROVIDER: 'reference' },
        },
      },
      {
        extends: true,
        test: {
          name: 'oxbase',
          include: [...conformance, ...requests],
          env: { PROVIDER: 'oxbase' },
        },
      },
      {
        extends: true,
        test: {
          name: 'remote',
          include: [
            '__test__/supabase/rest/**/*.test.ts',
            ...requests,
            '__test__/supabase/remote/**/*.test.ts',
          ],
          globalSetup: ['__test__/support/reference.ts'],
          env: { PROVIDER: 'remote' },
        },
      },
      {
        extends: true,
        test: {
          name: 'joined',
          include: [
            '__test__/server/protocol/*.test.ts',
            '__test__/drivers/{pg,postgres-js}.test.ts',
          ],
          env: { PROVIDER: 'joined' },
        },
      },
      {
        extends: true,
        test: {
          name: 'oxbase-only',
          include: [
            ...embedded.map((folder) => `__test__/${folder}/**/*.test.ts`),
            '__test__/server/*.test.ts',
          ],
          env: { PROVIDER: 'oxbase' },
        },
      },
    ],
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // The package is loaded as its users load it: by Node itself, once per process.
    server: { deps: { external: [/\/dist\//, /\.node$/] } },
  },
})

// Remakes the golden files of `gen types`, __test__/gen/golden, with postgres-meta on a native PostgreSQL.
// When: by hand, after a schema in __test__/gen/schemas was changed, or postgres-meta was brought up to date.
import { mustRunTool } from './run.mjs'

await mustRunTool('vitest', [
  'run',
  '--update',
  '--project',
  'reference',
  '__test__/gen/postgres-meta.test.ts',
])

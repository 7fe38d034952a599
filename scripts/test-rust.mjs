// Runs the Rust unit tests, in the release profile: it shares every compiled dependency with the build.
// When: `npm run test:rust`, and as the first part of `npm test`.
import { mkdirSync } from 'node:fs'
import { cargoEnv } from './native.mjs'
import { isMain, run } from './run.mjs'

/** Runs `cargo test` and resolves to `{ passed, failed }`. */
export async function testRust(filters = []) {
  mkdirSync(cargoEnv.NAPI_TYPE_DEF_TMP_FOLDER, { recursive: true })
  let output = ''
  const code = await run('cargo', ['test', '--locked', '--release', '--tests', ...filters], {
    env: cargoEnv,
    onOutput: (text) => (output += text),
  })
  let passed = 0
  let failed = 0
  for (const [, ok, bad] of output.matchAll(/^test result: \w+\. (\d+) passed; (\d+) failed/gm)) {
    passed += Number(ok)
    failed += Number(bad)
  }
  // A crate that does not compile, or a process that died, has no result line.
  if (code !== 0 && failed === 0) failed = 1
  return { passed, failed }
}

if (isMain(import.meta.url)) {
  const { failed } = await testRust(process.argv.slice(2))
  process.exitCode = failed > 0 ? 1 : 0
}

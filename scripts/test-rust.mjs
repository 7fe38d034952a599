// Runs the Rust unit tests, in the release profile (it shares every compiled dependency with the build), and the replay of
// the fuzz targets' corpus. When: `npm run test:rust`, and as the first part of `npm test`.
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { cargoEnv, target } from './native.mjs'
import { isMain, run } from './run.mjs'

/** Runs `cargo test` and resolves to `{ passed, failed, failures }`. */
async function cargoTest(args, env) {
  let output = ''
  const code = await run('cargo', ['test', '--locked', ...args], {
    env: { ...cargoEnv, ...env },
    onOutput: (text) => (output += text),
  })
  let passed = 0
  let failed = 0
  for (const [, ok, bad] of output.matchAll(/^test result: \w+\. (\d+) passed; (\d+) failed/gm)) {
    passed += Number(ok)
    failed += Number(bad)
  }
  const failures = [...output.matchAll(/^test (\S+) \.\.\. FAILED$/gm)].map(([, name]) => name)
  // A crate that does not compile, or a process that died, has no result line.
  if (code !== 0 && failed === 0) {
    failed = 1
    failures.push(`cargo test ${args.join(' ')}: exit code ${code}`)
  }
  return { passed, failed, failures }
}

/** Runs all tests, or the unit tests that the filters name, and resolves to `{ passed, failed, failures }`. */
export async function testRust(filters = []) {
  mkdirSync(cargoEnv.NAPI_TYPE_DEF_TMP_FOLDER, { recursive: true })
  const unit = await cargoTest(['--release', '--tests', ...filters])
  if (filters.length > 0) return unit
  // A workspace of its own. It takes a second, once it is compiled: FUZZ_ROUNDS says how much it tries.
  const replay = await cargoTest(['--manifest-path', 'fuzz/Cargo.toml'], {
    CARGO_TARGET_DIR: path.join(target, 'fuzz'),
  })
  return {
    passed: unit.passed + replay.passed,
    failed: unit.failed + replay.failed,
    failures: [...unit.failures, ...replay.failures],
  }
}

if (isMain(import.meta.url)) {
  const { failed } = await testRust(process.argv.slice(2))
  process.exitCode = failed > 0 ? 1 : 0
}

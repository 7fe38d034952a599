// Runs every test: Rust units, vitest (conformance against both providers, and the rest), jest.
// When: `npm test`; on a fresh clone it installs and builds first. The last line is the total.
import { prepare } from './prepare.mjs'

await prepare()
const { runJest, runVitest } = await import('./test-js.mjs')
const { testRust } = await import('./test-rust.mjs')

const results = {
  rust: await testRust(),
  vitest: await runVitest(),
  jest: await runJest(),
}
const total = { passed: 0, failed: 0 }
console.log('')
for (const [suite, { passed, failed, failures }] of Object.entries(results)) {
  for (const failure of failures) console.log(`FAILED ${suite} ${failure}`)
  console.log(`${suite.padEnd(8)}${passed} passed, ${failed} failed`)
  total.passed += passed
  total.failed += failed
}
console.log(`\n${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.failed > 0 ? 1 : 0

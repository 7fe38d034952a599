// Runs vitest and jest, and counts what passed and failed from their JSON reports.
// When: imported by scripts/test.mjs and scripts/test-conformance.mjs; it does nothing by itself.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { root, run, tool } from './run.mjs'

const reports = path.join(root, 'node_modules/.cache/oxbase')

/** Backtraces of SQL errors cost milliseconds each and say nothing to a test. */
const env = { RUST_BACKTRACE: '0' }

/** `{ passed, failed }` of a report in jest's format; a file that did not load counts as one failure. */
function count(report, code) {
  if (!existsSync(report)) return { passed: 0, failed: 1 }
  const { numPassedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'))
  let failed = 0
  for (const { status, assertionResults } of testResults) {
    const bad = assertionResults.filter((each) => each.status === 'failed').length
    failed += status === 'failed' && bad === 0 ? 1 : bad
  }
  // An error outside any test fails the run too.
  if (code !== 0 && failed === 0) failed = 1
  return { passed: numPassedTests, failed }
}

function freshReport(name) {
  mkdirSync(reports, { recursive: true })
  const report = path.join(reports, name)
  rmSync(report, { force: true })
  return report
}

/** Runs vitest over `args` (projects, files); resolves to `{ passed, failed }`. */
export async function runVitest(args = []) {
  const report = freshReport('vitest.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const vitest = [tool('vitest'), 'run', ...reporters, ...args]
  return count(report, await run(process.execPath, vitest, { env }))
}

/** Runs the suite that shows the package under jest, without any flag; resolves to `{ passed, failed }`. */
export async function runJest() {
  const config = '__test__/jest/jest.config.cjs'
  const report = freshReport('jest.json')
  const jest = [tool('jest'), '-c', config, '--json', `--outputFile=${report}`]
  // The report on stdout is the one that is in the file; what people read goes to stderr.
  return count(report, await run(process.execPath, jest, { env, quiet: true }))
}

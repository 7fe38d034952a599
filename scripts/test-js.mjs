// Runs vitest and jest, and counts what passed and failed from their JSON reports.
// When: imported by scripts/test.mjs and scripts/test-conformance.mjs; it does nothing by itself.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { root, run, tool } from './run.mjs'

const reports = path.join(root, 'node_modules/.cache/oxbase')

/** Backtraces of SQL errors cost milliseconds each and say nothing to a test. */
const env = { RUST_BACKTRACE: '0' }

/** What is said of one failed test: its file, its name, and the first line of its first message. */
function describe(file, { fullName, failureMessages }) {
  const [reason = ''] = (failureMessages?.[0] ?? '').split('\n')
  return `${path.relative(root, file)}: ${fullName}: ${reason}`
}

/** `{ passed, failed, failures }` of a report in jest's format; a file that did not load counts as one failure. */
function count(report, code) {
  if (!existsSync(report))
    return { passed: 0, failed: 1, failures: [`no ${path.basename(report)}`] }
  const { numPassedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'))
  const failures = []
  for (const { name, message, status, assertionResults } of testResults) {
    const bad = assertionResults.filter((each) => each.status === 'failed')
    failures.push(...bad.map((each) => describe(name, each)))
    if (status === 'failed' && bad.length === 0) {
      failures.push(describe(name, { fullName: 'the file as a whole', failureMessages: [message] }))
    }
  }
  // An error outside any test fails the run too.
  if (code !== 0 && failures.length === 0) failures.push(`exit code ${code}, and no test failed`)
  return { passed: numPassedTests, failed: failures.length, failures }
}

function freshReport(name) {
  mkdirSync(reports, { recursive: true })
  const report = path.join(reports, name)
  rmSync(report, { force: true })
  return report
}

/** Runs vitest over `args` (projects, files); resolves to `{ passed, failed, failures }`. */
export async function runVitest(args = []) {
  const report = freshReport('vitest.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const vitest = [tool('vitest'), 'run', ...reporters, ...args]
  return count(report, await run(process.execPath, vitest, { env }))
}

/** Runs the suite that shows the package under jest, without any flag; resolves to `{ passed, failed, failures }`. */
export async function runJest() {
  const config = '__test__/jest/jest.config.cjs'
  const report = freshReport('jest.json')
  const jest = [tool('jest'), '-c', config, '--json', `--outputFile=${report}`]
  // The report on stdout is the one that is in the file; what people read goes to stderr.
  return count(report, await run(process.execPath, jest, { env, quiet: true }))
}

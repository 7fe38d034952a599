// Runs all that has to hold before a change goes in, and says at the end which steps failed.
// When: `npm run ready` before a commit; `.ci/run` passes `--skip-tests`, because it ran them already.
import { ensureDependencies } from './prepare.mjs'
import { run } from './run.mjs'

const node = (script, ...args) => ({
  command: process.execPath,
  args: [`scripts/${script}`, ...args],
})

const steps = {
  typos: node('typos.mjs'),
  format: node('format.mjs', '--check'),
  clippy: node('lint.mjs', 'clippy'),
  // The types of the binding come out of the build, and tests are checked against the built package.
  build: node('prepare.mjs'),
  tsc: node('lint.mjs', 'tsc'),
  eslint: node('lint.mjs', 'eslint'),
  licences: node('check-licences.mjs'),
  layers: node('check-layers.mjs'),
  sizes: node('ruler.mjs'),
  tests: node('test.mjs'),
  docs: node('check-docs.mjs'),
}
if (process.argv.includes('--skip-tests')) delete steps.tests

await ensureDependencies()
const failed = []
for (const [name, { command, args }] of Object.entries(steps)) {
  console.log(`\n== ${name}`)
  if ((await run(command, args)) !== 0) failed.push(name)
}
console.log(failed.length === 0 ? '\nReady.' : `\nNot ready: ${failed.join(', ')}`)
process.exitCode = failed.length === 0 ? 0 : 1

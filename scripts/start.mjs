// Runs the demonstration examples/cities.mjs: real input, every face of the package, a check of its numbers.
// When: `npm start`; on a fresh clone it installs and builds first.
import { prepare } from './prepare.mjs'
import { run } from './run.mjs'

await prepare()
process.exitCode = await run(process.execPath, ['examples/cities.mjs', ...process.argv.slice(2)])

// Runs the benchmark bench/run.mjs; the arguments after `--` go to it.
// When: `npm run bench`, on a machine that does nothing else.
import { prepare } from './prepare.mjs'
import { run } from './run.mjs'

await prepare()
process.exitCode = await run(process.execPath, ['bench/run.mjs', ...process.argv.slice(2)])

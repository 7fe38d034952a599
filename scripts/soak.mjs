// Runs the soak bench/soak/run.mjs; the arguments after `--` go to it.
// When: `npm run soak` before a release, for ten minutes; the tests run one minute of it.
import { prepare } from './prepare.mjs'
import { run } from './run.mjs'

await prepare()
process.exitCode = await run(process.execPath, ['bench/soak/run.mjs', ...process.argv.slice(2)])

// Runs the benchmark bench/run.mjs, or with `rest` or `server` first that folder's run.mjs; the arguments after `--` go to it.
// When: `npm run bench`, on a machine that does nothing else.
import { prepare } from './prepare.mjs'
import { run } from './run.mjs'

await prepare()
const [first, ...rest] = process.argv.slice(2)
const folders = ['rest', 'server']
const args = folders.includes(first)
  ? [`bench/${first}/run.mjs`, ...rest]
  : ['bench/run.mjs', ...process.argv.slice(2)]
process.exitCode = await run(process.execPath, args)

// npm run soak: many clients of all kinds on one database for a while; then everything must be in order.
//
//   --minutes=10         minutes of load
//   --clients=100        clients at the same time
//   --seed=…             decides every choice; printed, so that a run can be repeated
//   --data-dir=…         an empty directory, or memory://; default a temporary directory
//   --without=idle,kills leaves out kinds of actors (see actors/index.mjs), or the killed processes
//   --json               the report as JSON instead of a table
//
// Exit code 0 when every verdict holds. The load runs in a process of its own, whose end is bounded.

import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { save } from '../support/report.mjs'
import { scratchDirectory } from '../support/scratch.mjs'
import { parseFlags } from './flags.mjs'
import { reportText } from './report.mjs'

const LOAD = fileURLToPath(new URL('load.mjs', import.meta.url))
const RESULTS = fileURLToPath(new URL('../results/soak.json', import.meta.url))
/** What may come on top of the minutes of load: openings, kills, checks. */
const REST_MS = 180_000
/** How long the process may take to end after its report. */
const EXIT_MS = 10_000
const POLL_MS = 50
/**
 * glibc gives threads arenas of their own, up to 8 per core, and keeps them: each opening has new
 * threads, so memory would grow until there are so many. With few arenas what grows is a leak.
 */
const ARENAS = '2'

/** Runs the load; resolves with how it ended, and how long that took after the report was there. */
function runLoad(order) {
  const child = spawn(process.execPath, ['--expose-gc', LOAD, JSON.stringify(order)], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { MALLOC_ARENA_MAX: ARENAS, ...process.env, RUST_BACKTRACE: '0' },
  })
  process.once('exit', () => child.kill('SIGKILL'))
  const limit = performance.now() + order.minutes * 60_000 + REST_MS
  let reported
  const timer = setInterval(() => {
    const now = performance.now()
    if (reported === undefined && existsSync(order.report)) reported = now
    if (now > limit || now - reported > EXIT_MS) child.kill('SIGKILL')
  }, POLL_MS)
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      clearInterval(timer)
      resolve({ code, signal, ms: performance.now() - (reported ?? performance.now()) })
    })
  })
}

/** The verdict on the end of the process. */
function exitVerdict({ code, signal, ms }) {
  const ok = code === 0
  const says = ok
    ? `by itself, ${ms.toFixed(0)} ms after its report`
    : `ended with ${signal ?? code}`
  return { name: 'exit', ok, says }
}

/** Runs a soak in a scratch directory; resolves with its report. */
async function soak(flags, scratch) {
  const report = join(scratch, 'report.json')
  const files = { report, journal: join(scratch, 'journal') }
  const dataDir = flags.dataDir ?? join(scratch, 'data')
  const ended = await runLoad({ ...flags, dataDir, ...files })
  const found = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined
  const verdict = exitVerdict(ended)
  if (found !== undefined) return { ...found, verdicts: [...found.verdicts, verdict] }
  return { seed: flags.seed, verdicts: [verdict] } // the load did not live to write one
}

const flags = parseFlags(process.argv.slice(2))
const scratch = scratchDirectory()
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }))
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130))
process.stderr.write(`seed ${flags.seed}\n`)
const report = await soak(flags, scratch)
save(RESULTS, report)
console.log(flags.json ? JSON.stringify(report) : reportText(report))
process.exitCode = report.verdicts.every(({ ok }) => ok) ? 0 : 1

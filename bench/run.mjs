// npm run bench: oxbase beside its peers, in one run and in interleaved rounds.
//
//   --mode=both|awake|asis   with the cores kept awake, as the machine comes, or one after the other
//   --only=lookup,pool       some workloads (names as in workloads/index.mjs)
//   --peers=pg,oxbase        some peers
//   --rounds=7               measured rounds per peer and workload
//   --quick                  small rounds, to see that everything runs
//   --check                  exit 1 when a target is missed

import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { keepAwake } from './support/awake.mjs'
import { machine } from './support/machine.mjs'
import { measureOpen, measureProcesses } from './support/measure.mjs'
import { Peer } from './support/peer.mjs'
import { remarks, resultsTable, save, targetsTable } from './support/report.mjs'
import { scratchDirectory } from './support/scratch.mjs'
import { judge } from './targets.mjs'
import { workloads } from './workloads/index.mjs'

const RESULTS = fileURLToPath(new URL('results/latest.json', import.meta.url))
const BUILT = fileURLToPath(new URL('../dist/index.js', import.meta.url))
const PEERS = ['pg', 'pglite', 'pglite-socket', 'oxbase']
const MODES = { asis: 'cores as the machine comes', awake: 'cores kept awake' }

const { values: flags } = parseArgs({
  options: {
    mode: { type: 'string', default: 'both' },
    only: { type: 'string' },
    peers: { type: 'string' },
    rounds: { type: 'string' },
    quick: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
  },
})

/** The names a flag asks for, or all of them; an unknown one ends the run. */
function chosen(flag, all) {
  if (flags[flag] === undefined) return all
  const names = flags[flag].split(',')
  const unknown = names.find((name) => !all.includes(name))
  if (unknown) throw new Error(`--${flag}: unknown name "${unknown}", known: ${all.join(', ')}`)
  return all.filter((name) => names.includes(name))
}

function chosenPeers() {
  const names = chosen('peers', PEERS)
  if (!names.includes('oxbase') || existsSync(BUILT)) return names
  console.log('oxbase is not built (npm run build): its column is missing.')
  return names.filter((name) => name !== 'oxbase')
}

const selected = chosen(
  'only',
  workloads.map(({ name }) => name)
)
const names = chosenPeers()
const modes = flags.mode === 'both' ? Object.keys(MODES) : [flags.mode]
if (!modes.every((mode) => mode in MODES)) throw new Error(`--mode: both, awake or asis`)
const rounds = Number(flags.rounds ?? (flags.quick ? 2 : 7))

const scratch = scratchDirectory()
const cache = join(scratch, 'cache')
const env = { OXBASE_CACHE_DIR: join(cache, 'oxbase'), XDG_CACHE_HOME: cache }

let opened = 0
async function openPeer(name) {
  const peer = new Peer(name, env)
  const context = { directory: join(scratch, `main-${name}-${opened++}`), inMemory: true }
  await peer.ask('open', { context })
  return peer
}

/** Opens the peers that are not open: all at first, later those that a workload was fatal to. */
async function reopen(peers) {
  for (const name of names) {
    if (!peers.get(name)?.alive) peers.set(name, await openPeer(name))
  }
  return [...peers.values()]
}

async function measureMode(mode) {
  const results = {}
  const wanted = workloads.filter(
    ({ name, anyMode }) => selected.includes(name) && (!anyMode || mode === modes[0])
  )
  const options = {
    rounds,
    scratch: scratchDirectory(scratch),
    options: { quick: flags.quick },
    cache,
  }
  const stopAwake = mode === 'awake' ? keepAwake() : undefined
  const peers = new Map()
  try {
    for (const workload of wanted) {
      process.stderr.write(`${mode}: ${workload.title}\n`)
      results[workload.name] = workload.round
        ? await measureOpen(workload, await reopen(peers), options)
        : await measureProcesses(workload, names, options)
    }
    return results
  } finally {
    for (const peer of peers.values()) await peer.end()
    stopAwake?.()
  }
}

function print(mode, results) {
  console.log(`\n${MODES[mode]}, ${rounds} rounds\n`)
  console.log(resultsTable(workloads, results, names))
  const notes = remarks(results)
  if (notes.length > 0) console.log(`\n${notes.join('\n')}`)
  const judged = judge(results)
  if (judged.length > 0) console.log(`\n${targetsTable(workloads, judged)}`)
  return judged
}

const report = { date: new Date().toISOString(), machine: machine(), rounds, quick: flags.quick }
process.once('SIGINT', () => process.exit(130))
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }))
console.log(
  Object.entries(report.machine)
    .map(([k, v]) => `${k}: ${JSON.stringify(v)}`)
    .join('\n')
)
if (report.machine.loadAverage > report.machine.cores / 2) {
  console.log('The machine is busy with something else: these figures say little.')
}
report.modes = {}
for (const mode of modes) {
  const results = await measureMode(mode)
  report.modes[mode] = { results, targets: print(mode, results) }
}
save(RESULTS, report)
const failed = Object.values(report.modes).some(({ results }) =>
  Object.values(results).some(({ oxbase }) => oxbase?.error)
)
const missed = Object.values(report.modes).some(({ targets }) => targets.some(({ met }) => !met))
process.exitCode = failed || (flags.check && missed) ? 1 : 0

// npm run bench -- server: oxbase's wire server beside its peers, in one run and in interleaved rounds.
//
//   --mode=both|awake|asis    with the cores kept awake, as the machine comes, or one after the other
//   --only=tpcb-simple,idle   works whose names begin so (see works/); with a place at the end it is one work
//   --sockets=unix,tcp        some kinds of socket; tenants are measured over TCP
//   --storage=memory,durable  some kinds of storage; tenants are durable
//   --peers=native,oxbase     some peers
//   --rounds=5                measured rounds per peer and work
//   --seconds=1               how long a round lasts
//   --quick                   one short round, to see that everything runs
//   --check                   exit 1 when a target is missed

import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { keepAwake } from '../support/awake.mjs'
import { machine, version } from '../support/machine.mjs'
import { measureOpen } from '../support/measure.mjs'
import { available } from '../support/native.mjs'
import { save } from '../support/report.mjs'
import { scratchDirectory } from '../support/scratch.mjs'
import { belongs, places } from './places.mjs'
import { remarks, resultsTables, targetsTable } from './report.mjs'
import { ServedPeer } from './served-peer.mjs'
import { judge } from './targets.mjs'
import { works } from './works/index.mjs'
import { pgbenchVersion } from './works/pgbench.mjs'

const RESULTS = fileURLToPath(new URL('../results/server.json', import.meta.url))
const BUILT = fileURLToPath(new URL('../../dist/index.js', import.meta.url))
const ROUTER = '@namastexlabs/pglite-embedded-server'
const PEERS = ['native', 'pglite', 'pglite-socket', 'pglite-embedded-server', 'oxbase']
const MODES = { asis: 'cores as the machine comes', awake: 'cores kept awake' }

const { values: flags } = parseArgs({
  options: {
    mode: { type: 'string', default: 'both' },
    only: { type: 'string' },
    sockets: { type: 'string' },
    storage: { type: 'string' },
    peers: { type: 'string' },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    quick: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
  },
})

/** The names a flag asks for, or all of them; an unknown one ends the run. */
function chosen(flag, all) {
  const names = flags[flag]?.split(',') ?? all
  const unknown = names.find((name) => !all.includes(name))
  if (unknown) throw new Error(`--${flag}: unknown name "${unknown}", known: ${all.join(', ')}`)
  return all.filter((name) => names.includes(name))
}

function positive(flag, fallback) {
  const value = Number(flags[flag] ?? fallback)
  if (!(value > 0)) throw new Error(`--${flag} must be a number above 0, got "${flags[flag]}"`)
  return value
}

function chosenWorks() {
  const sockets = chosen('sockets', ['unix', 'tcp'])
  const storage = chosen('storage', ['memory', 'durable'])
  const names = flags.only?.split(',') ?? ['']
  const unknown = names.find((start) => !works.some(({ name }) => name.startsWith(start)))
  if (unknown) throw new Error(`--only: no work's name begins with "${unknown}"`)
  return works.filter(
    ({ name, place }) =>
      names.some((start) => name.startsWith(start)) &&
      sockets.includes(place.socket) &&
      storage.includes(place.storage)
  )
}

const selected = chosenWorks()
const wanted = chosen('peers', PEERS)
const modes = flags.mode === 'both' ? Object.keys(MODES) : [flags.mode]
if (!modes.every((mode) => mode in MODES)) throw new Error(`--mode: both, awake or asis`)
const options = { seconds: positive('seconds', 1), quick: flags.quick }
const rounds = positive('rounds', flags.quick ? 1 : 5)

const missing = {}
if (!existsSync(BUILT)) missing.oxbase = 'npm run build comes first'
if (!available()) missing.native = 'there is no native PostgreSQL for this platform'
if (version(ROUTER) === undefined) missing['pglite-embedded-server'] = 'it is not installed'
const names = wanted.filter((name) => !(name in missing))

const scratch = scratchDirectory()
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130))
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }))
const env = { OXBASE_CACHE_DIR: process.env.OXBASE_CACHE_DIR ?? join(scratch, 'cache') }

/** Opens the peers that are not open: all at first, later those that a work was fatal to. */
async function reopen(place, peers, refused) {
  for (const name of names.filter((each) => belongs(each, place))) {
    if (name in refused || peers.get(name)?.alive) continue
    await peers.get(name)?.end()
    peers.delete(name)
    try {
      peers.set(name, await ServedPeer.open(name, place, { scratch, env }))
    } catch ({ message, unsupported }) {
      refused[name] = unsupported === undefined ? { error: message } : { unsupported }
    }
  }
  return [...peers.values()]
}

/** All the work of one place. */
async function measurePlace(mode, place) {
  const results = {}
  const peers = new Map()
  const refused = {}
  try {
    for (const work of selected.filter((each) => each.place === place)) {
      process.stderr.write(`${mode}: ${work.title}\n`)
      const measured = await measureOpen(work, await reopen(place, peers, refused), {
        rounds,
        options,
      })
      results[work.name] = { ...refused, ...measured }
    }
    return results
  } finally {
    for (const peer of peers.values()) await peer.end()
  }
}

async function measureMode(mode) {
  const results = {}
  const stopAwake = mode === 'awake' ? keepAwake() : undefined
  try {
    for (const place of places) Object.assign(results, await measurePlace(mode, place))
    return results
  } finally {
    stopAwake?.()
  }
}

function print(mode, results) {
  console.log(`\n${MODES[mode]}, ${rounds} rounds of ${options.seconds} s\n`)
  console.log(resultsTables(works, results, names).join('\n\n'))
  const notes = remarks(results)
  if (notes.length > 0) console.log(`\n${notes.join('\n')}`)
  const judged = judge(works, results)
  if (judged.length > 0) console.log(`\n${targetsTable(works, judged)}`)
  return judged
}

const facts = machine()
Object.assign(facts.versions, {
  [ROUTER]: version(ROUTER),
  'pg-copy-streams': version('pg-copy-streams'),
  pgbench: pgbenchVersion(),
})
for (const [key, value] of Object.entries(facts)) console.log(`${key}: ${JSON.stringify(value)}`)
if (facts.loadAverage > facts.cores / 2) {
  console.log('The machine is busy with something else: these figures say little.')
}

const report = { date: new Date().toISOString(), machine: facts, rounds, ...options, modes: {} }
for (const mode of modes) {
  const results = await measureMode(mode)
  report.modes[mode] = { results, targets: print(mode, results) }
}
for (const [name, reason] of Object.entries(missing)) console.log(`missing: ${name}, ${reason}`)
save(RESULTS, { ...report, missing })

const measured = Object.values(report.modes)
const failed = measured.some(({ results }) =>
  Object.values(results).some(({ oxbase }) => oxbase?.error)
)
const missed = measured.some(({ targets }) => targets.some(({ met }) => !met))
process.exitCode = failed || 'oxbase' in missing || (flags.check && missed) ? 1 : 0

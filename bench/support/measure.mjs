// Runs one workload on all peers in turns: round 1 of every peer, round 2 of every peer, and so on,
// so that a machine that gets slower or faster does so for all of them.

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { Peer } from './peer.mjs'
import { scratchDirectory } from './scratch.mjs'
import { summarize } from './stats.mjs'

const WARM_UP_ROUNDS = 1
const MAX_PROCESS_ROUNDS = 5

/** Another peer begins each round. */
function rotated(list, by) {
  const at = by % list.length
  return [...list.slice(at), ...list.slice(0, at)]
}

async function attempt(failures, name, work) {
  if (failures[name]) return undefined
  try {
    return await work()
  } catch (error) {
    failures[name] = error.unsupported
      ? { unsupported: error.unsupported }
      : { error: error.message }
    return undefined
  }
}

function results(names, rounds, failures) {
  return Object.fromEntries(
    names.map((name) => [name, failures[name] ?? summarize(rounds.get(name))])
  )
}

/** A workload on databases that are open already. Resolves with { peer: figures }. */
export async function measureOpen(workload, peers, { rounds, options }) {
  const failures = {}
  const samples = new Map(peers.map((peer) => [peer.name, []]))
  const ask = async (peer, action) => {
    const request = { workload: workload.name, options }
    const answer = await attempt(failures, peer.name, () => peer.ask(action, request))
    if (failures[peer.name]?.error) await peer.end() // what an error leaves behind is not measured
    return answer
  }

  for (const peer of peers) await ask(peer, 'setup')
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    for (const peer of rotated(peers, round + WARM_UP_ROUNDS)) {
      const measured = await ask(peer, 'round')
      if (measured && round >= 0) samples.get(peer.name).push(measured)
    }
  }
  for (const peer of peers) await ask(peer, 'teardown')
  return results([...samples.keys()], samples, failures)
}

/** A workload that takes a fresh process for each sample. */
export async function measureProcesses(workload, names, { rounds, scratch, cache }) {
  const enough = Math.min(rounds, MAX_PROCESS_ROUNDS)
  const failures = {}
  const samples = new Map(names.map((name) => [name, []]))
  const directories = new Map(
    names.map((name) => [name, join(scratch, `${workload.name}-${name}`)])
  )

  const sample = async (name, action) => {
    const fresh = scratchDirectory()
    const cacheHome = workload.coldCache ? join(fresh, 'cache') : cache
    const env = { OXBASE_CACHE_DIR: join(cacheHome, 'oxbase'), XDG_CACHE_HOME: cacheHome }
    const directory = workload.reopens ? directories.get(name) : join(fresh, 'data')
    const context = { directory, inMemory: !workload.reopens, prepare: action === 'prepare' }
    const peer = new Peer(name, env)
    try {
      const before = await peer.ask('resident')
      return await peer.ask('once', { workload: workload.name, context: { ...context, before } })
    } finally {
      await peer.end()
      rmSync(fresh, { recursive: true, force: true })
    }
  }

  for (const name of names) await attempt(failures, name, () => sample(name, 'prepare'))
  for (let round = 0; round < enough; round++) {
    for (const name of rotated(names, round)) {
      const measured = await attempt(failures, name, () => sample(name, 'measure'))
      if (measured) samples.get(name).push(measured)
    }
  }
  return results(names, samples, failures)
}

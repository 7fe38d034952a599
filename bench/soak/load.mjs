// The process under test: node load.mjs <order>. It runs the rounds, judges what they left behind,
// writes its report to a file, and has to end by itself then.

import { renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { kinds } from './actors/index.mjs'
import { checkAccounts, checkCounters, checkEntries, strangers } from './checks.mjs'
import { crew } from './crew.mjs'
import { kill } from './kill.mjs'
import { Memory } from './memory.mjs'
import { added, filesBelow, holdings } from './process.mjs'
import { startProgress } from './progress.mjs'
import { schema } from './schema.mjs'
import { judge } from './verdicts.mjs'
import { watch } from './watchdog.mjs'
import { World } from './world.mjs'

const { Database } = createRequire(import.meta.url)('oxbase')

/** After each round everything is closed, and opened again for the next. */
const ROUNDS = 4
/** How long what was closed may take to be gone: idle threads of the runtime stay for 10 s. */
const SETTLE_MS = 15_000

const order = JSON.parse(process.argv[2])
const found = { wall: Date.now(), kills: [], left: [] }
const world = new World({ dataDir: order.dataDir, seed: order.seed })
const memory = new Memory()
const names = kinds.map(({ name }) => name).filter((name) => !order.without.includes(name))
const actors = crew(world, order.clients, names)
world.admit(actors)

/** Writes the report under its name at once: who finds it finds all of it. */
function save() {
  const report = judge({ order, world, memory, ...found })
  writeFileSync(`${order.report}.tmp`, JSON.stringify(report))
  renameSync(`${order.report}.tmp`, order.report)
}

/** Nobody answers any more: says so, and ends the process as it is. */
function giveUp(message) {
  found.watchdog = message
  const sessions = world.databases[0]?.sessions().filter(({ state }) => state !== 'idle') ?? []
  found.sessions = sessions.map(({ id, state, stateAgeMs, lastStatement, waitsFor }) => {
    return { id, state, seconds: Math.round(stateAgeMs / 1000), lastStatement, waitsFor }
  })
  save()
  process.exit(1)
}

/** All actors connect, work for `seconds`, and disconnect. */
async function round(seconds) {
  const controller = new AbortController()
  setMaxListeners(0, controller.signal)
  globalThis.gc() // what V8 has not collected yet says nothing about a leak
  await world.open()
  await Promise.all(actors.map((actor) => actor.open()))
  memory.resume()
  const timer = setTimeout(() => controller.abort(), seconds * 1000)
  await Promise.all(actors.map((actor) => actor.run(controller.signal)))
  clearTimeout(timer)
  memory.pause()
  await Promise.all(actors.map((actor) => actor.finish()))
  await Promise.all(actors.map((actor) => actor.close()))
  await world.close()
}

/** What of `look()` is still there when there was time for it to go; undefined when nothing is. */
async function remains(look) {
  const until = performance.now() + SETTLE_MS
  let rest = look()
  while (Object.keys(rest).length > 0 && performance.now() < until) {
    await sleep(50)
    rest = look()
  }
  return rest
}

async function rounds() {
  await world.begin(schema)
  for (let number = 1; number <= ROUNDS; number += 1) {
    await round((order.minutes * 60) / ROUNDS)
    found.left.push(...(await remains(() => (world.inMemory ? [] : filesBelow(world.dataDir)))))
    if (number < ROUNDS && !world.inMemory && !order.without.includes('kills')) {
      found.kills.push(await kill(world, number, order.journal))
    }
  }
  await world.with(async (database) => {
    found.entries = await checkEntries(database, world.ledgers.values())
    found.strangers = await strangers(database, world.ledgers)
    found.accounts = await checkAccounts(database)
    found.counters = await checkCounters(database, world.counters)
  })
  await world.end()
}

// The runtime's own pool of threads comes with the first database and stays: it counts as the start.
found.bare = holdings()
await (await Database.open({ dataDir: 'memory://' })).close()
found.before = holdings()

const unwatch = watch(actors, giveUp)
const endProgress = startProgress(world, memory)

await rounds()
endProgress()
unwatch()

const parts = ['handles', 'threads', 'files']
found.after = holdings()
found.rest = await remains(() => {
  found.after = holdings()
  const more = parts.map((part) => [part, added(found.before[part], found.after[part])])
  return Object.fromEntries(more.filter(([, names]) => Object.keys(names).length > 0))
})
save()

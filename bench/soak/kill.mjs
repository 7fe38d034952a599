// A process that is killed in the middle of its work: a victim runs part of the load on the directory,
// and dies by SIGKILL. Its journal says what had been acknowledged by then.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { checkAccounts, checkEntries } from './checks.mjs'
import { Random } from './random.mjs'

const VICTIM = fileURLToPath(new URL('victim.mjs', import.meta.url))
const START_MS = 30_000
const POLL_MS = 20
/** Numbers of a victim's actors are above those of everybody else, and of the victims before. */
const firstActor = (kill) => kill * 100_000

/** The lines that were written whole; the last one may have been cut off. */
function lines(journal) {
  return readFileSync(journal, 'utf8').split('\n').slice(0, -1)
}

/** Waits until the victim works, and a while that the seed decides. */
async function letItWork(child, journal, random) {
  const until = performance.now() + START_MS
  while (lines(journal).length === 0) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error('the victim ended')
    if (performance.now() > until) throw new Error('the victim wrote nothing')
    await sleep(POLL_MS)
  }
  await sleep(random.whole(500, 1500))
}

/** Runs a victim, kills it, and opens its directory again: its writes must be as its journal says. */
export async function kill(world, number, journal) {
  closeSync(openSync(journal, 'w'))
  const order = { dataDir: world.dataDir, seed: world.seed, first: firstActor(number), journal }
  const child = spawn(process.execPath, [VICTIM, JSON.stringify(order)], { stdio: 'inherit' })
  const ended = once(child, 'exit')
  try {
    await letItWork(child, journal, new Random(world.seed, 'kill', number))
  } finally {
    child.kill('SIGKILL')
    await ended
  }
  const ledgers = new Set()
  for (const line of lines(journal)) {
    const [actor] = line.split(' ', 1)
    const ledger = world.ledger(Number(actor))
    ledger.replay(line.slice(actor.length + 1))
    ledgers.add(ledger)
  }
  rmSync(journal)
  return world.with(async (database) => {
    const entries = await checkEntries(database, ledgers)
    const accounts = await checkAccounts(database)
    return { signal: child.signalCode, ...entries, accounts: accounts.wrong.length }
  })
}

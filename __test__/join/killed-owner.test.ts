// Four processes write into one directory at once, and the one that has it open is killed again and again: no row that
// was acknowledged is lost, and no transaction is there by halves.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { Ledger, type Found } from '../durability/ledger'
import { randomFrom } from '../durability/random.mjs'
import { FOUND, SCHEMA } from '../durability/schema.mjs'
import { startNode } from '../support/child'
import { Database, open, temporaryDirectory } from '../support/embedded'

const WRITER = fileURLToPath(new URL('writer.mjs', import.meta.url))
const ROUNDS = Number(process.env['OXBASE_JOIN_ROUNDS'] ?? 8)
const SEED = Number(process.env['OXBASE_JOIN_SEED'] ?? Date.now() % 1_000_000)

/** Starts a writer; what it tells goes into the ledger. */
function startWriter(dataDir: string, number: number, ledger: Ledger, wrong: string[]) {
  const { child, said, outcome } = startNode([WRITER], {
    env: { DATA_DIR: dataDir, WRITER: String(number) },
  })
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
    if (line.startsWith('wrong')) wrong.push(line)
    else ledger.take(line)
  })
  return { child, opened: said('open'), outcome }
}

/** The process that says that it has the directory open. */
function holder(dataDir: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(join(dataDir, 'pgdata', 'oxbase.pid'), 'utf8'))
  } catch {
    return undefined
  }
}

test(`no acknowledged row is lost when owners are killed (OXBASE_JOIN_SEED=${SEED})`, async () => {
  const dataDir = join(temporaryDirectory(), 'data')
  const first = await Database.open({ dataDir })
  await first.exec(SCHEMA)
  await first.close()
  const random = randomFrom(SEED)
  const ledger = new Ledger()
  const wrong: string[] = []
  let number = 0
  const begin = () => startWriter(dataDir, (number += 1), ledger, wrong)
  const writers = [begin(), begin(), begin(), begin()]
  await Promise.all(writers.map(({ opened }) => opened))
  let killed = 0
  for (let round = 0; round < ROUNDS; round++) {
    await pause(300 + random(700))
    const pid = holder(dataDir)
    const owner = writers.findIndex(({ child }) => child.pid === pid)
    const victim = owner >= 0 ? owner : random(writers.length)
    if (owner >= 0) killed += 1
    const { child, outcome } = writers[victim] as (typeof writers)[0]
    child.kill('SIGKILL')
    await outcome
    writers[victim] = begin()
    await writers[victim]?.opened
  }
  for (const { child } of writers) child.stdin?.end()
  const ends = await Promise.all(writers.map(({ outcome }) => outcome))
  expect(ends.map(({ code, stderr }) => [code, stderr])).toEqual(writers.map(() => [0, '']))
  const database = await open({ dataDir, join: false })
  const { rows } = await database.query(FOUND)
  expect(wrong).toEqual([])
  expect(ledger.judge({ ...(rows[0] as Found), counters: '' })).toEqual([])
  expect(killed).toBeGreaterThan(ROUNDS / 2)
  expect(ledger.size).toBeGreaterThan(100)
}, 180_000)

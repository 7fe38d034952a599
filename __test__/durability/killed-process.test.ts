// A process that writes to a directory is killed at random moments, again and again, in the same directories.
// OXBASE_CRASH_ROUNDS asks for more rounds, OXBASE_CRASH_SEED for the rounds of another run.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { startNode } from '../support/child'
import { open, temporaryDirectory } from '../support/embedded'
import { Ledger } from './ledger'
import { pick, randomFrom } from './random.mjs'

const WRITER = fileURLToPath(new URL('writer.mjs', import.meta.url))
const ROUNDS = Number(process.env['OXBASE_CRASH_ROUNDS'] ?? 200)
const SEED = Number(process.env['OXBASE_CRASH_SEED'] ?? Date.now() % 1_000_000)
const DIRECTORIES = 2
/** After which word of the writer it is killed, and how many milliseconds later at most. */
const MOMENTS = [
  { word: 'now opening', within: 500 },
  { word: 'now opening', within: 1000 },
  { word: 'now writing', within: 600 },
  { word: 'now writing', within: 1200 },
  { word: 'now writing', within: 1200 },
  { word: 'now checkpoint', within: 12 },
  { word: 'now copy', within: 15 },
  { word: 'now definition', within: 10 },
]

/** Runs one writer until it is killed; what it found is judged, what it told goes into the ledger. */
async function round(
  dataDir: string,
  number: number,
  random: (n: number) => number,
  ledger: Ledger
) {
  const moment = pick(random, MOMENTS)
  const env = { DATA_DIR: dataDir, ROUND: String(number), SEED: String(random(2 ** 31)) }
  const delay = random(moment.within * 1000) / 1000
  const { child, outcome } = startNode([WRITER], { env })
  const wrong: string[] = []
  let armed = false
  for await (const line of createInterface({ input: child.stdout })) {
    const found = ledger.take(line)
    if (found !== undefined) wrong.push(...ledger.judge(found))
    if (armed || !line.startsWith(moment.word)) continue
    armed = true
    setTimeout(() => child.kill('SIGKILL'), delay)
  }
  const { signal, stderr } = await outcome
  if (signal !== 'SIGKILL') wrong.push(`the writer ended by itself: ${stderr}`)
  const at = `round ${number}, killed ${delay} ms after "${moment.word}"`
  return wrong.map((what) => `${at}: ${what}`)
}

/** Whether all indexes and tables are sound, as far as PostgreSQL can tell. */
async function unsound(dataDir: string): Promise<unknown[]> {
  const database = await open({ dataDir, extensions: ['amcheck'] })
  await database.exec('create extension if not exists amcheck')
  await database.exec(`select bt_index_check(c.oid, true) from pg_class c join pg_am a on a.oid = c.relam
    where c.relkind = 'i' and a.amname = 'btree'`)
  const { rows } = await database.query(`select c.relname, v.msg from pg_class c,
    lateral verify_heapam(c.oid) v where c.relkind in ('r', 't')`)
  await database.close()
  return rows
}

test(
  `nothing acknowledged is lost and nothing is half there after each of ${ROUNDS} kills`,
  async () => {
    console.log(`OXBASE_CRASH_SEED=${SEED}`)
    const parent = temporaryDirectory()
    const inDirectory = async (index: number) => {
      const random = randomFrom(SEED + index)
      const dataDir = join(parent, `data${index}`)
      const ledger = new Ledger()
      const wrong: string[] = []
      for (let number = 1; number <= ROUNDS / DIRECTORIES && wrong.length === 0; number++) {
        wrong.push(...(await round(dataDir, number, random, ledger)))
      }
      if (wrong.length === 0)
        wrong.push(...(await unsound(dataDir)).map((row) => JSON.stringify(row)))
      return { wrong, kept: ledger.size }
    }
    const outcomes = await Promise.all(
      Array.from({ length: DIRECTORIES }, (_, i) => inDirectory(i))
    )
    console.log(`acknowledged transactions: ${outcomes.map(({ kept }) => kept).join(' + ')}`)
    expect(
      outcomes.flatMap(({ wrong }) => wrong),
      `OXBASE_CRASH_SEED=${SEED}`
    ).toEqual([])
    expect(outcomes.every(({ kept }) => kept > 0)).toBe(true)
  },
  ROUNDS * 10_000
)

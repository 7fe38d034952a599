// Loss of power: the file-system calls of a writer are recorded, and the disk is made as it may be found when the power
// goes at one of them. OXBASE_POWER_LOSSES asks for more states, OXBASE_CRASH_SEED for those of another run.
import { spawnSync } from 'node:child_process'
import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { startNode } from '../support/child'
import { Database, temporaryDirectory } from '../support/embedded'
import { Disk, Operation, readCalls, type Call } from './disk'
import { Ledger, type Found } from './ledger'
import { pick, randomFrom } from './random.mjs'
import { FOUND } from './schema.mjs'

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const LOSSES = Number(process.env['OXBASE_POWER_LOSSES'] ?? 30)
const SEED = Number(process.env['OXBASE_CRASH_SEED'] ?? Date.now() % 1_000_000)
const absent =
  process.platform !== 'linux'
    ? 'LD_PRELOAD needs Linux'
    : spawnSync('cc', ['--version']).status !== 0
      ? 'there is no C compiler'
      : undefined
const maybe = absent === undefined ? test : test.skip
const because = absent === undefined ? '' : ` (skipped: ${absent})`

/** Starts a writer of so many transactions. */
function startWriter(
  dataDir: string,
  round: number,
  transactions: number,
  more: Record<string, string> = {}
) {
  const [DATA_DIR, ROUND, SEED_OF_ROUND] = [dataDir, String(round), String(SEED + round)]
  // The recording is of files: a socket for other processes is none.
  const own = { OXBASE_JOIN: 'off', TRANSACTIONS: String(transactions) }
  const env = { DATA_DIR, ROUND, SEED: SEED_OF_ROUND, ...own, ...more }
  return startNode([here('writer.mjs')], { env })
}

/** A database whose process was killed, so that it has to recover, and the recording of the next writer on it. */
async function recorded(RELAXED = '0') {
  const parent = temporaryDirectory()
  const [root, base, log, library] = ['data', 'base', 'log', 'record.so'].map((name) =>
    join(parent, name)
  ) as [string, string, string, string]
  const { stderr } = spawnSync('cc', ['-shared', '-fPIC', '-o', library, here('record.c'), '-ldl'])
  expect(stderr.toString()).toBe('')
  const killed = startWriter(root, 1, 1000)
  // Whether it is kept is left to chance.
  await killed.said('begun 100100\n')
  killed.child.kill('SIGKILL')
  const before = (await killed.outcome).stdout.split('\n')
  cpSync(root, base, { recursive: true })
  const recording = { LD_PRELOAD: library, RECORD_LOG: log, RECORD_ROOT: `${root}/`, RELAXED }
  const ended = await startWriter(root, 2, 150, recording).outcome
  expect(ended).toMatchObject({ code: 0, stderr: '' })
  return { parent, root, base, before, calls: readCalls(log) }
}

/** Every file below, by its path. */
function files(root: string): Map<string, Buffer> {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  return new Map(paths.sort().map((path) => [path.slice(root.length), readFileSync(path)]))
}

async function findIn(dataDir: string): Promise<Found> {
  const database = await Database.open({ dataDir })
  try {
    return (await database.query(FOUND)).rows[0] as Found
  } finally {
    await database.close()
  }
}

/** What is wrong with each of the states that the power may leave: those that did not open count as well. */
async function losses(
  { parent, root, base, before, calls }: Awaited<ReturnType<typeof recorded>>,
  count: number
): Promise<string[]> {
  const random = randomFrom(SEED)
  const said = calls.flatMap((call, at) => (call.operation === Operation.SAY ? [at] : []))
  const moments = Array.from({ length: count }, (_, n) =>
    n % 2 ? pick(random, said) : random(calls.length)
  )
  const disk = new Disk(base, root)
  const lines = [...before]
  const wrong: string[] = []
  let seen = 0
  const advance = (call: Call) => {
    disk.take(call)
    if (call.operation === Operation.SAY) lines.push(...call.bytes.toString().split('\n'))
  }
  for (const moment of moments.sort((a, b) => a - b)) {
    for (; seen <= moment; seen++) advance(calls[seen] as Call)
    const share = pick(random, [0, 0, 20, 50, 90])
    const state = join(parent, 'state')
    disk.write(state, () => random(100) < share)
    const ledger = new Ledger()
    for (const line of lines) ledger.take(line)
    const problems = await findIn(state).then(
      (found) => ledger.judge(found),
      (error: Error) => [error.message]
    )
    wrong.push(...problems.map((what) => `call ${moment}, ${share} % kept: ${what}`))
    rmSync(state, { recursive: true })
  }
  return wrong
}

maybe(
  `the recording is complete: played to its end it is the directory itself${because}`,
  async () => {
    const { parent, root, base, calls } = await recorded()
    const disk = new Disk(base, root)
    for (const call of calls) disk.take(call)
    disk.write(join(parent, 'state'), () => true)
    const [played, real] = [files(join(parent, 'state')), files(root)]
    expect([...played.keys()]).toEqual([...real.keys()])
    expect(
      [...real].filter(([path, bytes]) => !played.get(path)?.equals(bytes)).map(([path]) => path)
    ).toEqual([])
  },
  300_000
)

maybe(
  `nothing acknowledged is lost and nothing is half there after any of ${LOSSES} losses of power${because}`,
  async () => {
    console.log(`OXBASE_CRASH_SEED=${SEED}`)
    const recording = await recorded()
    expect(await losses(recording, LOSSES), `OXBASE_CRASH_SEED=${SEED}`).toEqual([])
  },
  LOSSES * 20_000
)

maybe(
  `where commits do not wait for the disk the same losses do harm${because}`,
  async () => {
    expect(await losses(await recorded('1'), 4)).not.toEqual([])
  },
  300_000
)

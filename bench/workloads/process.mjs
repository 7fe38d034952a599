// Workloads that take a process for themselves: start to first row, reopening, resident memory.
// `once(load, context)` runs in a fresh child; `load` imports the peer, so that loading counts too.

import { expectRows } from './seed.mjs'

const LOOKUPS = 1000

async function firstRow(load, context) {
  const start = performance.now()
  const { open } = await load()
  const db = await open(context)
  expectRows(await db.query('select 1 as one'), 1)
  const elapsed = performance.now() - start
  await db.close()
  return [elapsed]
}

export const startCold = {
  name: 'start-cold',
  title: 'start to first row, empty cache',
  unit: 'ms',
  coldCache: true,
  once: firstRow,
}

export const startWarm = {
  name: 'start-warm',
  title: 'start to first row, filled cache',
  unit: 'ms',
  once: firstRow,
}

export const reopen = {
  name: 'reopen',
  title: 'reopening a directory, to first row',
  unit: 'ms',
  reopens: true,
  async once(load, context) {
    if (!context.prepare) return firstRow(load, context)
    const { open } = await load()
    const db = await open(context)
    await db.exec('create table kept as select n from generate_series(1, 10000) as n')
    await db.close()
    return undefined
  },
}

/** MiB of this process and of the server's processes, less what `context` says about a bare one. */
async function resident(load, context, bare) {
  const { open } = await load()
  const db = await open(context)
  await db.exec(`create table items (id int primary key, name text)`)
  await db.exec(`insert into items select n, 'item ' || n from generate_series(1, 1000) as n`)
  for (let id = 1; id <= LOOKUPS; id++) {
    expectRows(await db.query('select id, name from items where id = $1', [id]), 1)
  }
  const total = process.memoryUsage.rss() / 2 ** 20 + db.serverMemory()
  await db.close()
  return [total - bare]
}

export const memory = {
  name: 'memory',
  title: 'resident memory after 1,000 lookups',
  unit: 'MiB',
  anyMode: true,
  once: (load, context) => resident(load, context, 0),
}

export const memoryAbove = {
  name: 'memory-above',
  title: 'the same, less a bare Node process',
  unit: 'MiB',
  anyMode: true,
  once: (load, context) => resident(load, context, context.before),
}

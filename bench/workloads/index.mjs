// Every workload, in the order of the report.

import { copy } from './copy.mjs'
import { eventLoop } from './event-loop.mjs'
import { notify } from './notify.mjs'
import { pool } from './pool.mjs'
import { memory, memoryAbove, reopen, startCold, startWarm } from './process.mjs'
import { mixed, rows1000, rows100000 } from './rows.mjs'
import { insertDurable, insertMemory, lookup, prepared, select1 } from './small.mjs'

/**
 * A workload is `{ name, title, unit }` with either `round(db, state, options)` → samples, plus
 * optional `setup` and `teardown`, on an open database; or `once(load, context)` → samples, in a
 * process of its own.
 */
export const workloads = [
  startCold,
  startWarm,
  reopen,
  select1,
  lookup,
  prepared,
  pool,
  insertDurable,
  insertMemory,
  rows1000,
  rows100000,
  mixed,
  copy,
  notify,
  eventLoop,
  memory,
  memoryAbove,
]

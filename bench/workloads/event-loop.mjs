// How long the event loop of the application stands still during a query of about half a second.

import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as after } from 'node:timers/promises'

const TARGET_MS = 500
const RESOLUTION_MS = 1
const SETTLE_MS = 20
const PROBE = 500_000

const counting = (db, n) => db.query(`select count(*) from generate_series(1, ${n})`)

export const eventLoop = {
  name: 'event-loop',
  title: 'p99 event-loop delay in a 0.5 s query',
  unit: 'ms',

  /** The length of the series that takes this peer half a second. */
  async setup(db) {
    let n = PROBE
    for (let step = 0; step < 3; step++) {
      const start = performance.now()
      await counting(db, n)
      n = Math.round((n * TARGET_MS) / (performance.now() - start))
    }
    return n
  },

  async round(db, n) {
    const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
    histogram.enable()
    await after(SETTLE_MS) // the first tick only starts the clock
    await counting(db, n)
    await after(SETTLE_MS)
    histogram.disable()
    // The histogram holds intervals between two ticks; the delay is what exceeds the resolution.
    return [Math.max(0, histogram.percentile(99) / 1e6 - RESOLUTION_MS)]
  },
}

// Timing of asynchronous work.

/** Runs `run(item)` for each item, one after the other, and resolves with the microseconds of each. */
export async function microsecondsEach(items, run) {
  const samples = []
  for (const item of items) {
    const start = performance.now()
    await run(item)
    samples.push((performance.now() - start) * 1000)
  }
  return samples
}

/** The milliseconds of each of `count` runs; `before` is not timed. */
export async function millisecondsEach(count, run, before) {
  const samples = []
  for (let i = 0; i < count; i++) {
    await before?.()
    const start = performance.now()
    await run()
    samples.push(performance.now() - start)
  }
  return samples
}

/** An error that says that a peer cannot do a workload at all. */
export function unsupported(reason) {
  return Object.assign(new Error(reason), { unsupported: reason })
}

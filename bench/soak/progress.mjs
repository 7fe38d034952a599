// A line every few seconds about how far the soak is, on standard error.

const EVERY_MS = 5_000

/** Writes lines until the function that is returned is called. */
export function startProgress(world, memory) {
  let [steps, at] = [0, performance.now()]
  const timer = setInterval(() => {
    const [second, , mib] = memory.samples.at(-1) ?? [0, 0, 0]
    const rate = ((world.tally.steps - steps) / (performance.now() - at)) * 1000
    ;[steps, at] = [world.tally.steps, performance.now()]
    const facts = [
      `${second} s`.padStart(6),
      `${steps} steps (${rate.toFixed(0)}/s)`,
      `${world.tally.unexpected.count} unexpected errors`,
      `${world.restarts} restarts`,
      `${mib.toFixed(0)} MiB`,
    ]
    process.stderr.write(`${facts.join(', ')}\n`)
  }, EVERY_MS)
  return () => clearInterval(timer)
}

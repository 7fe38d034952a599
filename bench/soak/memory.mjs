// Resident memory, second by second, and whether it is flat. The clock runs while there is load only:
// between two rounds, when everything is closed, nothing is sampled.

import { resident } from './process.mjs'

const SECOND_MS = 1000
/** How much more the end may have than the beginning. */
const GROWTH = 0.1

/** The two windows that are compared, in seconds of load. */
export function windows(minutes) {
  const total = minutes * 60
  const third = minutes >= 4
  // A run that is too short for minutes compares quarters: the second with the last.
  const length = third ? 60 : total / 4
  const from = third ? 120 : length
  return { early: [from, from + length], late: [total - length, total] }
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

export class Memory {
  #timer
  /** Milliseconds of load before the present round, and when that began. */
  #before = 0
  #began = 0
  /** [second of load, MiB as Node says, MiB as the kernel says] */
  samples = []

  /** Samples once a second until `pause`. */
  resume() {
    this.#began = performance.now()
    this.#timer = setInterval(() => this.#sample(), SECOND_MS)
  }

  pause() {
    clearInterval(this.#timer)
    this.#sample()
    this.#before = this.#elapsed
  }

  get #elapsed() {
    return this.#before + performance.now() - this.#began
  }

  #sample() {
    const { node, kernel } = resident()
    this.samples.push([Math.round(this.#elapsed / SECOND_MS), node, kernel ?? node])
  }

  /** The means of both windows, and whether the late one is within the limit. */
  judge(minutes) {
    const { early, late } = windows(minutes)
    const within = ([from, to]) =>
      this.samples.filter(([second]) => second > from && second <= to).map(([, , mib]) => mib)
    const [before, after] = [mean(within(early)), mean(within(late))]
    return { early, late, before, after, flat: after <= before * (1 + GROWTH) }
  }
}

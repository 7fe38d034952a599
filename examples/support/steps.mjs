// Steps of a demonstration: each is timed, says what it did, and its claims are checked.

import { table } from './table.mjs'

export class Steps {
  #rows = []
  #wrong = []

  /** Runs one step; `work` resolves with a sentence about what came out. */
  async run(step, work) {
    const start = performance.now()
    const result = await work()
    this.#rows.push({ step, result, ms: Number((performance.now() - start).toFixed(1)) })
  }

  /** Notes a claim; one that does not hold makes the whole demonstration fail. */
  check(claim, actual, expected) {
    if (actual !== expected) this.#wrong.push(`${claim}: expected ${expected}, got ${actual}`)
  }

  /** Prints the summary; true when every claim held. */
  report() {
    console.log(`\nWhat was done\n${table(this.#rows)}`)
    for (const line of this.#wrong) console.error(`WRONG: ${line}`)
    return this.#wrong.length === 0
  }
}

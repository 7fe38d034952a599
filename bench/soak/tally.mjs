// Counts, errors and durations by kind of actor, in an amount of memory that does not grow.

/** Each bucket of a histogram ends this much above the one before. */
const FACTOR = 1.15
const BUCKETS = 150
/** Examples of unexpected errors that are kept. */
const EXAMPLES = 20

class Histogram {
  #counts = new Uint32Array(BUCKETS)
  #total = 0
  max = 0

  add(ms) {
    const bucket = Math.ceil(Math.log(Math.max(ms, 0.001) * 1000) / Math.log(FACTOR))
    this.#counts[Math.min(bucket, BUCKETS - 1)] += 1
    this.#total += 1
    this.max = Math.max(this.max, ms)
  }

  /** The upper bound of the bucket that `share` of the durations reach, in milliseconds. */
  percentile(share) {
    let left = Math.ceil(this.#total * share)
    const bucket = this.#counts.findIndex((count) => (left -= count) <= 0)
    return Math.min(FACTOR ** bucket / 1000, this.max)
  }
}

/** What one soak counted. */
export class Tally {
  #kinds = new Map()
  errors = {}
  unexpected = { count: 0, examples: [] }
  steps = 0

  /** A step of an actor has ended, after `ms`. */
  step(kind, ms) {
    this.steps += 1
    const row = this.#row(kind)
    row.steps += 1
    row.times.add(ms)
  }

  /** An error that belongs to what the actor does. */
  expected(kind, error) {
    this.#row(kind).errors += 1
    const code = error.code ?? error.name
    this.errors[code] = (this.errors[code] ?? 0) + 1
  }

  /** An error that should not have come, or a wrong answer. */
  surprise(kind, where, error) {
    this.#row(kind).unexpected += 1
    this.unexpected.count += 1
    if (this.unexpected.examples.length >= EXAMPLES) return
    const code = error.code === undefined ? '' : `${error.code} `
    this.unexpected.examples.push(`${where}: ${code}${error.message}`)
  }

  /** Figures by kind, for the report. */
  rows() {
    return [...this.#kinds].map(([kind, { times, ...counts }]) => ({
      kind,
      ...counts,
      p50: times.percentile(0.5),
      p99: times.percentile(0.99),
      max: times.max,
    }))
  }

  #row(kind) {
    let row = this.#kinds.get(kind)
    if (row === undefined) {
      row = { steps: 0, errors: 0, unexpected: 0, times: new Histogram() }
      this.#kinds.set(kind, row)
    }
    return row
  }
}

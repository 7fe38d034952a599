// Numbers from samples: median, percentiles, and how they are written in a table.

/** The value below which `share` (0..1) of the samples lie; nearest rank. */
export function percentile(samples, share) {
  if (samples.length === 0) return NaN
  const sorted = Float64Array.from(samples).sort()
  const rank = Math.ceil(share * sorted.length) - 1
  return sorted[Math.min(sorted.length - 1, Math.max(0, rank))]
}

export function median(samples) {
  if (samples.length === 0) return NaN
  const sorted = Float64Array.from(samples).sort()
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}

/** One peer's rounds (an array of samples each) as the figures that are reported. */
export function summarize(rounds) {
  const samples = rounds.flat()
  const medians = rounds.map(median)
  return {
    median: median(samples),
    p99: percentile(samples, 0.99),
    lowest: Math.min(...medians),
    highest: Math.max(...medians),
    samples: samples.length,
  }
}

/** A number with three significant digits, without an exponent. */
export function figure(value) {
  if (!Number.isFinite(value)) return '-'
  if (value === 0) return '0'
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))))
  return value.toFixed(Math.min(3, digits))
}

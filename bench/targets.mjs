// What oxbase must reach: its median divided by a peer's, or its own figure, at most `limit`.

export const targets = [
  { workload: 'lookup', against: 'pg', limit: 0.5 },
  { workload: 'prepared', against: 'pg', limit: 0.6 },
  { workload: 'pool', against: 'pg', limit: 0.33 },
  { workload: 'rows-1000', against: 'pg', limit: 0.6 },
  { workload: 'rows-100000', against: 'pg', limit: 0.6 },
  { workload: 'mixed', against: 'pg', limit: 0.8 },
  { workload: 'insert-durable', against: 'pg', limit: 1.0 },
  { workload: 'copy', against: 'pg', limit: 1.3 },
  { workload: 'start-warm', against: 'pglite', limit: 0.3 },
  { workload: 'reopen', against: 'pglite', limit: 0.8 },
  { workload: 'memory', against: 'pglite', limit: 0.25 },
  { workload: 'memory-above', against: 'pglite', limit: 0.25 },
  { workload: 'event-loop', limit: 5 },
]

/** The targets that `results` ({ workload: { peer: figures } }) say something about. */
export function judge(results) {
  return targets.flatMap((target) => {
    const ours = results[target.workload]?.oxbase?.median
    const theirs = target.against && results[target.workload]?.[target.against]?.median
    if (ours === undefined || (target.against && theirs === undefined)) return []
    const value = target.against ? ours / theirs : ours
    return [{ ...target, value, met: value <= target.limit }]
  })
}

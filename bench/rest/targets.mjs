// What oxbase must reach. A time is divided by the peer's and at most `limit`; requests a second are at least that.

/** The peers that are others' work; the rest are our own layer in other places, and the floor. */
export const OTHERS = ['postgrest', 'lite-sqlite', 'lite-pglite', 'nano']
const FASTEST = 'fastest peer'

export const targets = [
  { work: 'row', against: FASTEST, limit: 0.35 },
  { work: 'row', against: 'postgrest', limit: 0.2 },
  { work: 'embed', against: FASTEST, limit: 0.4 },
  { work: 'row-50', against: FASTEST, limit: 1.5 },
  { work: 'row-50', against: 'postgrest', limit: 4 },
]

/** The best of the others at a work, or undefined when none did it. */
export function fastest({ unit }, row) {
  const better = unit === 'µs' ? (a, b) => a - b : (a, b) => b - a
  const able = OTHERS.filter((name) => row[name]?.median > 0)
  return able.sort((a, b) => better(row[a].median, row[b].median))[0]
}

/** oxbase's median divided by a peer's. */
export function ratio(row, name) {
  const value = row.oxbase?.median / row[name]?.median
  return Number.isFinite(value) ? value : undefined
}

/** The targets that `results` ({ work: { peer: figures } }) say something about. */
export function judge(works, results) {
  return targets.flatMap(({ work: name, against, limit }) => {
    const row = results[name]
    if (!row) return []
    const work = works.find((each) => each.name === name)
    const peer = against === FASTEST ? fastest(work, row) : against
    const value = ratio(row, peer)
    if (value === undefined) return []
    const isTime = work.unit === 'µs'
    const met = isTime ? value <= limit : value >= limit
    return [{ work: name, against, peer, limit, isTime, value, met }]
  })
}

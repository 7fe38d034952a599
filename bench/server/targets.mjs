// What oxbase must reach: at least so many times a peer's figure (`atLeast`), at most so many times it, or at most a figure
// of its own (`atMost`). A target holds at every place the work is done at, or at those of one storage.

const TPCB = ['tpcb-simple-1', 'tpcb-simple-4', 'tpcb-prepared-1', 'tpcb-prepared-4']

export const targets = [
  { work: 'select-prepared-1', against: 'native', atLeast: 0.7 },
  { work: 'select-prepared-4', against: 'pglite-socket', atLeast: 4 },
  ...TPCB.flatMap((work) => [
    { work, storage: 'memory', against: 'pglite-socket', atLeast: 2 },
    { work, storage: 'durable', against: 'native', atLeast: 0.8 },
  ]),
  { work: 'idle', atMost: 50 },
  { work: 'provision', against: 'pglite', atMost: 0.5 },
  { work: 'wake', atMost: 300 },
  { work: 'route', atMost: 1 },
]

/** oxbase's median divided by a peer's, or alone; undefined when one of them has no figure, or none above 0. */
export function ratio(row, against) {
  const divisor = against === undefined ? 1 : row[against]?.median
  const value = divisor > 0 ? row.oxbase?.median / divisor : NaN
  return Number.isFinite(value) ? value : undefined
}

/** The targets that `results` ({ work: { peer: figures } }) say something about. A failure of oxbase's own is a miss. */
export function judge(works, results) {
  return works
    .filter(({ name }) => results[name])
    .flatMap(({ name, base, place }) =>
      targets
        .filter(
          ({ work, storage }) => work === base && (storage ?? place.storage) === place.storage
        )
        .flatMap((target) => verdict(name, target, results[name]))
    )
}

function verdict(name, { against, atLeast, atMost }, row) {
  const value = ratio(row, against)
  if (value === undefined && row.oxbase?.error === undefined) return []
  const met = atLeast === undefined ? value <= atMost : value >= atLeast
  return [{ work: name, against, atLeast, atMost, value, met }]
}

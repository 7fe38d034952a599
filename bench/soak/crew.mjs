// The actors of a soak: so many of each kind as its share of the clients says.

import { Actor } from './actor.mjs'
import { kinds } from './actors/index.mjs'

/** Whole numbers in the proportion of the shares, at least one each, that add up to `total`. */
function divide(total, shares) {
  const sum = shares.reduce((all, share) => all + share, 0)
  const exact = shares.map((share) => (share / sum) * total)
  const counts = exact.map((count) => Math.max(1, Math.floor(count)))
  const most = exact.map((count, at) => [count % 1, at]).sort(([a], [b]) => b - a)
  let left = total - counts.reduce((all, count) => all + count, 0)
  for (const [, at] of most) if (left-- > 0) counts[at] += 1
  return counts
}

/** `clients` actors of the kinds that `names` lists, numbered from `first`. */
export function crew(world, clients, names, first = 1) {
  const wanted = kinds.filter(({ name }) => names.includes(name))
  const counts = divide(
    clients,
    wanted.map(({ share }) => share)
  )
  let number = first
  return wanted.flatMap((kind, at) =>
    Array.from({ length: counts[at] }, (_, place) => new Actor(kind, number++, place, world))
  )
}

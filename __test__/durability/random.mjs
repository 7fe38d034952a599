// Random numbers that come again with their seed (mulberry32), for the process that writes and the one that kills it.

/** A source of whole numbers from 0 to below its argument. */
export function randomFrom(seed) {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/** One of the list. */
export function pick(random, list) {
  return list[random(list.length)]
}

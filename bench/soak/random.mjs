// Choices that a seed decides. Every step of an actor draws from a stream of its own, so that what a
// step finds in the database, and how long it takes, changes no later choice.

/** A 32-bit hash of some text (FNV-1a). */
function hash(text) {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i += 1) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return value >>> 0
}

/** A stream of choices (mulberry32) that `names` decide. */
export class Random {
  #state

  constructor(...names) {
    this.#state = hash(names.join('/'))
  }

  /** A number from 0 up to 1, without it. */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  /** A whole number from `low` to `high`, both included. */
  whole(low, high) {
    return low + Math.floor(this.next() * (high - low + 1))
  }

  /** True in `share` (0..1) of the cases. */
  chance(share) {
    return this.next() < share
  }

  /** One of a list. */
  pick(list) {
    return list[Math.floor(this.next() * list.length)]
  }
}

/** A source of whole numbers from 0 to below its argument. */
export function randomFrom(seed: number): (below: number) => number
/** One of the list. */
export function pick<T>(random: (below: number) => number, list: readonly T[]): T

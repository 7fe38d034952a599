// What became of the writes of one actor. Each write has a number; the ledger knows of each whether it
// was acknowledged, rolled back, or unknown (an error came in place of the answer to a commit).
// Acknowledged is the rule, so only the others take memory.

/** Writes of one actor, numbered from 1. */
export class Ledger {
  #next = 1
  #exceptions = new Map()
  #journal

  /** `journal` is told of every entry, as text, before and after the write. */
  constructor(actor, journal) {
    this.actor = actor
    this.#journal = journal
  }

  /** The number that the next write will have. */
  get next() {
    return this.#next
  }

  /** How many writes are known to be there. */
  get size() {
    return this.#next - 1 - this.#exceptions.size
  }

  /** Numbers for `count` writes that are about to be made. */
  begin(count = 1) {
    const numbers = Array.from({ length: count }, () => this.#next++)
    this.#enter('unknown', numbers)
    return numbers
  }

  acknowledged(numbers) {
    for (const number of numbers) this.#exceptions.delete(number)
    this.#journal?.(`${this.actor} acknowledged ${numbers.join(' ')}`)
  }

  rolledBack(numbers) {
    this.#enter('rolled back', numbers)
  }

  /** `acknowledged`, `rolled back`, `unknown`, or undefined for a number that was never given. */
  state(number) {
    if (number < 1 || number >= this.#next) return undefined
    return this.#exceptions.get(number) ?? 'acknowledged'
  }

  /** How many writes are in `state`, from number `from` on. */
  count(state, from = 1) {
    let others = 0
    let found = 0
    for (const [number, each] of this.#exceptions) {
      if (number < from) continue
      others += 1
      if (each === state) found += 1
    }
    return state === 'acknowledged' ? this.#next - from - others : found
  }

  /** Takes one line of a journal over. */
  replay(line) {
    const [state, ...numbers] = line.split(/ (?=\d)/)
    const list = numbers.map(Number)
    this.#next = Math.max(this.#next, ...list.map((number) => number + 1))
    if (state === 'acknowledged') this.acknowledged(list)
    else this.#enter(state, list)
  }

  /** Compares with the numbers that were found, which may come in any order. */
  compare(found) {
    const seen = new Set()
    const wrong = { missing: [], twice: [], revived: [], strange: [] }
    for (const number of found) {
      if (seen.has(number)) wrong.twice.push(number)
      seen.add(number)
      const state = this.state(number)
      if (state === undefined) wrong.strange.push(number)
      if (state === 'rolled back') wrong.revived.push(number)
    }
    for (let number = 1; number < this.#next; number += 1) {
      if (this.state(number) === 'acknowledged' && !seen.has(number)) wrong.missing.push(number)
    }
    return wrong
  }

  #enter(state, numbers) {
    for (const number of numbers) this.#exceptions.set(number, state)
    this.#journal?.(`${this.actor} ${state} ${numbers.join(' ')}`)
  }
}

/**
 * Whether a statement with this error has certainly changed nothing: PostgreSQL itself refused it.
 * 40003 says that nobody knows.
 */
function isRefusal({ code }) {
  return /^[0-9A-Z]{5}$/.test(code ?? '') && !/^(08|40003|57P|58|XX)/.test(code)
}

/** Makes writes, and enters what became of them: `write` resolves to false when it rolled back. */
export async function recorded(ledger, numbers, write) {
  try {
    if ((await write()) === false) ledger.rolledBack(numbers)
    else ledger.acknowledged(numbers)
  } catch (error) {
    if (error.uncommitted || isRefusal(error)) ledger.rolledBack(numbers)
    throw error
  }
}

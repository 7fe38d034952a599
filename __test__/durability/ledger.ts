// What a writer has told, and what must be found of it afterwards.

/** What a writer finds when it opens the directory. */
export interface Found {
  /** Transactions that are there with all their rows, as `1,2,3`. */
  whole: string
  /** Transactions of which only a part is there. */
  half: string
  /** `writer=left/right`: what the two tables of counters say. */
  counters: string
}

const list = (text: string) => (text === '' ? [] : text.split(','))

/** Everything that was told about one directory, over all its writers. */
export class Ledger {
  readonly #kept = new Set<string>()
  readonly #begun = new Set<string>()
  readonly #counted = new Map<string, number>()

  /** How many transactions must be there. */
  get size(): number {
    return this.#kept.size
  }

  /** Takes one line of a writer. A line that was cut by its death is no line. */
  take(line: string): Found | undefined {
    const [word, first = '', second = ''] = line.split(' ')
    if (word === 'begun') this.#begun.add(first)
    if (word === 'kept') this.#keep(first)
    if (word === 'undone') this.#begun.delete(first)
    if (word === 'counted') this.#counted.set(first, Number(second))
    return word === 'found' ? (JSON.parse(line.slice(6)) as Found) : undefined
  }

  /** What is wrong with what was found: nothing, if all is well. What was found is taken as kept from then on. */
  judge({ whole, half, counters }: Found): string[] {
    const there = new Set(list(whole))
    const wrong = list(half).map((tx) => `${tx} is half there`)
    for (const tx of this.#kept)
      if (!there.has(tx)) wrong.push(`${tx} was acknowledged and is lost`)
    for (const tx of there) {
      // One that was begun and not told any more may have been committed.
      if (!this.#kept.has(tx) && !this.#begun.has(tx)) wrong.push(`${tx} was never committed`)
      this.#keep(tx)
    }
    this.#begun.clear()
    const values = new Map(list(counters).map((text) => text.split('=') as [string, string]))
    for (const [writer, told] of this.#counted) {
      const allowed = [told, told + 1].map((value) => `${value}/${value}`)
      const value = values.get(writer) ?? 'nothing'
      if (!allowed.includes(value)) wrong.push(`counter ${writer} is ${value}, told was ${told}`)
    }
    for (const [writer, value] of values) this.#counted.set(writer, parseInt(value))
    return wrong
  }

  #keep(tx: string): void {
    this.#kept.add(tx)
    this.#begun.delete(tx)
  }
}

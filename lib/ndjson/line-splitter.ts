/** `LineSplitter`: bytes as they come in, cut into lines. Holds no more than one line may be long. */

/** A line, or what was wrong with it. */
export type Line = { text: string } | { problem: 'tooLong' | 'notUtf8' }

const NEWLINE = 10
const CARRIAGE_RETURN = 13

/** Cuts one connection's input into lines, which end in `\n` or `\r\n`. */
export class LineSplitter {
  readonly #limit: number
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  #parts: Uint8Array[] = []
  #size = 0
  /** Whether the rest of a line that was too long is being passed over. */
  #skipping = false

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Takes a chunk, and gives the lines that it ends, one by one. */
  *push(chunk: Uint8Array): Generator<Line> {
    let start = 0
    for (;;) {
      const end = chunk.indexOf(NEWLINE, start)
      const part = chunk.subarray(start, end < 0 ? undefined : end)
      const isTooLong = this.#add(part)
      if (isTooLong) yield { problem: 'tooLong' }
      if (end < 0) return
      if (!this.#skipping) yield this.#take()
      this.#skipping = false
      start = end + 1
    }
  }

  /** The line that the input ended in without a newline, if any. */
  *end(): Generator<Line> {
    if (!this.#skipping && this.#size > 0) yield this.#take()
  }

  /** Adds to the present line. Returns whether that made it too long. */
  #add(part: Uint8Array): boolean {
    if (this.#skipping || part.byteLength === 0) return false
    const size = this.#size + part.byteLength
    // A carriage return before the newline does not count.
    if (size > this.#limit + 1 || (size > this.#limit && part.at(-1) !== CARRIAGE_RETURN)) {
      this.#skipping = true
      this.#parts = []
      this.#size = 0
      return true
    }
    this.#parts.push(part)
    this.#size = size
    return false
  }

  #take(): Line {
    const bytes = this.#parts.length === 1 ? this.#parts[0] : Buffer.concat(this.#parts)
    this.#parts = []
    this.#size = 0
    try {
      return { text: this.#decoder.decode(bytes).replace(/\r$/, '') }
    } catch {
      return { problem: 'notUtf8' }
    }
  }
}

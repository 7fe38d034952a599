/**
 * `ByteQueue`: between a runtime that calls with what has come in and a reader that asks for it. Says
 * when more is held than should be, and when there is room again.
 */

/** Bytes that may wait before the connection is told to pause. */
const HIGH_WATER_MARK = 64 * 1024

/** What has come in and was not read. Has one reader. */
export class ByteQueue {
  readonly #flow: { pause(): void; resume(): void }
  #chunks: Uint8Array[] = []
  #size = 0
  #paused = false
  #ended = false
  #error: Error | undefined
  #waiting: { resolve(chunk: Uint8Array | undefined): void; reject(error: Error): void } | undefined

  constructor(flow: { pause(): void; resume(): void }) {
    this.#flow = flow
  }

  /** Takes what has come in. */
  push(chunk: Uint8Array): void {
    if (this.#ended) return
    const waiting = this.#waiting
    if (waiting !== undefined) {
      this.#waiting = undefined
      waiting.resolve(chunk)
      return
    }
    this.#chunks.push(chunk)
    this.#size += chunk.byteLength
    if (this.#size >= HIGH_WATER_MARK && !this.#paused) {
      this.#paused = true
      this.#flow.pause()
    }
  }

  /** Nothing more will come in; with an error, because the connection broke. */
  end(error?: Error): void {
    if (this.#ended) return
    this.#ended = true
    this.#error = error
    const waiting = this.#waiting
    this.#waiting = undefined
    if (error === undefined) waiting?.resolve(undefined)
    else waiting?.reject(error)
  }

  /** The next bytes, or nothing at the end. */
  shift(): Promise<Uint8Array | undefined> {
    const chunk = this.#chunks.shift()
    if (chunk !== undefined) {
      this.#size -= chunk.byteLength
      if (this.#paused && this.#size < HIGH_WATER_MARK) {
        this.#paused = false
        if (!this.#ended) this.#flow.resume()
      }
      return Promise.resolve(chunk)
    }
    if (this.#error !== undefined) return Promise.reject(this.#error)
    if (this.#ended) return Promise.resolve(undefined)
    return new Promise((resolve, reject) => (this.#waiting = { resolve, reject }))
  }
}

/** Where in the application something was called. */

/** Frames that belong to us, to `pg` or to Node itself. */
const PASSED = [
  /\(?node:/,
  /[\\/]node_modules[\\/](?:pg|pg-pool|pg-protocol|pg-cursor|pg-query-stream)[\\/]/,
]
const LIBRARY = /[\\/]node_modules[\\/]/
const FRAMES = 12

/** A place in the application, which is only looked up when somebody asks. */
export class CallSite {
  readonly #trace: { stack?: string } = {}
  #text: string | undefined

  /** The place from which the function that calls this was called. */
  constructor() {
    const limit = Error.stackTraceLimit
    // Whoever has set it to 0 wants no traces.
    if (limit > 0) Error.stackTraceLimit = FRAMES
    Error.captureStackTrace(this.#trace, CallSite)
    Error.stackTraceLimit = limit
  }

  /** As in `createOrder (/app/orders.js:12:20)`. */
  toString(): string {
    this.#text ??= find(this.#trace.stack)
    return this.#text
  }
}

/** The innermost frame of the application; when there is none, of a library. */
function find(stack: unknown): string {
  const lines = typeof stack === 'string' ? stack.split('\n') : []
  const frames = lines
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim().slice('at '.length))
    .filter((frame) => !frame.includes(__dirname) && !PASSED.some((own) => own.test(frame)))
  return frames.find((frame) => !LIBRARY.test(frame)) ?? frames[0] ?? 'an unknown place'
}

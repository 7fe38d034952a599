/** Ctrl-C and SIGTERM: the first asks a command to end, a second one ends the process at once. */
import { CliError, Exit } from './cli-error'

const CODES = { SIGINT: Exit.interrupted, SIGTERM: Exit.terminated, SIGHUP: Exit.terminated }
/** A terminal, npm and `timeout` each send the signal, so that one Ctrl-C may come more than once. */
const SAME_MS = 1000

/** The name of such a signal. */
export type SignalName = keyof typeof CODES

/** Listens for the signals that end a process, for as long as one command runs. */
export class Interruption {
  readonly #controller = new AbortController()
  readonly #listeners: [SignalName, () => void][] = []
  #caught: SignalName | undefined
  #caughtAt = 0
  #taker: ((name: SignalName) => void) | undefined

  constructor() {
    for (const name of Object.keys(CODES) as SignalName[]) {
      const listener = (): void => this.#catch(name)
      process.on(name, listener)
      this.#listeners.push([name, listener])
    }
  }

  /** Aborted with the first signal. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** What the process ends with when a signal has come. */
  get exitCode(): number | undefined {
    return this.#caught === undefined ? undefined : CODES[this.#caught]
  }

  /** Leaves the signals to Node again. */
  end(): void {
    for (const [name, listener] of this.#listeners) process.off(name, listener)
  }

  /** Leaves the signals to somebody else, such as a program that was started. Gives what ends that. */
  handOver(take: (name: SignalName) => void): () => void {
    this.#taker = take
    return () => (this.#taker = undefined)
  }

  #catch(name: SignalName): void {
    if (this.#taker !== undefined) return this.#taker(name)
    const sinceFirst = performance.now() - this.#caughtAt
    if (this.#caught !== undefined && sinceFirst < SAME_MS) return
    // The engine is closed as the process exits.
    if (this.#caught !== undefined) process.exit(CODES[name])
    this.#caughtAt = performance.now()
    this.#caught = name
    this.#controller.abort(new CliError('interrupted', { exitCode: CODES[name] }))
  }
}

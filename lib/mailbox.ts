/**
 * Delivers what the engine sends to the sessions of this JavaScript environment (main thread or worker).
 *
 * A reply usually takes less time than a trip through the event loop. So when all that was ready to run
 * has run, and requests are outstanding, the loop is held for a few microseconds to take an answer at
 * once. A burst is not held up by that: all of it is sent first. One reply is delivered at a time, and
 * what waits for it runs before the next, as with sockets.
 */
import { createMailbox, type NativeMailbox } from './native'
import type { Bytes } from './pg/internals'
import { spinMicros } from './swap'
import { isInContext, outside } from './transaction-context'

/** How long the event loop may be held for one answer, in microseconds. */
const SPIN_MICROS = 60
/** The same, where a request of a service is outstanding: it is several statements for the engine. */
const SERVICE_SPIN_MICROS = 150
/** How long answers may be taken without letting timers and I/O run, in milliseconds. */
const TURN_BUDGET_MS = 1
/** Largest reply that is copied into the shared scratch buffer; larger ones come as a buffer of their own. */
const SCRATCH_BYTES = 65536

/** Codes that `poll` and `wait` return. */
export const Polled = { NONE: 0, SCRATCH: 1, LARGE: 2 } as const
/** Kinds of delivery. */
export const Kind = { BYTES: 0, DRAIN: 1, CLOSED: 2 } as const
/** Bits of a delivery's flags. */
export const Flag = { LAST: 1, STREAMED: 2, ASCII: 4, ASYNC: 8 } as const

/** Receives the deliveries of one session. `bytes` is only valid during the call. */
export interface Recipient {
  deliver(kind: number, bytes: Bytes, length: number, flags: number): void
}

/** The mailbox of this environment and the sessions that it serves. */
export class Dispatcher {
  readonly native: NativeMailbox
  readonly #scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES) as Bytes
  readonly #header = new Int32Array(4)
  readonly #recipients = new Map<number, Recipient>()
  readonly #spin = spinMicros(SPIN_MICROS)
  readonly #serviceSpin = spinMicros(SERVICE_SPIN_MICROS)
  readonly #step = (): void => this.#takeNext()
  readonly #stepAfterMicrotasks = (): void => process.nextTick(this.#step)
  readonly #nextTurn = (): void => this.#startTurn()
  #outstanding = 0
  /** Those of them that are a service's. */
  #services = 0
  #holders = 0
  /** A step is on its way, so that nobody else needs to ask for one. */
  #scheduled = false
  /** The budget of this turn is used up: the next turn goes on. */
  #parked = false
  /** When answers were first taken in this turn of the event loop; 0 before that. */
  #turnStarted = 0

  constructor() {
    this.native = createMailbox(this.#scratch, this.#header, () => {
      if (!this.#scheduled && !this.#parked) this.#takeNext()
    })
  }

  /** Delivers what session `id` is sent to `recipient`. */
  register(id: number, recipient: Recipient): void {
    this.#recipients.set(id, recipient)
  }

  /** Whether session `id` is served here. */
  serves(id: number): boolean {
    return this.#recipients.has(id)
  }

  /** Drops what is still delivered for session `id`. */
  unregister(id: number): void {
    this.#recipients.delete(id)
  }

  /** Says that a request was written, whose answer somebody waits for. */
  sent(): void {
    this.#outstanding += 1
    if (this.#scheduled || this.#parked || this.#spin === 0) return
    this.#scheduled = true
    process.nextTick(this.#step)
  }

  /** As `sent`, for a request of a service, which `serviceAnswered` ends. */
  serviceSent(): void {
    this.#services += 1
    this.sent()
  }

  /** Says that a request of a service was answered, or given up. */
  serviceAnswered(): void {
    this.#services -= 1
    this.answered(1)
  }

  /** Says that `count` requests were answered, or given up. */
  answered(count: number): void {
    this.#outstanding -= count
  }

  /** Keeps the process alive until `release` was called as often. */
  hold(): void {
    this.#holders += 1
    if (this.#holders === 1) this.native.ref()
  }

  /** Takes one `hold` back. */
  release(): void {
    this.#holders -= 1
    if (this.#holders === 0) this.native.unref()
  }

  /**
   * Takes one delivery. After a poll that took one, the engine does not wake us until a poll found none,
   * so another step follows, when the promises that this one settled have been seen to.
   */
  #takeNext(): void {
    this.#scheduled = false
    if (this.#turnStarted !== 0 && performance.now() - this.#turnStarted > TURN_BUDGET_MS) {
      // Timers and I/O come first; `#startTurn` goes on.
      this.#parked = true
      return
    }
    const spin = this.#services > 0 ? this.#serviceSpin : this.#spin
    const code = this.native.poll(this.#outstanding > 0 ? spin : 0)
    if (code === Polled.NONE) return
    if (this.#turnStarted === 0) {
      this.#turnStarted = performance.now()
      setImmediate(this.#nextTurn)
    }
    this.#scheduled = true
    void settled.then(this.#stepAfterMicrotasks)
    this.#deliver(code)
  }

  /** Runs once after each turn of the event loop in which answers were taken. */
  #startTurn(): void {
    this.#turnStarted = 0
    if (!this.#parked) return
    this.#parked = false
    this.#takeNext()
  }

  #deliver(code: number): void {
    const header = this.#header
    const recipient = this.#recipients.get(header[0] as number)
    const length = header[2] as number
    const bytes = code === Polled.LARGE ? (this.native.takeLarge() as Bytes) : this.#scratch
    if (recipient === undefined) return
    const kind = header[1] as number
    const flags = header[3] as number
    // A step may be scheduled by code inside of a transaction, and deliver to somebody else.
    if (isInContext()) outside(() => recipient.deliver(kind, bytes, length, flags))
    else recipient.deliver(kind, bytes, length, flags)
  }
}

const settled = Promise.resolve()

let shared: Dispatcher | undefined

/** The dispatcher of this environment. */
export function dispatcher(): Dispatcher {
  shared ??= new Dispatcher()
  return shared
}

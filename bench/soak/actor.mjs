// One actor: connects, makes its steps one after the other until it is told to stop, and disconnects.

import { setTimeout as sleep } from 'node:timers/promises'
import { Random } from './random.mjs'
import { seats } from './seats.mjs'

/** How long a step may take. */
const BOUND_MS = 30_000
/** SQLSTATE of a statement that the backend did not live through. */
const BACKEND_STOPPED = '57P02'

/** An answer that is not the right one. */
export class Wrong extends Error {}

export class Actor {
  #steps = 0
  /** What the actor waits for, since when, and how long it may. */
  waiting

  constructor(kind, number, place, world) {
    this.kind = kind
    this.number = number
    this.world = world
    this.ledger = world.ledger(number)
    this.name = `${kind.name} ${number}`
    const Seat = seats[kind.seats[place % kind.seats.length]]
    this.seat = new Seat(world, Seat === seats.client ? kind.config : place)
  }

  async open() {
    await this.#bounded('connecting', async () => {
      await this.seat.open()
      await this.kind.open?.(this)
    })
  }

  /** Steps and pauses, until `signal` says that it is enough. */
  async run(signal) {
    while (!signal.aborted) {
      this.random = new Random(this.world.seed, this.number, this.#steps)
      this.#steps += 1
      const [low, high] = this.kind.pause
      await sleep(this.random.whole(low, high), undefined, { signal }).catch(() => undefined)
      if (!signal.aborted) await this.#step()
    }
  }

  /** What is to be done when everybody has made the last step, before anybody disconnects. */
  finish() {
    return this.#bounded('the end of the load', () => this.kind.finish?.(this))
  }

  async close() {
    await this.#bounded('closing', async () => {
      await this.kind.close?.(this)
      await this.seat.close()
    })
  }

  /** Resolves with the error of `promise`, which must have one of these codes. */
  fails = async (promise, ...codes) => {
    const error = await promise.then(
      () => new Wrong(`no error, where ${codes.join(' or ')} should be`),
      (reason) => reason
    )
    if (!codes.includes(error.code)) throw error
    this.world.tally.expected(this.kind.name, error)
    return error
  }

  /** Throws when an answer is not the right one. */
  check = (holds, message) => {
    if (!holds) throw new Wrong(message)
  }

  async #step() {
    const { tally } = this.world
    const started = performance.now()
    await this.#bounded('a step', async () => {
      await this.kind.step(this)
      tally.step(this.kind.name, performance.now() - started)
    })
    if (this.seat.lost !== undefined) await this.#reconnect()
  }

  /** Runs part of the actor's life under the eyes of the watchdog; errors are counted, not thrown. */
  async #bounded(what, part) {
    this.waiting = { what, since: performance.now(), bound: BOUND_MS }
    try {
      await part()
    } catch (error) {
      this.#count(error)
    } finally {
      this.waiting = undefined
    }
  }

  /** A backend that was stopped for one actor takes the open transaction of another with it. */
  #count(error) {
    const { tally, stops } = this.world
    const { what } = this.waiting
    const accepted = (stops && error.code === BACKEND_STOPPED) || this.kind.accepts === error.code
    if (accepted) tally.expected(this.kind.name, error)
    else tally.surprise(this.kind.name, `${this.name}, ${what}`, error)
  }

  async #reconnect() {
    await this.#bounded('connecting again', async () => {
      const { lost } = this.seat
      await this.seat.close()
      await this.seat.open()
      await this.kind.open?.(this)
      throw lost
    })
  }
}

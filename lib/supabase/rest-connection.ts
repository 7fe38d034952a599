/**
 * The way of a request into the native services and back. A request is numbered; the mailbox of this
 * environment says under that number when it can go on.
 */
import { dispatcher, type Recipient } from '../mailbox'
import {
  createEmbeddedRest,
  createRemoteRest,
  type NativeAnswer,
  type NativeDatabase,
  type NativeRest,
} from '../native'
import type { Bytes } from '../pg/internals'

/** The native services of one project, for this environment. */
export class RestConnection implements Recipient {
  readonly #native: NativeRest
  readonly #waiting = new Map<number, (answer: NativeAnswer) => void>()
  #closed = false

  private constructor(native: NativeRest) {
    this.#native = native
    dispatcher().register(native.id, this)
  }

  /** The services on an open database of this process. */
  static embedded(database: NativeDatabase, options: string): RestConnection {
    return new RestConnection(createEmbeddedRest(database, dispatcher().native, options))
  }

  /** The services on a PostgreSQL server. */
  static remote(url: string, options: string): RestConnection {
    return new RestConnection(createRemoteRest(url, dispatcher().native, options))
  }

  /**
   * Sends a request under a number that no other one under way has. `headers` are names, in lower case,
   * and values by turns. Returns the answer where it is there at once.
   */
  request(
    number: number,
    method: string,
    target: string,
    headers: string[],
    body: Uint8Array | null
  ): NativeAnswer | Promise<NativeAnswer> {
    if (this.#closed) throw new Error('oxbase: the client is closed')
    const answer = this.#native.request(number, method, target, headers, body)
    if (answer !== null) return answer
    return new Promise((resolve) => {
      this.#waiting.set(number, resolve)
      dispatcher().serviceSent()
    })
  }

  /** Gives a request up: its SQL is stopped and undone, and its promise is never settled. */
  cancel(number: number): void {
    this.#native.cancel(number)
    this.#forget(number)
  }

  /** The mailbox's call: the request whose number came can go on. */
  deliver(_kind: number, bytes: Bytes): void {
    const number = bytes.readUInt32LE(0)
    const settle = this.#waiting.get(number)
    if (settle === undefined) return
    const answer = this.#native.poll(number)
    if (answer === null) return
    this.#forget(number)
    settle(answer)
  }

  /** Ends the services. Requests under way are stopped and answered with 503. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#native.close()
    for (const [number, settle] of this.#waiting) {
      this.#forget(number)
      settle(CLOSED)
    }
    dispatcher().unregister(this.#native.id)
  }

  #forget(number: number): void {
    if (this.#waiting.delete(number)) dispatcher().serviceAnswered()
  }
}

/** What a request is answered whose services were closed. */
const CLOSED: NativeAnswer = {
  status: 503,
  headers: ['content-type', 'application/json; charset=utf-8'],
  body: Buffer.from('{"message":"The client was closed"}'),
}

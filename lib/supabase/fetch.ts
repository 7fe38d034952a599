/** `createFetch`: a `fetch` whose requests are answered in this process, by the REST layer on a database. */
import { checkSignal, raced, reasonOf } from '../abort'
import type { Database } from '../database'
import { dispatcher } from '../mailbox'
import type { NativeAnswer } from '../native'
import { open } from './open'
import { checkFetchOptions, type FetchOptions } from './options'
import { readRequest, type LocalRequest } from './request'
import { LocalResponse } from './response'
import type { RestConnection } from './rest-connection'

/** A `fetch` with a database behind it. */
export interface LocalFetch {
  (input: string | URL | Request, init?: RequestInit): Promise<Response>
  /** The embedded database; with `url` there is none. */
  readonly database: Database | undefined
  /** Ends what it has opened. Requests under way are answered. Idempotent. */
  readonly close: () => Promise<void>
  [Symbol.asyncDispose]: () => Promise<void>
}

/** What is thrown here need not be an `Error`: a signal's reason is whatever its owner says. */
async function rejected(reason: unknown): Promise<never> {
  await Promise.resolve()
  throw reason
}

/** The requests of one `fetch`. */
class Requests {
  #opening: Promise<RestConnection>
  #rest: RestConnection | undefined
  #closed = false
  #next = 1
  readonly #running = new Set<Promise<unknown>>()

  constructor(opening: Promise<RestConnection>) {
    this.#opening = opening
    opening.then(
      (rest) => (this.#rest = rest),
      () => undefined
    )
  }

  /** Answers one request. */
  run(request: LocalRequest): Promise<Response> {
    if (this.#closed) return Promise.reject(new Error('oxbase: this fetch is closed'))
    const { signal } = request
    checkSignal(signal)
    if (signal?.aborted === true) return rejected(reasonOf(signal))
    if (this.#rest === undefined)
      return this.#held(this.#whenOpen(request), signal, () => undefined)
    return this.#send(this.#rest, request)
  }

  /** Waits for what is under way, and closes the REST layer. */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.allSettled(this.#running)
    const rest = await this.#opening.catch(() => undefined)
    rest?.close()
  }

  async #whenOpen(request: LocalRequest): Promise<Response> {
    const rest = await this.#opening
    if (request.signal?.aborted === true) throw reasonOf(request.signal)
    return this.#send(rest, request)
  }

  #send(rest: RestConnection, request: LocalRequest): Promise<Response> {
    const { method, target, headers, body, signal, url } = request
    const id = this.#next
    this.#next += 1
    const toResponse = (answer: NativeAnswer): Response =>
      new LocalResponse(answer, url, method) as unknown as Response
    let answer: NativeAnswer | Promise<NativeAnswer>
    try {
      answer = rest.request(id, method, target, headers, body)
    } catch (error) {
      return rejected(error)
    }
    if (!(answer instanceof Promise)) return Promise.resolve(toResponse(answer))
    return this.#held(answer.then(toResponse), signal, () => rest.cancel(id))
  }

  /** Keeps the process alive until a request is answered, or its signal ends it. */
  #held(
    answer: Promise<Response>,
    signal: AbortSignal | undefined,
    stop: () => void
  ): Promise<Response> {
    dispatcher().hold()
    const outcome =
      signal === undefined
        ? answer
        : raced(answer, signal).catch((error: unknown) => {
            if (signal.aborted) stop()
            throw error
          })
    const ended = outcome.finally(() => {
      this.#running.delete(ended)
      dispatcher().release()
    })
    this.#running.add(ended)
    return ended
  }
}

/** Makes a `fetch` for options that are checked. */
export function makeFetch(options: FetchOptions): LocalFetch {
  const { rest, database } = open(options)
  const requests = new Requests(rest)
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => {
    closing ??= requests.close().then(() => database?.close())
    return closing
  }
  const fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = readRequest(input, init)
    return requests.run(request instanceof Promise ? await request : request)
  }
  return Object.assign(fetch, { database, close, [Symbol.asyncDispose]: close })
}

/**
 * Makes a `fetch` that is answered in this process as PostgREST would answer it.
 *
 * @example
 * const fetch = createFetch({ schema: 'create table todos (id int primary key, title text)' })
 * const response = await fetch('http://localhost/rest/v1/todos?select=title')
 * await fetch.close()
 */
export function createFetch(options: FetchOptions = {}): LocalFetch {
  checkFetchOptions(options)
  return makeFetch(options)
}

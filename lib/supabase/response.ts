/** A `Response` whose body is bytes that are there already: reading it makes no stream. */
import { STATUS_CODES } from 'node:http'

/** What the services answer; header names and values take turns. */
export interface Answer {
  status: number
  statusText?: string | null
  headers: string[]
  body?: Uint8Array | null
}

const decoder = new TextDecoder()
const NULL_BODY = new Set([101, 204, 205, 304])
const NOTHING = new Uint8Array()
const BEYOND_ASCII = /[^\0-\x7f]/

/** Over a socket a header's bytes are read as Latin-1, and `Headers` takes nothing else. */
function headerText(value: string): string {
  return BEYOND_ASCII.test(value) ? Buffer.from(value).toString('latin1') : value
}

/** Header names and values that take turns, as pairs. */
function pairs(flat: readonly string[]): [string, string][] {
  const list: [string, string][] = []
  for (let at = 0; at + 1 < flat.length; at += 2) {
    list.push([flat[at] as string, headerText(flat[at + 1] as string)])
  }
  return list
}

/** The constructor of `Response`, as far as its parts are not made here. */
const Base = Response as unknown as new (
  body: null,
  init: ResponseInit
) => Pick<Response, 'status' | 'statusText' | 'headers'>

/** The answer to a request. Anything beyond reading it as a whole is left to a real `Response`. */
export class LocalResponse extends Base {
  readonly #bytes: Uint8Array | null
  readonly #url: string
  #used = false
  /** Made when the body is asked for as a stream, or in a form that is rare. */
  #real: Response | undefined

  constructor(answer: Answer, url: string, method: string) {
    const { status, headers } = answer
    const statusText = answer.statusText ?? STATUS_CODES[status] ?? ''
    super(null, { status, statusText, headers: pairs(headers) })
    const bodiless = method === 'HEAD' || NULL_BODY.has(status)
    this.#bytes = bodiless ? null : (answer.body ?? NOTHING)
    this.#url = url
    // auth-js before 2.113 tells what the answer itself has to say, not its body.
    if (status === 501) Object.assign(this, { msg: this.statusText })
  }

  get url(): string {
    return this.#url
  }

  get body(): Response['body'] {
    return this.#bytes === null ? null : this.#asReal().body
  }

  get bodyUsed(): boolean {
    return this.#real?.bodyUsed ?? this.#used
  }

  async text(): Promise<string> {
    return this.#real === undefined ? decoder.decode(this.#take()) : this.#real.text()
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text()) as unknown
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    if (this.#real !== undefined) return this.#real.arrayBuffer()
    return this.#take().slice().buffer
  }

  /** The body as bytes, as newer versions of Node have it. */
  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await this.arrayBuffer())
  }

  async blob(): Promise<Blob> {
    return this.#asReal().blob()
  }

  async formData(): Promise<FormData> {
    return this.#asReal().formData()
  }

  clone(): unknown {
    if (this.bodyUsed) throw new TypeError('Response.clone: Body has already been consumed.')
    const { status, statusText, headers } = this
    const flat = [...headers].flat()
    const answer = { status, statusText, headers: flat, body: this.#bytes }
    if (this.#real === undefined) return new LocalResponse(answer, this.#url, this.#method())
    return this.#real.clone()
  }

  #method(): string {
    return this.#bytes === null ? 'HEAD' : 'GET'
  }

  #take(): Uint8Array {
    if (this.#used) throw new TypeError('Body is unusable: Body has already been read')
    this.#used = this.#bytes !== null
    return this.#bytes ?? NOTHING
  }

  #asReal(): Response {
    if (this.#real === undefined) {
      const { status, statusText, headers } = this
      const body = this.#bytes === null ? null : (this.#take() as Uint8Array<ArrayBuffer>)
      this.#real = new Response(body, { status, statusText, headers })
    }
    return this.#real
  }
}

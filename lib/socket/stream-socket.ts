/**
 * `StreamSocket`: a runtime's connection as the sockets API shows it. In: a connection that is being made.
 * Out: two streams and the promises that tell how it went. Mirrors the WinterTC sockets API
 * (https://sockets-api.proposal.wintertc.org/) and Cloudflare's `connect()`.
 */
import { guard, type Guard } from './guard'
import { SocketError } from './socket-error'
import { StreamEnds } from './stream-ends'
import type { Security, Transport } from './transport'
import type { SecureTransport, SocketInfo, TlsOptions, UniversalSocket } from './types'

/** How a socket behaves. */
export interface StreamSocketOptions {
  readonly secureTransport: SecureTransport
  readonly allowHalfOpen: boolean
  /** What `startTls` begins TLS with. */
  readonly security: Security
}

/** The longest that `close` waits for a peer that does not take what was written, in milliseconds. */
const LINGER = 5000

/** The certificates of an option, which may be one or several. */
export function certificates(ca: string | readonly string[] | undefined): readonly string[] {
  if (ca === undefined) return []
  return typeof ca === 'string' ? [ca] : ca
}

/** A promise that whoever made it settles, and that nobody has to look at. */
function deferred<T>() {
  let settle: { resolve(value: T): void; reject(error: unknown): void } | undefined
  const promise = new Promise<T>((resolve, reject) => (settle = { resolve, reject }))
  promise.catch(() => undefined)
  return { promise, ...(settle as NonNullable<typeof settle>) }
}

/** A connection as streams. */
export class StreamSocket implements UniversalSocket {
  readonly secureTransport: SecureTransport
  readonly readable: ReadableStream<Uint8Array>
  readonly writable: WritableStream<Uint8Array>
  readonly #options: StreamSocketOptions
  readonly #connecting: Promise<Transport>
  readonly #opened = deferred<SocketInfo>()
  readonly #closed = deferred<void>()
  readonly #ends: StreamEnds
  #state: 'connecting' | 'open' | 'closing' | 'closed' = 'connecting'
  #upgraded = false

  constructor(source: Transport | Promise<Transport>, options: StreamSocketOptions) {
    const connecting = Promise.resolve(source)
    this.#options = options
    this.secureTransport = options.secureTransport
    this.#connecting = connecting
    this.#ends = new StreamEnds(connecting, {
      // Whoever begins TLS must not have a read under way.
      readAhead: options.secureTransport === 'starttls' ? 0 : 1,
      readEnded: () => this.#readEnded(),
      writeEnded: () => this.#writeEnded(),
      failed: (error) => this.#finish(SocketError.from(error)),
      aborted: () => this.#finish(),
    })
    this.readable = this.#ends.readable
    this.writable = this.#ends.writable
    if (source instanceof Promise) {
      connecting.then(
        (transport) => this.#connected(transport),
        (error: unknown) => this.#finish(SocketError.from(error))
      )
    } else this.#connected(source)
  }

  /** Resolves once connected; see `UniversalSocket`. */
  get opened(): Promise<SocketInfo> {
    return this.#opened.promise
  }

  /** Settles once the connection is over; see `UniversalSocket`. */
  get closed(): Promise<void> {
    return this.#closed.promise
  }

  /** Whether `startTls` has handed the connection on. */
  get upgraded(): boolean {
    return this.#upgraded
  }

  /** Sends what was written before, then closes both sides. */
  close(reason?: unknown): Promise<void> {
    if (this.#state === 'connecting') {
      this.#opened.reject(reason ?? new SocketError('the socket was closed before it was open'))
      this.#finish(undefined, reason)
    } else if (this.#state === 'open') {
      void this.#endGently(reason)
    }
    return this.closed
  }

  /** Begins TLS on this connection, and returns the socket to go on with. */
  startTls(options: TlsOptions = {}): UniversalSocket {
    if (this.secureTransport !== 'starttls') {
      throw new SocketError('startTls() needs a socket that has secureTransport: "starttls"')
    }
    if (this.#upgraded) throw new SocketError('startTls() was called before on this socket')
    if (this.#state === 'closing' || this.#state === 'closed') {
      throw new SocketError('startTls() was called on a closed socket')
    }
    this.#upgraded = true
    this.#state = 'closed'
    const { security } = this.#options
    const own = certificates(options.ca)
    const secured = this.#connecting.then(async (transport) => {
      this.#opened.resolve(transport.info)
      await this.#ends.flush()
      this.#ends.close(undefined, 'the socket was upgraded to TLS')
      return transport.secure({
        ...security,
        serverName: options.expectedServerHostname ?? security.serverName,
        ca: own.length > 0 ? own : security.ca,
      })
    })
    this.#connecting.then(
      () => this.#closed.resolve(),
      (error: unknown) => {
        this.#opened.reject(SocketError.from(error))
        this.#closed.reject(SocketError.from(error))
      }
    )
    return new StreamSocket(secured, { ...this.#options, secureTransport: 'on' })
  }

  #connected(transport: Transport): void {
    if (this.#upgraded) return
    if (this.#state !== 'connecting') {
      transport.destroy()
      return
    }
    this.#state = 'open'
    this.#opened.resolve(transport.info)
  }

  #readEnded(): void {
    if (this.#state !== 'open') return
    if (!this.#options.allowHalfOpen) void this.#endGently()
    else if (this.#ends.bothEnded) this.#finish()
  }

  #writeEnded(): void {
    if (this.#state === 'open' && this.#ends.bothEnded) this.#finish()
  }

  /** Sends what was written, ends our side and then closes the connection. */
  async #endGently(reason?: unknown): Promise<void> {
    this.#state = 'closing'
    let timer: Guard | undefined
    const tooLong = new Promise<void>((resolve) => (timer = guard(resolve, LINGER)))
    const gently = async (): Promise<void> => {
      await this.#ends.flush()
      await (await this.#connecting).end()
    }
    await Promise.race([gently().catch(() => undefined), tooLong])
    clearTimeout(timer)
    this.#finish(undefined, reason)
  }

  /** The connection is over: because it broke, or as it should be. */
  #finish(error?: SocketError, reason?: unknown): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#connecting.then(
      (transport) => transport.destroy(),
      () => undefined
    )
    this.#ends.close(error ?? reason)
    if (error === undefined) this.#closed.resolve()
    else {
      this.#opened.reject(error)
      this.#closed.reject(error)
    }
  }
}

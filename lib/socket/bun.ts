/** Sockets of Bun: `Bun.connect` and `Bun.listen`, whose callbacks are told apart by `socket.data`. */
import { socketEnd } from './address'
import { ByteQueue } from './byte-queue'
import type { Accept, Listener, ListenPlace } from './listener'
import type { Security, Transport } from './transport'
import type { SocketAddress, SocketInfo, SocketPath } from './types'

interface BunSocket {
  data: BunTransport | undefined
  readonly localAddress?: string
  readonly localPort?: number
  readonly remoteAddress?: string
  readonly remotePort?: number
  readonly alpnProtocol?: string | false | null
  write(bytes: Uint8Array): number
  shutdown(): void
  end(): void
  terminate(): void
  pause(): void
  resume(): void
  setNoDelay?(on: boolean): boolean
  upgradeTLS(options: object): [raw: BunSocket, secured: BunSocket]
}

interface BunListener {
  readonly port?: number
  stop(closeAll?: boolean): void
  ref(): void
  unref(): void
}

interface BunGlobal {
  connect(options: object): Promise<BunSocket>
  listen(options: object): BunListener
}

const bun = (): BunGlobal => (globalThis as unknown as { Bun: BunGlobal }).Bun

/** A socket of Bun, plain or with TLS. */
class BunTransport implements Transport {
  readonly info: SocketInfo
  readonly #socket: BunSocket
  readonly #received: ByteQueue
  #closed = false
  #drained: (() => void) | undefined

  constructor(socket: BunSocket, path = '') {
    this.#socket = socket
    const { alpnProtocol } = socket
    this.info = {
      localAddress: socketEnd(socket.localAddress ?? path, socket.localPort),
      remoteAddress: socketEnd(socket.remoteAddress ?? path, socket.remotePort),
      alpn: typeof alpnProtocol === 'string' && alpnProtocol !== '' ? alpnProtocol : null,
    }
    this.#received = new ByteQueue({ pause: () => socket.pause(), resume: () => socket.resume() })
  }

  /** Called with what has come in, in memory that is used again. */
  receive(bytes: Uint8Array): void {
    this.#received.push(new Uint8Array(bytes))
  }

  /** Called when the peer has ended its side. */
  ended(): void {
    this.#received.end()
  }

  /** Called when the connection is over. */
  closed(error?: Error): void {
    this.#closed = true
    this.#received.end(error)
    this.drained()
  }

  /** Called when there is room for more to be written. */
  drained(): void {
    const waiting = this.#drained
    this.#drained = undefined
    waiting?.()
  }

  read(): Promise<Uint8Array | undefined> {
    return this.#received.shift()
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.byteLength;) {
      if (this.#closed) throw new Error('the connection is closed')
      const taken = this.#socket.write(bytes.subarray(at))
      if (taken < 0) throw new Error('the connection is closed')
      at += taken
      if (at < bytes.byteLength) await new Promise<void>((resolve) => (this.#drained = resolve))
    }
  }

  end(): Promise<void> {
    if (!this.#closed) this.#socket.shutdown()
    return Promise.resolve()
  }

  destroy(): void {
    if (this.#closed) return
    this.closed()
    this.#socket.end()
  }

  async secure({ serverName, alpn, ca }: Security): Promise<Transport> {
    const { rootCertificates } = await import('node:tls')
    return new Promise((resolve, reject) => {
      let transport: BunTransport | undefined
      const over = (_: BunSocket, error?: Error): void => {
        transport?.closed(error)
        reject(error ?? new Error('the connection was closed before it was open'))
      }
      const handshake = (socket: BunSocket, success: boolean, error: Error | null): void => {
        if (!success || error) {
          socket.end()
          reject(error ?? new Error('the TLS handshake failed'))
          return
        }
        transport = new BunTransport(socket)
        socket.data = transport
        resolve(transport)
      }
      this.#socket.upgradeTLS({
        data: undefined,
        tls: {
          serverName,
          rejectUnauthorized: true,
          ...(ca.length > 0 ? { ca: [...rootCertificates, ...ca] } : {}),
          ...(alpn.length > 0 ? { ALPNProtocols: alpnBytes(alpn) } : {}),
        },
        socket: { ...HANDLERS, handshake, close: over, error: over },
      })
    })
  }
}

/** Protocols as TLS has them: each behind its length. */
function alpnBytes(protocols: readonly string[]): ArrayBuffer {
  const encoder = new TextEncoder()
  const bytes = protocols.flatMap((protocol) => {
    const name = encoder.encode(protocol)
    return [name.byteLength, ...name]
  })
  return Uint8Array.from(bytes).buffer
}

const HANDLERS = {
  data: (socket: BunSocket, bytes: Uint8Array) => socket.data?.receive(bytes),
  drain: (socket: BunSocket) => socket.data?.drained(),
  end: (socket: BunSocket) => socket.data?.ended(),
  close: (socket: BunSocket, error?: Error) => socket.data?.closed(error),
  error: (socket: BunSocket, error: Error) => socket.data?.closed(error),
}

/** Connects. */
export async function connectBun(address: SocketAddress | SocketPath): Promise<Transport> {
  const isPath = 'path' in address
  let transport: BunTransport | undefined
  const open = (socket: BunSocket): void => {
    socket.setNoDelay?.(true)
    transport = new BunTransport(socket, isPath ? address.path : undefined)
    socket.data = transport
  }
  await bun().connect({
    ...(isPath ? { unix: address.path } : address),
    allowHalfOpen: true,
    socket: { ...HANDLERS, open, connectError: () => undefined },
  })
  if (transport === undefined) throw new Error('the connection was closed before it was open')
  return transport
}

/** Listens, and calls `accept` with each connection. */
export function listenBun(
  { hostname, port, path }: ListenPlace,
  accept: Accept
): Promise<Listener> {
  const open = (socket: BunSocket): void => {
    socket.setNoDelay?.(true)
    socket.data = new BunTransport(socket, path)
    accept.connection(socket.data)
  }
  const listener = bun().listen({
    ...(path === undefined ? { hostname, port } : { unix: path }),
    allowHalfOpen: true,
    socket: { ...HANDLERS, open },
  })
  return Promise.resolve({
    port: path === undefined ? listener.port : undefined,
    close: () => listener.stop(),
    ref: () => listener.ref(),
    unref: () => listener.unref(),
  })
}

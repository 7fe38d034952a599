/** Sockets of Deno: `Deno.connect`, `Deno.startTls` and `Deno.listen`. */
import { socketEnd } from './address'
import type { Accept, Listener, ListenPlace } from './listener'
import type { Security, Transport } from './transport'
import type { SocketAddress, SocketEnd, SocketInfo, SocketPath } from './types'

interface DenoAddress {
  hostname?: string
  port?: number
  path?: string
}

interface DenoConnection {
  readonly localAddr: DenoAddress
  readonly remoteAddr: DenoAddress
  read(buffer: Uint8Array): Promise<number | null>
  write(bytes: Uint8Array): Promise<number>
  closeWrite(): Promise<void>
  close(): void
  setNoDelay?(on: boolean): void
  handshake?(): Promise<{ alpnProtocol: string | null }>
}

interface DenoListener {
  readonly addr: DenoAddress
  accept(): Promise<DenoConnection>
  close(): void
  ref(): void
  unref(): void
}

type Place = { hostname: string; port: number } | { transport: 'unix'; path: string }

interface DenoGlobal {
  connect(place: Place): Promise<DenoConnection>
  listen(place: Place): DenoListener
  startTls(
    connection: DenoConnection,
    options: { hostname: string; caCerts: string[]; alpnProtocols?: string[] }
  ): Promise<DenoConnection>
  errors: { BadResource: new () => Error; Interrupted: new () => Error }
}

const deno = (): DenoGlobal => (globalThis as unknown as { Deno: DenoGlobal }).Deno

/** The most that one read gives. */
const READ_SIZE = 64 * 1024
/** How long after an error the next connection is asked for, in milliseconds. */
const RETRY_AFTER = 100

function end({ hostname, port, path }: DenoAddress): SocketEnd {
  return socketEnd(hostname ?? path, port)
}

/** A connection of Deno, plain or with TLS. */
class DenoTransport implements Transport {
  readonly info: SocketInfo
  readonly #connection: DenoConnection
  #destroyed = false

  constructor(connection: DenoConnection, alpn: string | null = null) {
    this.#connection = connection
    this.info = {
      localAddress: end(connection.localAddr),
      remoteAddress: end(connection.remoteAddr),
      alpn,
    }
  }

  async read(): Promise<Uint8Array | undefined> {
    const buffer = new Uint8Array(READ_SIZE)
    try {
      for (;;) {
        const size = await this.#connection.read(buffer)
        if (size === null) return undefined
        // None read is not the end.
        if (size > 0) return buffer.slice(0, size)
      }
    } catch (error) {
      if (this.#destroyed) return undefined
      throw error
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.byteLength;) {
      at += await this.#connection.write(bytes.subarray(at))
    }
  }

  async end(): Promise<void> {
    // A peer that is gone needs no end.
    await this.#connection.closeWrite().catch(() => undefined)
  }

  destroy(): void {
    if (this.#destroyed) return
    this.#destroyed = true
    try {
      this.#connection.close()
    } catch (error) {
      if (!(error instanceof deno().errors.BadResource)) throw error
    }
  }

  async secure({ serverName, alpn, ca }: Security): Promise<Transport> {
    const secured = await deno().startTls(this.#connection, {
      hostname: serverName,
      caCerts: [...ca],
      ...(alpn.length > 0 ? { alpnProtocols: [...alpn] } : {}),
    })
    try {
      const agreed = await secured.handshake?.()
      return new DenoTransport(secured, agreed?.alpnProtocol ?? null)
    } catch (error) {
      secured.close()
      throw error
    }
  }
}

/** Connects. */
export async function connectDeno(address: SocketAddress | SocketPath): Promise<Transport> {
  const place: Place = 'path' in address ? { transport: 'unix', path: address.path } : address
  const connection = await deno().connect(place)
  connection.setNoDelay?.(true)
  return new DenoTransport(connection)
}

/** Listens, and calls `accept` with each connection. */
export function listenDeno(where: ListenPlace, accept: Accept): Promise<Listener> {
  const { hostname, port, path } = where
  const listener = deno().listen(
    path === undefined ? { hostname, port } : { transport: 'unix', path }
  )
  let open = true
  const loop = async (): Promise<void> => {
    while (open) {
      try {
        const connection = await listener.accept()
        connection.setNoDelay?.(true)
        accept.connection(new DenoTransport(connection))
      } catch (error) {
        if (!open) return
        accept.error(error)
        // Such as too many open files, which passes.
        await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER))
      }
    }
  }
  void loop()
  return Promise.resolve({
    port: listener.addr.port,
    close: () => {
      open = false
      listener.close()
    },
    ref: () => listener.ref(),
    unref: () => listener.unref(),
  })
}

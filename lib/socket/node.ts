/** Sockets of Node: `node:net` and `node:tls`, which are loaded when the first one is made. */
import type { Server, Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { socketEnd } from './address'
import { ByteQueue } from './byte-queue'
import type { Accept, Listener, ListenPlace } from './listener'
import type { Security, Transport } from './transport'
import type { SocketAddress, SocketInfo, SocketPath } from './types'

/** A socket of `node:net`, or of `node:tls` over one. */
class NodeTransport implements Transport {
  readonly info: SocketInfo
  readonly #socket: Socket
  readonly #received: ByteQueue
  readonly #onData: (chunk: Buffer) => void

  constructor(socket: Socket, path = '') {
    this.#socket = socket
    const alpn = (socket as Partial<TLSSocket>).alpnProtocol
    this.info = {
      localAddress: socketEnd(socket.localAddress ?? path, socket.localPort),
      remoteAddress: socketEnd(socket.remoteAddress ?? path, socket.remotePort),
      alpn: typeof alpn === 'string' ? alpn : null,
    }
    this.#received = new ByteQueue({ pause: () => socket.pause(), resume: () => socket.resume() })
    this.#onData = (chunk) => this.#received.push(chunk)
    socket.on('data', this.#onData)
    socket.once('end', () => this.#received.end())
    socket.on('error', (error) => this.#received.end(error))
    socket.once('close', () => this.#received.end())
  }

  read(): Promise<Uint8Array | undefined> {
    return this.#received.shift()
  }

  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.write(bytes, (error) => {
        // Node tells no error for what was under way when the socket was destroyed.
        if (error || this.#socket.destroyed) reject(error ?? new Error('the connection is closed'))
        else resolve()
      })
    })
  }

  end(): Promise<void> {
    return new Promise((resolve) => {
      this.#socket.once('close', () => resolve())
      this.#socket.end(() => resolve())
      if (this.#socket.destroyed) resolve()
    })
  }

  destroy(): void {
    this.#received.end()
    this.#socket.destroy()
  }

  async secure({ serverName, alpn, ca }: Security): Promise<Transport> {
    const [{ connect, rootCertificates }, { isIP }] = await Promise.all([
      import('node:tls'),
      import('node:net'),
    ])
    this.#socket.removeListener('data', this.#onData)
    const secured = connect({
      socket: this.#socket,
      // A server is asked for by name only; the certificate is checked against the address as well.
      ...(isIP(serverName) === 0 ? { servername: serverName } : { host: serverName }),
      ...(alpn.length > 0 ? { ALPNProtocols: [...alpn] } : {}),
      ...(ca.length > 0 ? { ca: [...rootCertificates, ...ca] } : {}),
    })
    await established(secured, 'secureConnect')
    return new NodeTransport(secured)
  }
}

/** Resolves with the event that says that a socket is ready. */
function established(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    const closed = (): void => reject(new Error('the connection was closed before it was open'))
    socket.once('error', reject)
    socket.once('close', closed)
    socket.once(event, () => {
      socket.removeListener('error', reject)
      socket.removeListener('close', closed)
      resolve()
    })
  })
}

/** Connects. */
export async function connectNode(address: SocketAddress | SocketPath): Promise<Transport> {
  const { connect } = await import('node:net')
  const isPath = 'path' in address
  const place = isPath ? address : { host: address.hostname, port: address.port }
  const socket = connect({ ...place, allowHalfOpen: true, noDelay: true })
  await established(socket, 'connect')
  return new NodeTransport(socket, isPath ? address.path : undefined)
}

/** Listens, and calls `accept` with each connection. */
export async function listenNode(place: ListenPlace, accept: Accept): Promise<Listener> {
  const { createServer } = await import('node:net')
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
    accept.connection(new NodeTransport(socket, place.path))
  )
  await listening(server, place)
  server.on('error', (error) => accept.error(error))
  const bound = server.address()
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : undefined,
    // Connections that are open hold the callback back, so nobody waits for it.
    close: () => void server.close(),
    ref: () => void server.ref(),
    unref: () => void server.unref(),
  }
}

function listening(server: Server, { hostname, port, path }: ListenPlace): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path === undefined ? { host: hostname, port } : { path }, () => {
      server.removeListener('error', reject)
      resolve()
    })
  })
}

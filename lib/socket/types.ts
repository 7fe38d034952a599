/**
 * The shapes of the sockets API: those of the WinterTC proposal and of Cloudflare's `connect()`, and
 * what this package adds to them (`ca`, a socket's path, the listening side).
 */

/** `off`: plain. `on`: TLS from the start. `starttls`: plain until `startTls()` is called. */
export type SecureTransport = 'off' | 'on' | 'starttls'

/** Where a peer is on the network. */
export interface SocketAddress {
  readonly hostname: string
  readonly port: number
}

/** Where a Unix socket is in the file system. */
export interface SocketPath {
  readonly path: string
}

/** What `connect` takes: `host:port` as a text or as an object, or the path of a Unix socket. */
export type AnySocketAddress = string | SocketAddress | SocketPath

/** One end of an open connection. As a text it is `host:port`, which is how Cloudflare gives it. */
export interface SocketEnd extends SocketAddress {
  toString(): string
}

/** What is known of an open connection. The ends of a Unix socket have the port 0. */
export interface SocketInfo {
  readonly localAddress: SocketEnd
  readonly remoteAddress: SocketEnd
  /** The protocol that TLS has agreed on, if any was asked for. */
  readonly alpn: string | null
}

/** What a TLS handshake is made with. */
export interface TlsOptions {
  /** The name that the certificate must be for. Default: the host that was connected to. */
  expectedServerHostname?: string | undefined
  /** Certificates (PEM) that are trusted beside those of the system. */
  ca?: string | readonly string[] | undefined
}

/** How `connect` connects. */
export interface SocketOptions {
  /** Default `off`. */
  secureTransport?: SecureTransport | undefined
  /** Whether our side stays open when the peer has ended its own. Default false. */
  allowHalfOpen?: boolean | undefined
  /** The server name that TLS asks for. Default: the host that is connected to. */
  sni?: string | undefined
  /** Protocols that TLS offers, the preferred one first. */
  alpn?: readonly string[] | undefined
  /** Certificates (PEM) that are trusted beside those of the system. */
  ca?: string | readonly string[] | undefined
}

/** A connection as streams, the same on every runtime. */
export interface UniversalSocket {
  /** What the peer sends. Ends when the peer ends its side. */
  readonly readable: ReadableStream<Uint8Array>
  /** What is sent to the peer: bytes only. Closing it ends our side. */
  readonly writable: WritableStream<Uint8Array>
  /** Resolves once connected, after the handshake where there is TLS. Rejects with a `SocketError`. */
  readonly opened: Promise<SocketInfo>
  /** Resolves once the connection is over; rejects with a `SocketError` when it broke. */
  readonly closed: Promise<void>
  /** Whether `startTls` has handed the connection on to another socket. */
  readonly upgraded: boolean
  /** How the connection is, or may be, secured. */
  readonly secureTransport: SecureTransport
  /** Sends what was written before, then closes both sides. Idempotent. */
  close(reason?: unknown): Promise<void>
  /** Begins TLS on this connection, and returns the socket to go on with. */
  startTls(options?: TlsOptions): UniversalSocket
}

/** What is told of connections that come in. */
export interface SocketHandler {
  /** Called with each connection. What it throws or rejects with goes to `onError`. */
  onConnection(socket: UniversalSocket): void | Promise<void>
  /** Called with what goes wrong while listening. */
  onError?(error: Error): void
}

/** Where and how to listen. */
export interface ListenOptions {
  /** Default `127.0.0.1`. */
  readonly hostname?: string | undefined
  /** 0 gives a free one. */
  readonly port?: number | undefined
  /** Path of a Unix socket to listen on, in place of host and port. */
  readonly path?: string | undefined
  /** Whether our side stays open when the peer has ended its own. Default false. */
  readonly allowHalfOpen?: boolean | undefined
  readonly handler: SocketHandler
}

/** A place that is listened on. */
export interface SocketListener {
  readonly hostname: string | undefined
  readonly port: number | undefined
  readonly path: string | undefined
  /** Takes no more connections. Those that are open stay. Idempotent. */
  close(): Promise<void>
  /** Keeps the process alive while listening, which is the default. */
  ref(): void
  /** Lets the process end while listening. */
  unref(): void
}

/** What a runtime's own sockets are brought to, below the streams of a `UniversalSocket`. */
import type { SocketInfo } from './types'

/** What TLS is begun with. */
export interface Security {
  /** Name that is asked for and that the certificate must have. */
  readonly serverName: string
  readonly alpn: readonly string[]
  readonly ca: readonly string[]
}

/** One open connection. Reads and writes come one after the other; half-open ones stay open. */
export interface Transport {
  readonly info: SocketInfo
  /** The next bytes, or nothing once the peer has ended its side. */
  read(): Promise<Uint8Array | undefined>
  /** Resolves once the runtime has handed all of the bytes on. */
  write(bytes: Uint8Array): Promise<void>
  /** Ends our side; the peer's stays open. */
  end(): Promise<void>
  /** Closes both sides at once. Idempotent. */
  destroy(): void
  /** Begins TLS as the client. The transport must not be used after that. */
  secure(security: Security): Promise<Transport>
}

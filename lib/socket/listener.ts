/** What the listening side of each runtime is given, and what it gives back. */
import type { Transport } from './transport'

/** Where to listen: a Unix socket's path, or host and port. */
export interface ListenPlace {
  readonly hostname: string
  readonly port: number
  readonly path: string | undefined
}

/** Who is called while listening. */
export interface Accept {
  connection(transport: Transport): void
  error(error: unknown): void
}

/** A runtime's own listener. */
export interface Listener {
  readonly port: number | undefined
  /** Stops to listen at once. */
  close(): void | Promise<void>
  ref(): void
  unref(): void
}

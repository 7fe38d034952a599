/** `SocketError`: what a socket fails with, as the sockets API has it: a `TypeError` that names itself. */
export class SocketError extends TypeError {
  /** The runtime's code, such as `ECONNREFUSED`, where it gave one. */
  readonly code: string | undefined

  constructor(message: string, options: { cause?: unknown; code?: string | undefined } = {}) {
    super(
      `SocketError: ${message}`,
      options.cause === undefined ? undefined : { cause: options.cause }
    )
    this.name = 'SocketError'
    this.code = options.code
  }

  /** The error as a `SocketError`, with the runtime's own one as its cause. */
  static from(error: unknown): SocketError {
    if (error instanceof SocketError) return error
    const { message, code } = (error ?? {}) as { message?: unknown; code?: unknown }
    const text = typeof message === 'string' && message !== '' ? message : String(error)
    return new SocketError(text, {
      cause: error,
      code: typeof code === 'string' ? code : undefined,
    })
  }
}

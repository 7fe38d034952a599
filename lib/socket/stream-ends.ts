/** `StreamEnds`: the readable and the writable of a socket, on a connection that is being made. */
import { SocketError } from './socket-error'
import type { Transport } from './transport'

/** What the streams tell. */
export interface StreamWatch {
  /** How many chunks are read before anybody asks for them. */
  readonly readAhead: 0 | 1
  /** The peer has ended its side, and all of it was read. */
  readEnded(): void
  /** Our side was ended. */
  writeEnded(): void
  failed(error: unknown): void
  /** The writable was aborted. */
  aborted(): void
}

/** What is written, as bytes. */
function toBytes(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk
  if (chunk instanceof ArrayBuffer) return new Uint8Array(chunk)
  if (ArrayBuffer.isView(chunk)) {
    return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength)
  }
  throw new SocketError(`a socket takes bytes (Uint8Array), got ${typeof chunk}`)
}

/** Both streams of one socket. */
export class StreamEnds {
  readonly readable: ReadableStream<Uint8Array>
  readonly writable: WritableStream<Uint8Array>
  readonly #connecting: Promise<Transport>
  readonly #watch: StreamWatch
  #reading: ReadableByteStreamController | undefined
  #writing: WritableStreamDefaultController | undefined
  #write: Promise<void> | undefined
  #readEnded = false
  #writeEnded = false
  #closed = false

  constructor(connecting: Promise<Transport>, watch: StreamWatch) {
    this.#connecting = connecting
    this.#watch = watch
    this.readable = this.#createReadable()
    this.writable = this.#createWritable()
  }

  /** Whether neither side will carry anything more. */
  get bothEnded(): boolean {
    return this.#readEnded && this.#writeEnded
  }

  /** Resolves once what was written has been handed on, the chunks that wait in the stream included. */
  async flush(): Promise<void> {
    for (;;) {
      // The stream begins with its next chunk before a timer's turn comes.
      await new Promise((resolve) => setTimeout(resolve, 0))
      if (this.#write === undefined) return
      await this.#write.catch(() => undefined)
    }
  }

  /** Ends both streams: reading with its end or with `error`, writing always with an error. */
  close(error: unknown, why = 'the socket is closed'): void {
    this.#closed = true
    if (!this.#readEnded) {
      this.#readEnded = true
      if (error === undefined) this.#endReadable()
      else this.#reading?.error(error)
    }
    if (!this.#writeEnded) {
      this.#writeEnded = true
      this.#writing?.error(error ?? new SocketError(why))
    }
  }

  #createReadable(): ReadableStream<Uint8Array> {
    return new ReadableStream(
      {
        type: 'bytes',
        start: (controller) => {
          this.#reading = controller
        },
        pull: () => this.#pull(),
        cancel: () => {
          this.#readEnded = true
        },
      },
      { highWaterMark: this.#watch.readAhead }
    )
  }

  async #pull(): Promise<void> {
    try {
      const transport = await this.#connecting
      const chunk = await transport.read()
      if (this.#readEnded) return
      if (chunk === undefined) {
        this.#readEnded = true
        this.#endReadable()
        this.#watch.readEnded()
      } else {
        // The stream takes the chunk's memory away from whom it belongs to, so it must be its own.
        const isOwn = chunk.byteLength === chunk.buffer.byteLength
        this.#reading?.enqueue(isOwn ? chunk : chunk.slice())
      }
    } catch (error) {
      if (!this.#closed) this.#watch.failed(error)
    }
  }

  #endReadable(): void {
    this.#reading?.close()
    // A reader that brought its own memory is answered only after the end is known.
    this.#reading?.byobRequest?.respond(0)
  }

  #createWritable(): WritableStream<Uint8Array> {
    return new WritableStream<Uint8Array>({
      start: (controller) => {
        this.#writing = controller
        // Told at once, while `abort` below waits for the write that is under way.
        const { signal } = controller as WritableStreamDefaultController & { signal: AbortSignal }
        signal.addEventListener('abort', () => this.#aborted(), { once: true })
      },
      write: (chunk) => this.#send(chunk),
      close: async () => {
        const transport = await this.#connecting
        await transport.end()
        this.#writeEnded = true
        this.#watch.writeEnded()
      },
      abort: () => this.#aborted(),
    })
  }

  #aborted(): void {
    if (this.#writeEnded) return
    this.#writeEnded = true
    this.#watch.aborted()
  }

  async #send(chunk: unknown): Promise<void> {
    try {
      const bytes = toBytes(chunk)
      this.#write = this.#connecting.then((transport) => transport.write(bytes))
      await this.#write
    } catch (error) {
      const failure = SocketError.from(error)
      if (!this.#closed) this.#watch.failed(failure)
      throw failure
    } finally {
      this.#write = undefined
    }
  }
}

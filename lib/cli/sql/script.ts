/** A script that is read while it runs: statements one by one, and the data of COPY between them. */
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { CliError } from '../cli-error'
import { StatementSplitter, type Piece } from './splitter'

const GZIP = Buffer.from([0x1f, 0x8b])

/** A text file as it is read; one that is compressed by gzip is unpacked. */
export async function openText(
  file: string,
  onBytes?: (bytes: number) => void
): Promise<AsyncIterable<string>> {
  const magic = await firstBytes(file, GZIP.length)
  const stream = createReadStream(file)
  const counted =
    onBytes === undefined ? stream : Readable.from(counting(stream, onBytes), { objectMode: false })
  if (!magic.equals(GZIP)) return counted.setEncoding('utf8')
  const unpacked = createGunzip()
  counted.on('error', (error: Error) => unpacked.destroy(error))
  return counted.pipe(unpacked).setEncoding('utf8')
}

/** Tells how much of a file has been read. A listener would set it flowing before anybody reads. */
async function* counting(
  stream: AsyncIterable<Buffer>,
  onBytes: (bytes: number) => void
): AsyncGenerator<Buffer> {
  let bytes = 0
  for await (const chunk of stream) {
    bytes += chunk.length
    onBytes(bytes)
    yield chunk
  }
}

/** The first bytes of a file, by which its kind is known. */
export async function firstBytes(file: string, count: number): Promise<Buffer> {
  try {
    const handle = await open(file)
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(count), 0, count, 0)
      return buffer.subarray(0, bytesRead)
    } finally {
      await handle.close()
    }
  } catch (cause) {
    throw new CliError(`the file ${file} cannot be read`, {
      hint: 'check its name, and who may read it',
      cause,
    })
  }
}

/** What is piped into the process. */
export function standardInput(): Readable {
  return process.stdin.setEncoding('utf8')
}

/** SQL that comes in pieces. */
export class SqlScript {
  readonly #chunks: AsyncIterator<string>
  readonly #splitter = new StatementSplitter()

  constructor(chunks: AsyncIterable<string>) {
    this.#chunks = chunks[Symbol.asyncIterator]()
  }

  /** The next statement, or command of psql. Undefined at the end. */
  async next(): Promise<Piece | undefined> {
    for (;;) {
      const piece = this.#splitter.next()
      if (piece !== undefined) return piece
      if (!(await this.#read())) return this.#splitter.next()
    }
  }

  /** The lines after COPY … FROM STDIN, up to `\.`. */
  async *copyData(): AsyncGenerator<string> {
    for (;;) {
      const { text, done } = this.#splitter.takeData()
      if (text !== '') yield text
      if (done) return
      await this.#read()
    }
  }

  /** The beginning of a statement that has not come as a whole. */
  takePending(): string {
    return this.#splitter.takePending()
  }

  /** Reads on; false at the end. */
  async #read(): Promise<boolean> {
    const read = await this.#chunks.next()
    if (read.done === true) this.#splitter.finish()
    else this.#splitter.feed(read.value)
    return read.done !== true
  }
}

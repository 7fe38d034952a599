/** Runs statements on a connection, and gives what psql shows: rows as text, command tags, COPY streams. */
import type pg from 'pg'
import type { FieldDef } from 'pg'

/** What one statement has answered. */
export interface StatementResult {
  /** Absent where the statement gives no rows. */
  fields?: FieldDef[]
  rows: (string | null)[][]
  /** What was done, in the words of the server: `INSERT 0 1`. Absent for an empty statement. */
  tag?: string
}

/** Where the data of COPY comes from and goes to. */
export interface CopyStreams {
  /** Gives the data of COPY … FROM STDIN, piece by piece. */
  input?: () => AsyncIterable<string> | Iterable<string>
  /** Takes the data of COPY … TO STDOUT. */
  output?: (chunk: Buffer) => void
}

/** What is used of pg's connection. */
interface Connection {
  readonly stream: { writableNeedDrain?: boolean; once(event: string, call: () => void): unknown }
  query(text: string): void
  sendCopyFromChunk(chunk: Buffer): void
  endCopyFrom(): void
  sendCopyFail(message: string): void
}

type Settle = { resolve: (results: StatementResult[]) => void; reject: (error: unknown) => void }

/** A query as pg's client drives it. */
class TextQuery {
  readonly #text: string
  readonly #streams: CopyStreams
  readonly #settle: Settle
  readonly #results: StatementResult[] = []
  #current: StatementResult = { rows: [] }
  #error: Error | undefined

  constructor(text: string, streams: CopyStreams, settle: Settle) {
    this.#text = text
    this.#streams = streams
    this.#settle = settle
  }

  submit(connection: Connection): void {
    connection.query(this.#text)
  }

  handleRowDescription({ fields }: { fields: FieldDef[] }): void {
    this.#current.fields = fields
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    this.#current.rows.push(fields)
  }

  handleCommandComplete({ text }: { text: string }): void {
    this.#results.push({ ...this.#current, tag: text })
    this.#current = { rows: [] }
  }

  handleEmptyQuery(): void {
    this.#results.push({ rows: [] })
  }

  handlePortalSuspended(): void {
    throw new Error('a simple query has no portal')
  }

  handleCopyInResponse(connection: Connection): void {
    void this.#copyIn(connection)
  }

  handleCopyData({ chunk }: { chunk: Buffer }): void {
    this.#streams.output?.(chunk)
  }

  /** The last that pg's client tells of a query that fails. */
  handleError(error: Error): void {
    this.#error = error
    this.#settle.reject(Object.assign(error, { results: this.#results }))
  }

  handleReadyForQuery(): void {
    this.#settle.resolve(this.#results)
  }

  /** Sends the data, no faster than it is taken; what fails here fails the statement. */
  async #copyIn(connection: Connection): Promise<void> {
    const { input } = this.#streams
    if (input === undefined) return connection.sendCopyFail('there is no data for COPY')
    try {
      for await (const text of input()) {
        connection.sendCopyFromChunk(Buffer.from(text))
        if (this.#error !== undefined) return
        if (connection.stream.writableNeedDrain === true) {
          await new Promise<void>((resolve) => connection.stream.once('drain', resolve))
        }
      }
      connection.endCopyFrom()
    } catch (error) {
      connection.sendCopyFail((error as Error).message)
    }
  }
}

/**
 * Runs a text with any number of statements. Rejects with the error of the first that fails; the error's
 * `results` are those of the statements before it.
 */
export function runText(
  client: pg.ClientBase,
  text: string,
  streams: CopyStreams = {}
): Promise<StatementResult[]> {
  return new Promise((resolve, reject) => {
    const query = new TextQuery(text, streams, { resolve, reject })
    client.query(query as unknown as pg.Submittable)
  })
}

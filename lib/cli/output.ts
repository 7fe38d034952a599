/** What the command line writes: text for people, or one JSON value. Colours only where a person looks. */
import type { ToldError } from './errors'
import { pad, width } from './text'

type Stream = NodeJS.WriteStream

/** A heading with rows of a name and a value below it. */
export interface Section {
  title: string
  rows: [name: string, value: string][]
}

const STYLES = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] }

/** Whether colours may be written to a stream: see https://no-color.org. */
function hasColours(stream: Stream): boolean {
  const { NO_COLOR, TERM } = process.env
  return stream.isTTY && (NO_COLOR === undefined || NO_COLOR === '') && TERM !== 'dumb'
}

/** The two streams of one call of the command line. */
export class Output {
  /** Whether one JSON value is all that goes to standard output. */
  readonly json: boolean
  readonly #out: Stream
  readonly #err: Stream

  constructor(json: boolean, out: Stream = process.stdout, err: Stream = process.stderr) {
    this.json = json
    this.#out = out
    this.#err = err
    // Whoever reads has seen enough: `oxbase … | head`.
    out.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(0)
      throw error
    })
  }

  /** Writes a line for people to standard output; with `--json` it is left out. */
  print(line = ''): void {
    if (!this.json) this.#out.write(`${line}\n`)
  }

  /** Writes text to standard output as it is. */
  write(text: string | Uint8Array): boolean {
    return this.#out.write(text)
  }

  /** Writes the one JSON value; without `--json` it is left out. */
  value(value: unknown): void {
    if (this.json) this.#out.write(`${JSON.stringify(value, null, 2)}\n`)
  }

  /** Writes a remark to standard error; with `--json` it is left out. */
  note(line: string): void {
    if (!this.json) this.#err.write(`${line}\n`)
  }

  /** Tells an error: to standard error, or with `--json` as the one value. */
  error(error: ToldError): void {
    const { message, hint, detail, code } = error
    if (this.json) return this.value({ error: { message, hint, detail, code } })
    const lines = [`${this.#styled('red', 'error', this.#err)}: ${message}`]
    if (detail !== undefined) lines.push(`detail: ${detail}`)
    if (hint !== undefined) lines.push(`${this.#styled('yellow', 'hint', this.#err)}: ${hint}`)
    this.#err.write(`${lines.join('\n')}\n`)
  }

  /** Text in a style, when standard output shows styles. */
  style(style: keyof typeof STYLES, text: string): string {
    return this.#styled(style, text, this.#out)
  }

  /** Prints sections in a frame, their names in one column. */
  box(sections: Section[]): void {
    const rows = sections.flatMap((section) => section.rows)
    const left = Math.max(...rows.map(([name]) => width(name)))
    const inner = Math.max(
      ...sections.map(({ title }) => width(title)),
      ...rows.map(([, value]) => left + 2 + width(value))
    )
    const rule = '─'.repeat(inner + 2)
    this.print(`╭${rule}╮`)
    sections.forEach(({ title, rows: lines }, index) => {
      if (index > 0) this.print(`├${rule}┤`)
      this.print(`│ ${this.style('bold', pad(title, inner))} │`)
      for (const [name, value] of lines) {
        const shown = pad(value, inner - left - 2)
        this.print(`│ ${this.style('green', pad(name, left))}  ${shown} │`)
      }
    })
    this.print(`╰${rule}╯`)
  }

  /** Prints a table as Supabase's tools do: a header, a rule, rows. */
  table(header: string[], rows: string[][]): void {
    const widths = header.map((name, column) =>
      Math.max(width(name), ...rows.map((row) => width(row[column] ?? '')))
    )
    const line = (cells: string[]): string =>
      `  ${widths.map((size, column) => ` ${pad(cells[column] ?? '', size)} `).join('|')}`.trimEnd()
    this.print(line(header))
    this.print(`  ${widths.map((size) => '-'.repeat(size + 2)).join('|')}`)
    for (const row of rows) this.print(line(row))
  }

  /** Whether a person sees standard error. */
  get isWatched(): boolean {
    return this.#err.isTTY && !this.json && process.env['TERM'] !== 'dumb'
  }

  #styled(style: keyof typeof STYLES, text: string, stream: Stream): string {
    const [on, off] = STYLES[style] as [number, number]
    return hasColours(stream) ? `\u001b[${on}m${text}\u001b[${off}m` : text
  }
}

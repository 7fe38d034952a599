/** A small psql: runs statements and commands of psql on a connection, and prints what they answer. */
import type pg from 'pg'
import { formatError, formatRows, type PrintSettings } from '../sql/format'
import { openText, SqlScript } from '../sql/script'
import type { Piece } from '../sql/splitter'
import { runText, type CopyStreams, type StatementResult } from '../sql/statement'
import { listing } from './catalog'
import { describe } from './describe'
import { HELP } from './help'

/** Where what a shell says goes. */
export interface ShellStreams {
  out: (text: string | Uint8Array) => void
  err: (text: string) => void
}

/** What is read at the moment, for messages and for the data of COPY. */
interface Source {
  name: string | undefined
  copy: CopyStreams['input']
}

/** What psql ends with, besides 0. */
export const PsqlExit = { fatal: 1, lost: 2, script: 3 } as const

/** The state of one psql. */
export class Shell {
  readonly settings: PrintSettings
  /** Whether a script ends with its first error. */
  stopOnError = false
  quiet = false
  #timing = false
  /** Set by `\q`, and by what ends a script. */
  #exit: number | undefined
  readonly #client: pg.Client
  readonly #streams: ShellStreams
  /** The statement that `\g` runs again. */
  #last = ''
  #source: Source = { name: undefined, copy: undefined }

  constructor(client: pg.Client, streams: ShellStreams, settings: Partial<PrintSettings> = {}) {
    this.#client = client
    this.#streams = streams
    this.settings = { tuplesOnly: false, unaligned: false, expanded: false, ...settings }
    client.on('notice', (notice) => {
      const { detail, hint } = notice
      const lines = [`${notice.severity}:  ${notice.message}`]
      if (detail !== undefined) lines.push(`DETAIL:  ${detail}`)
      if (hint !== undefined) lines.push(`HINT:  ${hint}`)
      streams.err(`${lines.join('\n')}\n`)
    })
    client.on('notification', ({ channel, payload, processId }) => {
      const what = payload ? ` with payload "${payload}"` : ''
      streams.out(
        `Asynchronous notification "${channel}"${what} received from server process with PID ${processId}.\n`
      )
    })
  }

  /** What the shell ends with, once it has ended. */
  get exit(): number | undefined {
    return this.#exit
  }

  /** Runs SQL. Tells whether it succeeded; an error is printed. */
  async sql(text: string, line?: number): Promise<boolean> {
    const begin = performance.now()
    this.#last = text
    const copy: CopyStreams = { output: (chunk) => this.#streams.out(chunk) }
    if (this.#source.copy !== undefined) copy.input = this.#source.copy
    try {
      this.print(await runText(this.#client, text, copy))
      return true
    } catch (error) {
      this.print((error as { results?: StatementResult[] }).results ?? [])
      this.#fail(error as Error, text, line)
      return false
    } finally {
      const took = performance.now() - begin
      if (this.#timing) this.#streams.out(`Time: ${took.toFixed(3)} ms\n`)
    }
  }

  /** Runs a command that begins with a backslash. Tells whether it succeeded. */
  async command(text: string, pending?: () => string): Promise<boolean> {
    const [, name = '', rest = ''] = /^\\(\S*)\s*([^]*)$/.exec(text) ?? []
    const argument = rest.replace(/;\s*$/, '').trim() || undefined
    if (name === 'g' || name === 'gx') return this.#send(pending?.() ?? '', name === 'gx')
    if (name === 'd' && argument !== undefined) return this.#describe(argument)
    const list = listing(name, argument)
    if (list !== undefined) return this.#list(list)
    return this.#other(name, argument, pending)
  }

  /** Runs a script. */
  async script(chunks: AsyncIterable<string>, name?: string): Promise<void> {
    const script = new SqlScript(chunks)
    const outer = this.#source
    this.#source = { name, copy: () => script.copyData() }
    try {
      for (;;) {
        const piece = await script.next()
        if (piece === undefined || this.#exit !== undefined) return
        const done = await this.piece(piece, () => script.takePending())
        if (!done && this.stopOnError) this.#exit ??= PsqlExit.script
        if (this.#exit !== undefined) return
      }
    } finally {
      this.#source = outer
    }
  }

  /** Runs what was read. */
  piece(piece: Piece, pending: () => string): Promise<boolean> {
    return piece.kind === 'command'
      ? this.command(piece.text, pending)
      : this.sql(piece.text, piece.line + piece.text.split('\n').length - 1)
  }

  /** Runs a file. */
  async file(name: string): Promise<boolean> {
    let chunks: AsyncIterable<string>
    try {
      chunks = await openText(name)
    } catch {
      this.#streams.err(`${name}: No such file or directory\n`)
      return false
    }
    await this.script(chunks, name)
    return true
  }

  /** Where the data of COPY … FROM STDIN comes from, for statements that no script has. */
  readCopyFrom(input: NonNullable<CopyStreams['input']>): void {
    this.#source = { name: undefined, copy: input }
  }

  async #send(text: string, expanded: boolean): Promise<boolean> {
    const before = this.settings.expanded
    this.settings.expanded = expanded || before
    try {
      return await this.sql(text.trim() === '' ? this.#last : text)
    } finally {
      this.settings.expanded = before
    }
  }

  async #describe(pattern: string): Promise<boolean> {
    const text = await this.#asked(() => describe(this.#client, pattern, this.settings))
    if (text === undefined) {
      this.#streams.err(`Did not find any relation named "${pattern}".\n`)
      return false
    }
    this.#streams.out(text)
    return true
  }

  async #list({ title, sql, nothing }: { title: string; sql: string; nothing?: string }) {
    const results = await this.#asked(() => runText(this.#client, sql))
    const [result] = results ?? []
    if (result === undefined) return false
    if (result.rows.length === 0 && nothing !== undefined) this.#streams.err(`${nothing}\n`)
    else this.#streams.out(formatRows(result, this.settings, title))
    return true
  }

  /** What a question about the catalogs answers; an error of it is printed. */
  async #asked<T>(question: () => Promise<T>): Promise<T | undefined> {
    try {
      return await question()
    } catch (error) {
      this.#fail(error as Error, '', undefined)
      return undefined
    }
  }

  async #other(
    name: string,
    argument: string | undefined,
    pending: (() => string) | undefined
  ): Promise<boolean> {
    const { out, err } = this.#streams
    switch (name) {
      case 'q':
      case 'quit':
        this.#exit = 0
        return true
      case '?':
        out(HELP)
        return true
      case 'x':
        return this.#toggle('expanded', argument, 'Expanded display is')
      case 't':
        return this.#toggle('tuplesOnly', argument, 'Tuples only is')
      case 'a':
        this.settings.unaligned = !this.settings.unaligned
        out(`Output format is ${this.settings.unaligned ? 'unaligned' : 'aligned'}.\n`)
        return true
      case 'timing':
        this.#timing = argument === undefined ? !this.#timing : isOn(argument)
        out(`Timing is ${this.#timing ? 'on' : 'off'}.\n`)
        return true
      case 'i':
      case 'include':
        if (argument !== undefined) return this.file(argument.replace(/^'(.*)'$/, '$1'))
        err('\\i: missing required argument\n')
        return false
      case 'echo':
        out(`${argument ?? ''}\n`)
        return true
      case 'r':
      case 'reset':
        pending?.()
        out('Query buffer reset (cleared).\n')
        return true
      case 'set':
        if (argument?.startsWith('ON_ERROR_STOP')) {
          this.stopOnError = isOn(argument.slice('ON_ERROR_STOP'.length).trim() || 'on')
        }
        return true
      // What pg_dump writes around a dump.
      case 'restrict':
      case 'unrestrict':
        return true
      default:
        err(`invalid command \\${name}\n${process.stdin.isTTY ? 'Try \\? for help.\n' : ''}`)
        return false
    }
  }

  #toggle(key: 'expanded' | 'tuplesOnly', argument: string | undefined, text: string): boolean {
    this.settings[key] = argument === undefined ? !this.settings[key] : isOn(argument)
    this.#streams.out(`${text} ${this.settings[key] ? 'on' : 'off'}.\n`)
    return true
  }

  /** Prints what statements have answered. */
  print(results: StatementResult[]): void {
    for (const result of results) {
      if (result.fields !== undefined) this.#streams.out(formatRows(result, this.settings))
      const isRead =
        result.fields !== undefined && /^(SELECT|SHOW|FETCH|EXPLAIN)/.test(result.tag ?? '')
      if (result.tag !== undefined && !isRead && !this.quiet) this.#streams.out(`${result.tag}\n`)
    }
  }

  #fail(error: Error, text: string, line: number | undefined): void {
    const { name } = this.#source
    const place = name === undefined || line === undefined ? '' : `psql:${name}:${line}: `
    if ('severity' in error) this.#streams.err(`${place}${formatError(error, text)}\n`)
    else {
      this.#exit = PsqlExit.lost
      this.#streams.err(`${place}${error.message}\nconnection to server was lost\n`)
    }
  }
}

function isOn(value: string): boolean {
  return /^(on|true|yes|1)$/i.test(value)
}

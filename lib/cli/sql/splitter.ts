/**
 * Cuts SQL that comes in pieces into statements, as psql does: by semicolons that stand outside of
 * quotes, comments, parentheses and the bodies of SQL functions; a backslash begins a command of psql.
 * Mirrors psql's rules: https://www.postgresql.org/docs/18/app-psql.html
 */

/** What was found. */
export interface Piece {
  kind: 'statement' | 'command'
  /** The statement with its semicolon, or the line from the backslash on. */
  text: string
  /** The line of the input in which it begins, from 1. */
  line: number
}

const WORD = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y
const DOLLAR = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y
/** A dollar quote that may not have come as a whole. */
const DOLLAR_BEGUN = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?$/y
const QUIET = /[\s\d+*<>=~!@#%^&|`?,.:[\]{}]+/y
const NEWLINES = /\n/g

/** Inside of what the reader stands; a dollar quote is its own text. */
type Inside = 'plain' | 'single' | 'escape' | 'double' | 'line' | 'block' | 'dollar'

/** Reads SQL text piece by piece. */
export class StatementSplitter {
  #buffer = ''
  /** Up to here the buffer has been read. */
  #at = 0
  #line = 1
  #inside: Inside = 'plain'
  #dollar = ''
  #blocks = 0
  #parentheses = 0
  /** Words of the statement so far, to know the bodies of SQL functions. */
  #words: string[] = []
  #bodies = 0
  #isFinal = false
  #inData = false

  /** Adds what came. */
  feed(text: string): void {
    this.#buffer += text
  }

  /** Nothing more will come. */
  finish(): void {
    this.#isFinal = true
  }

  /** What the reader is inside of, for a prompt: empty between statements. */
  get pending(): string {
    const marks: Record<Inside, string> = {
      plain: this.#parentheses > 0 ? '(' : '-',
      single: "'",
      escape: "'",
      double: '"',
      line: '-',
      block: '*',
      dollar: '$',
    }
    const isEmpty = this.#inside === 'plain' && this.#buffer.trim() === ''
    return isEmpty ? '' : marks[this.#inside]
  }

  /** The next statement or command. Undefined when more text is needed, or none is left. */
  next(): Piece | undefined {
    while (this.#at < this.#buffer.length) {
      const step = this.#inside === 'plain' ? this.#plain() : this.#quoted()
      if (step === 'more') break
      if (step !== undefined) return step
    }
    if (!this.#isFinal || this.#buffer.trim() === '') return undefined
    // The last statement needs no semicolon; one without any text is none.
    const rest = this.#take(this.#buffer.length, 'statement')
    return /^(?:\s|--.*(?:\n|$)|\/\*[^]*?\*\/)*$/.test(rest.text) ? undefined : rest
  }

  /** Drops what has been read of a statement that is not complete. */
  reset(): void {
    this.#buffer = ''
    this.#start()
    this.#at = 0
    this.#inside = 'plain'
  }

  /**
   * Takes lines of data after COPY … FROM STDIN, up to the line `\.`. Gives the data there is, and
   * whether that was all of it.
   */
  takeData(): { text: string; done: boolean } {
    if (!this.#inData && !this.#beginData()) return { text: '', done: this.#isFinal }
    const end = /^\\\.\r?(?:\n|$)/m.exec(this.#buffer)
    const isWhole = end !== null && (end[0].endsWith('\n') || this.#isFinal)
    if (end !== null && isWhole) {
      const text = this.#buffer.slice(0, end.index)
      this.#drop(end.index + end[0].length)
      this.#inData = false
      return { text, done: true }
    }
    // A line that is not complete may be the last one.
    const complete = this.#isFinal ? this.#buffer.length : this.#buffer.lastIndexOf('\n') + 1
    const text = this.#buffer.slice(0, complete)
    this.#drop(complete)
    return { text, done: this.#isFinal }
  }

  /** The line end of the statement is no data. False while it has not come. */
  #beginData(): boolean {
    const [end] = /^\r?\n/.exec(this.#buffer) ?? []
    if (end === undefined && this.#buffer.length < 2 && !this.#isFinal) return false
    this.#drop(end?.length ?? 0)
    this.#inData = true
    return true
  }

  /** One step outside of quotes. */
  #plain(): Piece | 'more' | undefined {
    const character = this.#buffer[this.#at] as string
    const following = this.#buffer[this.#at + 1]
    const isLast = following === undefined && !this.#isFinal
    if (this.#skip(QUIET)) return undefined
    switch (character) {
      case "'":
        return this.#enter('single', 1)
      case '"':
        return this.#enter('double', 1)
      case '-':
      case '/':
        if (isLast) return 'more'
        if (character === '-' && following === '-') return this.#enter('line', 2)
        if (character === '/' && following === '*') return this.#enter('block', 2)
        break
      case '$':
        return this.#dollarQuote()
      case '(':
        this.#parentheses += 1
        break
      case ')':
        this.#parentheses = Math.max(0, this.#parentheses - 1)
        break
      case ';':
        if (this.#parentheses === 0 && this.#bodies === 0)
          return this.#take(this.#at + 1, 'statement')
        break
      case '\\':
        return this.#command()
      default:
        return this.#word()
    }
    this.#at += 1
    return undefined
  }

  #word(): 'more' | undefined {
    const begin = this.#at
    if (!this.#skip(WORD)) {
      this.#at += 1
      return undefined
    }
    if (this.#at === this.#buffer.length && !this.#isFinal) {
      this.#at = begin
      return 'more'
    }
    const word = this.#buffer.slice(begin, this.#at).toLowerCase()
    if (word === 'e' && this.#buffer[this.#at] === "'") return this.#enter('escape', 1)
    this.#noteWord(word)
    return undefined
  }

  /** Follows BEGIN ATOMIC … END of functions in SQL, in which semicolons end nothing. */
  #noteWord(word: string): void {
    if (this.#words.length < 4) this.#words.push(word)
    const [first, ...rest] = this.#words
    const isRoutine = first === 'create' && rest.some((each) => /^(function|procedure)$/.test(each))
    if (!isRoutine || this.#parentheses > 0) return
    if (word === 'begin' || (word === 'case' && this.#bodies > 0)) this.#bodies += 1
    else if (word === 'end' && this.#bodies > 0) this.#bodies -= 1
  }

  #dollarQuote(): 'more' | undefined {
    DOLLAR.lastIndex = this.#at
    const [quote] = DOLLAR.exec(this.#buffer) ?? []
    if (quote !== undefined) {
      this.#dollar = quote
      return this.#enter('dollar', quote.length)
    }
    DOLLAR_BEGUN.lastIndex = this.#at
    if (!this.#isFinal && DOLLAR_BEGUN.test(this.#buffer)) return 'more'
    this.#at += 1
    return undefined
  }

  /** One step inside of quotes or a comment. */
  #quoted(): 'more' | undefined {
    switch (this.#inside) {
      case 'single':
        return this.#until("'", "'")
      case 'double':
        return this.#until('"', '"')
      case 'dollar':
        return this.#until(this.#dollar)
      case 'line':
        return this.#until('\n')
      case 'escape':
        return this.#escape()
      default:
        return this.#block()
    }
  }

  /** Leaves at `end`, unless `again` follows it at once. */
  #until(end: string, again?: string): 'more' | undefined {
    const found = this.#buffer.indexOf(end, this.#at)
    if (found < 0) {
      // A dollar quote may have come in part.
      this.#at = Math.max(this.#at, this.#buffer.length - end.length + 1)
      return 'more'
    }
    const behind = found + end.length
    if (again !== undefined) {
      if (behind === this.#buffer.length && !this.#isFinal) {
        this.#at = found
        return 'more'
      }
      if (this.#buffer[behind] === again) {
        this.#at = behind + 1
        return undefined
      }
    }
    this.#at = behind
    this.#inside = 'plain'
    return undefined
  }

  #escape(): 'more' | undefined {
    const found = /\\[^]|'/g
    found.lastIndex = this.#at
    const match = found.exec(this.#buffer)
    if (match === null) {
      if (!this.#buffer.endsWith('\\')) this.#at = this.#buffer.length
      return 'more'
    }
    this.#at = match.index
    if (match[0] === "'") return this.#until("'", "'")
    this.#at += 2
    return undefined
  }

  #block(): 'more' | undefined {
    const found = /\/\*|\*\//g
    found.lastIndex = this.#at
    const match = found.exec(this.#buffer)
    if (match === null) {
      this.#at = Math.max(this.#at, this.#buffer.length - 1)
      return 'more'
    }
    this.#at = match.index + 2
    this.#blocks += match[0] === '/*' ? 1 : -1
    if (this.#blocks === 0) this.#inside = 'plain'
    return undefined
  }

  /** A command reaches to the end of its line; the statement before it stays. */
  #command(): Piece | 'more' | undefined {
    const end = this.#buffer.indexOf('\n', this.#at)
    if (end < 0 && !this.#isFinal) return 'more'
    const stop = end < 0 ? this.#buffer.length : end
    const before = this.#buffer.slice(0, this.#at)
    const text = this.#buffer.slice(this.#at, stop).trimEnd()
    const line = this.#line + newlines(before)
    this.#buffer = before + this.#buffer.slice(stop)
    if (before.trim() === '') this.#drop(before.length)
    return { kind: 'command', text, line }
  }

  /** What has been read of the statement that is not complete. */
  takePending(): string {
    const { text } = this.#take(this.#at, 'statement')
    return text
  }

  #enter(inside: Inside, length: number): undefined {
    this.#inside = inside
    if (inside === 'block') this.#blocks = 1
    this.#at += length
    return undefined
  }

  #skip(what: RegExp): boolean {
    what.lastIndex = this.#at
    if (!what.test(this.#buffer)) return false
    this.#at = what.lastIndex
    return true
  }

  #take(end: number, kind: Piece['kind']): Piece {
    const whole = this.#buffer.slice(0, end)
    // As psql does it: what stands before the statement is no part of it.
    const text = whole.replace(/^(?:\s|--.*(?:\n|$))+/, '')
    const line = this.#line + newlines(whole.slice(0, whole.length - text.length))
    this.#drop(end)
    this.#start()
    return { kind, text: text.trimEnd(), line }
  }

  #drop(end: number): void {
    this.#line += newlines(this.#buffer.slice(0, end))
    this.#buffer = this.#buffer.slice(end)
    this.#at = 0
  }

  #start(): void {
    this.#parentheses = 0
    this.#bodies = 0
    this.#words = []
  }
}

function newlines(text: string): number {
  return text.match(NEWLINES)?.length ?? 0
}

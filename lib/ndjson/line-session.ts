/**
 * `LineSession`: what one client's lines run on. Statements go to the pooler, whose session all clients
 * share; a transaction has a session of its own, from its BEGIN to its end, over as many lines as it takes.
 */
import type pg from 'pg'
import { splitStatements } from '../native'
import type { PGlitePooler } from '../pooler'
import type { Transaction } from '../transaction'
import { refusal } from './reply'

/** A transaction that waits for the client to end it. */
interface OpenTransaction {
  readonly transaction: Transaction
  /** Lets the transaction's function return, or fail, and gives how it ended. */
  end(how: 'commit' | 'rollback'): Promise<void>
}

/** Statements that belong together: those that begin or end a transaction stand alone. */
type Step =
  | { kind: 'plain'; text: string }
  | { kind: 'begin'; modes: string }
  | { kind: 'commit' | 'rollback'; text: string }

/** Text in which nothing begins or ends a transaction needs no closer look. */
const MAY_CONTROL = /\b(?:begin|start|commit|end|rollback|abort)\b/i
const BEGIN = /^(?:begin(?:\s+(?:work|transaction))?|start\s+transaction)\b/i
const COMMIT = /^(?:commit|end)\b(?!\s+prepared\b)/i
const ROLLBACK = /^(?:rollback|abort)\b(?!\s+prepared\b)(?!\s+(?:(?:work|transaction)\s+)?to\b)/i
const CHAIN = /\band\s+chain\s*$/i

/** What a statement of no rows gives. */
const EMPTY = { rows: [], rowCount: null, fields: [] } as unknown as pg.QueryResult

function stepOf(text: string): Step {
  const begin = BEGIN.exec(text)
  if (begin !== null) return { kind: 'begin', modes: text.slice(begin[0].length).trim() }
  const isCommit = COMMIT.test(text)
  if (!isCommit && !ROLLBACK.test(text)) return { kind: 'plain', text }
  if (CHAIN.test(text)) throw refusal('0A000', 'AND CHAIN is not supported')
  return { kind: isCommit ? 'commit' : 'rollback', text }
}

/** The steps of a line. Statements between two that control transactions stay together. */
function stepsOf(line: string): Step[] {
  const steps: Step[] = []
  for (const statement of splitStatements(line)) {
    const step = stepOf(statement.text)
    const last = steps.at(-1)
    if (step.kind === 'plain' && last?.kind === 'plain') last.text += `; ${step.text}`
    else steps.push(step)
  }
  return steps
}

/** Runs the lines of one client, one after the other. */
export class LineSession {
  readonly #pooler: PGlitePooler
  #open: OpenTransaction | undefined

  constructor(pooler: PGlitePooler) {
    this.#pooler = pooler
  }

  /** Runs a line. Gives an array where it has several statements. */
  async run(line: string): Promise<pg.QueryResult | pg.QueryResult[]> {
    const steps: Step[] = MAY_CONTROL.test(line) ? stepsOf(line) : []
    // As it came, so that a position in an error is one in the line.
    if (steps.every((step) => step.kind === 'plain')) return this.#plain(line)
    const results: pg.QueryResult[] = []
    for (const step of steps) results.push(...[await this.#step(step)].flat())
    return steps.length === 1 ? (results[0] ?? EMPTY) : results
  }

  /** Rolls back what was left open. */
  async end(): Promise<void> {
    await this.#end('rollback').catch(() => undefined)
  }

  #step(step: Step): Promise<pg.QueryResult | pg.QueryResult[]> {
    if (step.kind === 'begin') return this.#begin(step.modes)
    if (step.kind === 'plain' || this.#open === undefined) return this.#plain(step.text)
    return this.#end(step.kind)
  }

  async #plain(text: string): Promise<pg.QueryResult | pg.QueryResult[]> {
    if (this.#open === undefined) return this.#pooler.query(text)
    const results = await this.#open.transaction.exec(text)
    return results.length === 1 ? (results[0] ?? EMPTY) : results
  }

  async #begin(modes: string): Promise<pg.QueryResult | pg.QueryResult[]> {
    if (this.#open !== undefined) return this.#plain('begin')
    this.#open = await begin(this.#pooler)
    return modes === '' ? EMPTY : this.#plain(`set transaction ${modes}`)
  }

  async #end(how: 'commit' | 'rollback'): Promise<pg.QueryResult> {
    const open = this.#open
    this.#open = undefined
    await open?.end(how)
    return EMPTY
  }
}

/** Begins a transaction, and gives it once it may be used. */
function begin(pooler: PGlitePooler): Promise<OpenTransaction> {
  return new Promise((resolve, reject) => {
    let finish: (how: 'commit' | 'rollback') => void = () => undefined
    const finished = new Promise<'commit' | 'rollback'>((done) => (finish = done))
    const over = pooler.transaction(async (transaction) => {
      const end = (how: 'commit' | 'rollback'): Promise<void> => {
        finish(how)
        return over
      }
      resolve({ transaction, end })
      if ((await finished) === 'rollback') await transaction.rollback()
    })
    over.catch(reject)
  })
}

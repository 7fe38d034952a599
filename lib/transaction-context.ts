/**
 * Which open transaction the running code belongs to, followed through its awaits. A query on another
 * session of the same engine, made by code inside of a transaction, waits for that transaction; when the
 * code awaits it, for ever. `deadlock.ts` finds out.
 */
import { AsyncLocalStorage, executionAsyncResource } from 'node:async_hooks'
import type { CallSite } from './call-site'

/** How long after the last transaction contexts are still followed, in milliseconds. */
const LINGER_MS = 1000
/** Transactions that are over sooner never say where they began: most are, and looking it up costs. */
const NOTE_AFTER_MS = 10

/** The session of a transaction. */
export interface Holder {
  /** Names it in the engine; undefined when it has ended. */
  readonly sessionId: number | undefined
  /** Whether a query of it is under way or waits to be sent. */
  readonly isBusy: () => boolean
  /** Has the engine show where the transaction began. */
  noteCallSite(text: string): void
}

const storage = new AsyncLocalStorage<TransactionContext | undefined>()
const unnoted = new Set<TransactionContext>()
let noting: NodeJS.Timeout | undefined
let entered = 0
let lingering: NodeJS.Timeout | undefined

/** One transaction, from the call that asks for its BEGIN on. */
export class TransactionContext {
  readonly holder: Holder
  readonly callSite: CallSite
  /** When its session was last answered. */
  idleSince = 0
  /** The query that begins it. */
  query: unknown
  #state: 'asked' | 'open' | 'over' = 'asked'
  #noted = false
  #parent: TransactionContext | undefined
  /** What runs now has called for BEGIN, and has not waited for anything since. */
  #fresh = true

  constructor(holder: Holder, callSite: CallSite) {
    this.holder = holder
    this.callSite = callSite
    this.#parent = storage.getStore()
    entered += 1
  }

  /** The code that runs, and what it awaits from here on, belongs to this transaction. */
  enter(): void {
    const resource = executionAsyncResource()
    const before = storage.getStore()
    storage.enterWith(this)
    queueMicrotask(() => {
      this.#fresh = false
      this.#leave(resource, before)
    })
  }

  /**
   * Until Node 24 the store hangs on the resource that runs. That may be one which others run on later: a
   * socket, a timer, and for code that has waited since before contexts were followed, the same for all.
   * What `enter` was called by has taken the store along, at its `await`.
   */
  #leave(resource: object, before: TransactionContext | undefined): void {
    for (const symbol of Object.getOwnPropertySymbols(resource)) {
      const stores = resource as Record<symbol, unknown>
      if (stores[symbol] === this) stores[symbol] = before
    }
  }

  get isOpen(): boolean {
    return this.#state === 'open'
  }

  get isOver(): boolean {
    return this.#state === 'over'
  }

  get isFresh(): boolean {
    return this.#fresh
  }

  /** The transaction around this one that is not over, on another session. */
  get parent(): TransactionContext | undefined {
    while (this.#parent?.isOver === true) this.#parent = this.#parent.#parent
    return this.#parent
  }

  /** Takes note of an answer to its session. False when that ends the transaction. */
  answered(query: unknown, status: string): boolean {
    if (this.#state === 'asked') {
      if (query !== this.query) return true
      this.#state = 'open'
      unnoted.add(this)
      noting ??= setTimeout(noteCallSites, NOTE_AFTER_MS).unref()
    }
    this.idleSince = performance.now()
    if (status === 'I') this.end()
    return !this.isOver
  }

  /** The transaction is over, or its session is. */
  end(): void {
    if (this.#state === 'over') return
    this.#state = 'over'
    unnoted.delete(this)
    if (this.#noted) this.holder.noteCallSite('')
    entered -= 1
    if (entered === 0) lingering ??= setTimeout(leave, LINGER_MS).unref()
  }

  note(): void {
    this.#noted = true
    this.holder.noteCallSite(String(this.callSite))
  }
}

/** While contexts are followed, each promise of the process costs a little more. */
function leave(): void {
  lingering = undefined
  if (entered === 0) storage.disable()
}

/** Has the engine know where the open transactions of this thread began. */
export function noteCallSites(): void {
  clearTimeout(noting)
  noting = undefined
  for (const context of unnoted) context.note()
  unnoted.clear()
}

/** The innermost transaction around the running code, other than `own`, that may hold its engine. */
export function enclosingTransaction(own?: TransactionContext): TransactionContext | undefined {
  let context = storage.getStore()
  if (context === undefined) return undefined
  // A session in a transaction waits for nobody.
  if (own?.isOpen === true) return undefined
  if (context.isFresh && context !== own) {
    // Made in one go with the BEGIN and on another session: the code beside the transaction, as in
    // `Promise.all([inTransaction(), other()])`, not the code inside.
    context = context.parent
    storage.enterWith(context)
  }
  while (context !== undefined && (context.isOver || context === own)) context = context.parent
  return context
}

/** Whether what runs belongs, or belonged, to a transaction. */
export function isInContext(): boolean {
  return storage.getStore() !== undefined
}

/** Runs `body`; a transaction that begins in it is not the caller's. */
export function confined<T>(body: () => T): T {
  return storage.run(storage.getStore(), body)
}

/** Runs `body` as a part of no transaction. */
export function outside<T>(body: () => T): T {
  return isInContext() ? storage.run(undefined, body) : body()
}

/** A callback that runs as a part of the transaction which the running code is in. */
export function bound<F>(callback: F): F {
  const context = storage.getStore()
  if (context === undefined || typeof callback !== 'function') return callback
  const call = callback as (...parts: unknown[]) => unknown
  const run = (...parts: unknown[]): unknown => storage.run(context, () => call(...parts))
  return run as F
}

const BEGIN = /^\s*(?:begin|start\s+transaction)\b/i

/** Whether a text opens a transaction with its first statement. */
export function beginsTransaction(text: string): boolean {
  const first = text.charCodeAt(0) | 0x20
  // Most texts are told apart by their first letter or two.
  if (first === 0x73 && (text.charCodeAt(1) | 0x20) !== 0x74) return false
  return (first === 0x62 || first === 0x73 || first <= 0x2f) && BEGIN.test(text)
}

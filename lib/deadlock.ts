/**
 * Finds queries that can never have their turn: made on one session, awaited by the code of a transaction
 * that another session has open on the same engine. They are answered as PostgreSQL answers a deadlock.
 */
import type { CallSite } from './call-site'
import type { NativeSessionInfo } from './native'
import type { TransactionContext } from './transaction-context'

/** How long a suspect waits unless the option `deadlockTimeout` says otherwise: as PostgreSQL's. */
export const DEADLOCK_TIMEOUT_MS = 1000

/** SQLSTATE `deadlock_detected`. */
const DEADLOCK_DETECTED = '40P01'

/** A query that was made inside of a transaction of another session. */
export interface Suspect {
  /** Whether it has not been answered. */
  readonly isWaiting: () => boolean
  /** Whether it is what its session would be refused. */
  readonly isFirst: () => boolean
  readonly callSite: CallSite
  readonly session: WaitingSession
}

/** The session of a suspect. */
export interface WaitingSession {
  readonly sessionId: number | undefined
  /** The sessions of its engine. */
  sessions(): NativeSessionInfo[]
  /** Answers what waits for its turn with an error. */
  refuse(code: string, message: string, detail: string, hint: string): boolean
}

/** Refuses `suspect` when it still waits for `context` after `timeout`, and that for nothing. */
export function watchDeadlock(
  suspect: Suspect,
  context: TransactionContext,
  timeout: number
): void {
  const look = (): void => {
    if (!suspect.isWaiting()) return
    const next = judge(suspect, context, timeout)
    if (next !== undefined) setTimeout(look, next).unref()
  }
  setTimeout(look, timeout).unref()
}

/** Refuses a suspect, or says when to look again. */
function judge(suspect: Suspect, context: TransactionContext, timeout: number): number | undefined {
  const { session } = suspect
  let holder: TransactionContext | undefined = context.isOver ? context.parent : context
  if (holder === undefined) return undefined
  const sessions = session.sessions()
  const own = sessions.find(({ id }) => id === session.sessionId)
  const waitsFor = own?.waitsFor
  if (waitsFor === undefined || !suspect.isFirst()) return timeout
  while (holder !== undefined && (!holder.isOpen || holder.holder.sessionId !== waitsFor)) {
    holder = holder.parent
  }
  if (holder === undefined || holder.holder.isBusy()) return timeout
  const idle = performance.now() - holder.idleSince
  if (idle < timeout) return Math.ceil(timeout - idle)
  const info = sessions.find(({ id }) => id === waitsFor)
  refuse(session, info, String(suspect.callSite), String(holder.callSite))
  return undefined
}

/** Answers what a session waits for with `deadlock_detected`. */
export function refuse(
  session: WaitingSession,
  holder: NativeSessionInfo | undefined,
  blocked: string,
  began: string | undefined
): boolean {
  const transaction = began === undefined ? 'a transaction' : `the transaction begun at ${began}`
  return session.refuse(
    DEADLOCK_DETECTED,
    `deadlock detected: the query made at ${blocked} waits for ${transaction}, whose code waits for the query`,
    holder === undefined ? '' : describe(holder),
    'Make the query on the client that has the transaction, or after its end.'
  )
}

function describe(holder: NativeSessionInfo): string {
  const name = holder.applicationName === '' ? '' : ` "${holder.applicationName}"`
  const held = Math.round(holder.transactionAgeMs ?? 0)
  const last = holder.lastStatement ?? ''
  return `Session ${holder.id} (pid ${holder.processId})${name} has held the database for ${held} ms and is idle in its transaction; its last statement: ${last}`
}

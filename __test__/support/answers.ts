// Turns what `pg` hands out into plain values, so that a test can state a whole answer.
import type { EventEmitter } from 'node:events'
import type pg from 'pg'

/** A result as a plain object. Several statements give an array of results: see `answers`. */
export function answer(result: pg.QueryResult) {
  const { command, rowCount, oid, rows, fields } = result
  return { command, rowCount, oid, rows: rows as unknown[], fields: fields.map((f) => f.name) }
}

/** The results of a text with several statements, which the types of `pg` do not tell about. */
export function answers(results: unknown) {
  return (results as pg.QueryResult[]).map(answer)
}

/** The error a promise is rejected with. A promise that is fulfilled is the failure here. */
export async function failure(promise: Promise<unknown>): Promise<pg.DatabaseError> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error })
  )
  if ('error' in outcome) return outcome.error as pg.DatabaseError
  throw new Error(`expected a rejection, got ${JSON.stringify(outcome.value)}`)
}

/** The name of the source file, its line and the routine change with each release of the server. */
const UNSTABLE = new Set(['length', 'file', 'line', 'routine'])

/** The fields the server sent with an error or a notice, without those that were not sent. */
export function serverFields(error: object) {
  const sent = Object.entries(error).filter(([key, value]) => value != null && !UNSTABLE.has(key))
  const message = (error as Error).message
  return { ...Object.fromEntries(sent), message } as Record<string, unknown>
}

/** The server's fields of the error that a promise is rejected with. */
export async function refusal(promise: Promise<unknown>) {
  return serverFields(await failure(promise))
}

/** The next `count` events, as a list of their first arguments. */
export function nextEvents<T>(emitter: EventEmitter, event: string, count: number): Promise<T[]> {
  return new Promise((resolve) => {
    const seen: T[] = []
    emitter.on(event, function listener(first: T) {
      seen.push(first)
      if (seen.length < count) return
      emitter.removeListener(event, listener)
      resolve(seen)
    })
  })
}

/** A list that grows with each event: what arrives when nobody waits is not lost. */
export function collect<T>(emitter: EventEmitter, event: string): T[] {
  const seen: T[] = []
  emitter.on(event, (first: T) => seen.push(first))
  return seen
}

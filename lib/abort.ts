/** `AbortSignal` as an option of queries. */

/** A callback as `pg` calls it. */
export type Done = (error: unknown, result?: unknown) => void

/**
 * Who listens to a signal. One signal may be given to many queries, and Node warns of many listeners on
 * one signal, so each has one listener of ours.
 */
const listening = new WeakMap<AbortSignal, { calls: Set<() => void>; listener: () => void }>()

/** Checks the option `signal`. A signal of another realm is one, too. */
export function checkSignal(value: unknown): asserts value is AbortSignal | undefined {
  if (value === undefined) return
  const { aborted, addEventListener } = (value ?? {}) as Partial<AbortSignal>
  if (typeof aborted === 'boolean' && typeof addEventListener === 'function') return
  const got = value === null ? 'null' : typeof value
  throw new TypeError(`oxbase: option "signal" must be an AbortSignal, got ${got}`)
}

/** The signal in what a query was given, if there is one. */
export function signalOf(config: unknown): AbortSignal | undefined {
  if (typeof config !== 'object' || config === null) return undefined
  const { signal, submit } = config as { signal?: unknown; submit?: unknown }
  if (signal === undefined || typeof submit === 'function') return undefined
  checkSignal(signal)
  return signal
}

/** Calls `call` once when the signal is aborted, unless the function that is returned was called before. */
export function onAbort(signal: AbortSignal, call: () => void): () => void {
  let entry = listening.get(signal)
  if (entry === undefined) {
    const calls = new Set<() => void>()
    const listener = (): void => {
      listening.delete(signal)
      for (const each of calls) each()
    }
    entry = { calls, listener }
    listening.set(signal, entry)
    signal.addEventListener('abort', listener, { once: true })
  }
  const { calls, listener } = entry
  calls.add(call)
  return () => {
    if (!calls.delete(call) || calls.size > 0 || listening.get(signal)?.calls !== calls) return
    listening.delete(signal)
    signal.removeEventListener('abort', listener)
  }
}

/** What an aborted query fails with. Nobody can tell an error that is null or undefined from none. */
export function reasonOf(signal: AbortSignal): unknown {
  return signal.reason ?? new DOMException('This operation was aborted', 'AbortError')
}

/**
 * Calls `done` once: as the returned function is called, or with the signal's reason as soon as it is
 * aborted, after `stop` was called.
 */
export function abortable(signal: AbortSignal, stop: () => void, done: Done): Done {
  let over = false
  const remove = onAbort(signal, () => {
    over = true
    stop()
    done(reasonOf(signal))
  })
  return (error, result) => {
    remove()
    if (over) return
    over = true
    done(error, result)
  }
}

/** Settles as `promise` does, or is rejected with the signal's reason as soon as it is aborted. */
export function raced<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const fail = reject as (reason: unknown) => void
    if (signal.aborted) fail(reasonOf(signal))
    const remove = onAbort(signal, () => fail(reasonOf(signal)))
    promise.then(resolve, reject).finally(remove)
  })
}

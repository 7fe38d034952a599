/** Timers that only bound a wait, and do not keep the process alive for that where a runtime allows it. */

/** A timer that `clearTimeout` takes. */
export type Guard = ReturnType<typeof setTimeout>

/** Calls `run` after so many milliseconds, if the process is still there for other reasons. */
export function guard(run: () => void, milliseconds: number): Guard {
  const timer = setTimeout(run, milliseconds)
  // Deno gives a number in some places.
  ;(timer as { unref?: () => void }).unref?.()
  return timer
}

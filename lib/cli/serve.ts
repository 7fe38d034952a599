/** Keeps a server running until a signal or a request ends it. */
import type { Answers } from './control'
import type { Output } from './output'
import { withProgress } from './progress'
import { noteServer, type Note } from './state'

/** A server that runs in this process. */
export interface Running {
  note: Pick<Note, 'kind' | 'dir' | 'port'>
  /** What it answers beside `stop`. */
  answers: Answers
  stop: () => Promise<void>
}

/** Notes a server, tells `ready`, and waits for its end. */
export async function serveUntilStopped(
  { note, answers, stop }: Running,
  output: Output,
  signal: AbortSignal,
  ready: () => void
): Promise<void> {
  let finish: () => void = () => undefined
  const asked = new Promise<void>((resolve) => (finish = resolve))
  let ended: Promise<void> | undefined
  const end = (): Promise<void> => {
    ended ??= stop().finally(() => forget())
    return ended
  }
  let forget: () => void = () => undefined
  try {
    forget = await noteServer(note, { ...answers, stop: () => end().finally(finish) })
    signal.addEventListener('abort', () => finish())
    if (signal.aborted) finish()
    else ready()
    // A promise keeps no process alive, and between two servers of a reset nothing else does.
    const alive = setInterval(() => undefined, 1 << 30)
    await asked
    clearInterval(alive)
  } finally {
    await withProgress(output, 'Closing the database', end)
  }
}

// Keeps the cores awake: one busy child of the lowest priority per core, so that a thread that is
// woken up does not first have to wake its core.

import { spawn } from 'node:child_process'
import { cpus } from 'node:os'

const BUSY = 'for (;;) {}'

/** Starts the busy children; the function that is returned ends them. */
export function keepAwake() {
  const children = cpus().map(() =>
    spawn('nice', ['-n', '19', process.execPath, '-e', BUSY], { stdio: 'ignore' })
  )
  const stop = () => children.forEach((child) => child.kill('SIGKILL'))
  process.once('exit', stop)
  return () => {
    process.off('exit', stop)
    stop()
  }
}

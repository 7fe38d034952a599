/** Starts a command of ours as a process in the background, and waits until it is ready. */
import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { CliError } from './cli-error'
import { askServer, logFile } from './state'

/** Making the first database of a version takes longest. */
const READY_MS = 180_000
const BETWEEN_MS = 100

/** The error that a process in the background has told, as JSON, before it ended. */
function toldIn(log: string): CliError {
  const text = readFileSync(log, 'utf8')
  try {
    const { error } = JSON.parse(text.slice(text.indexOf('{'))) as {
      error: { message: string; hint?: string }
    }
    return new CliError(error.message, error.hint === undefined ? {} : { hint: error.hint })
  } catch {
    return new CliError('the server ended before it was ready', { hint: `see ${log}` })
  }
}

/**
 * Runs this program with `args` in the background, until the server of `dir` answers, and gives what it
 * answers. It is ended when it is not ready in time.
 */
export async function startDetached(
  dir: string,
  args: string[],
  signal: AbortSignal
): Promise<unknown> {
  const log = logFile(dir)
  const file = openSync(log, 'w', 0o600)
  const program = process.argv[1] as string
  const child = spawn(process.execPath, [program, ...args, '--json'], {
    detached: true,
    stdio: ['ignore', file, file],
    windowsHide: true,
  })
  closeSync(file)
  let ended = false
  child.once('exit', () => (ended = true))
  child.once('error', () => (ended = true))
  const deadline = Date.now() + READY_MS
  try {
    for (;;) {
      const facts = await askServer(dir, 'status')
      if (facts !== undefined && facts !== null) return facts
      if (ended) throw toldIn(log)
      signal.throwIfAborted()
      if (Date.now() > deadline) {
        throw new CliError(`the server was not ready within ${READY_MS / 1000} s`, {
          hint: `see ${log}`,
        })
      }
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS))
    }
  } catch (error) {
    child.kill('SIGTERM')
    throw error
  } finally {
    child.unref()
  }
}

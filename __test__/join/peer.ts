// Another process that has the same directory open, and does what it is told.
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'
import { start } from '../support/child'

/** What the process runs: each line is a text to evaluate, each answer a line. `kept` outlives a text. */
const SCRIPT = `
  const oxbase = require('oxbase')
  const { dataDir, join } = JSON.parse(process.env.PEER)
  const options = { dataDir, ...(join === undefined ? {} : { join }) }
  const kept = {}
  const evaluate = Object.getPrototypeOf(async () => {}).constructor
  const describe = ({ name, code, message, severity }) => ({ name, code, message, severity })
  require('node:readline').createInterface({ input: process.stdin }).on('line', async (line) => {
    const { id, text } = JSON.parse(line)
    const answer = await new evaluate('oxbase', 'options', 'kept', text)(oxbase, options, kept).then(
      (value) => ({ id, value }),
      (error) => ({ id, error: describe(error) })
    )
    process.stdout.write(JSON.stringify(answer) + '\\n')
  })`

export interface PeerError {
  name: string
  code?: string
  message: string
  severity?: string
}

interface Answer {
  id: number
  value?: unknown
  error?: PeerError
}

/** A running process. */
export interface Peer {
  pid: number
  /** Evaluates a text there, in which `oxbase`, `options` and `kept` are known. Rejects with its error. */
  run<T = unknown>(text: string): Promise<T>
  /** As `run`, for a text that fails: resolves with the error. */
  failure(text: string): Promise<PeerError>
  /** Ends it by a signal, and resolves when it is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>
  /** Tells it that there is nothing more to do; resolves with its exit code, when it ends by itself. */
  end(): Promise<number | null>
  signal(signal: NodeJS.Signals): void
}

/** Starts a process that will open this directory. */
export function startPeer(
  dataDir: string,
  options: { join?: boolean; env?: Record<string, string> } = {}
): Peer {
  const { env, ...more } = options
  const { child, outcome } = start(SCRIPT, {
    env: { PEER: JSON.stringify({ dataDir, ...more }), ...env },
  })
  const waiting = new Map<number, (answer: Answer) => void>()
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })
  lines.on('line', (line) => {
    const answer = JSON.parse(line) as Answer
    waiting.get(answer.id)?.(answer)
    waiting.delete(answer.id)
  })
  void outcome.then(({ stderr }) => {
    const error = { name: 'Error', message: `the process ended: ${stderr}` }
    for (const [id, settle] of waiting) settle({ id, error })
    waiting.clear()
  })
  let last = 0
  const ask = (text: string): Promise<Answer> => {
    const id = (last += 1)
    const answer = new Promise<Answer>((resolve) => waiting.set(id, resolve))
    child.stdin?.write(`${JSON.stringify({ id, text })}\n`)
    return answer
  }
  const gone = once(child, 'close')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await gone
  })
  return {
    pid: child.pid as number,
    async run<T>(text: string) {
      const { value, error } = await ask(text)
      if (error === undefined) return value as T
      throw Object.assign(new Error(error.message), error)
    },
    async failure(text) {
      const { value, error } = await ask(text)
      if (error !== undefined) return error
      throw new Error(`it did not fail but gave ${JSON.stringify(value)}`)
    },
    async kill(signal = 'SIGKILL') {
      child.kill(signal)
      await gone
    },
    async end() {
      child.stdin?.end()
      return (await outcome).code
    },
    signal: (signal) => void child.kill(signal),
  }
}

/** Starts a process and has it open the directory as `kept.db`. */
export async function openPeer(
  dataDir: string,
  options?: Parameters<typeof startPeer>[1]
): Promise<Peer> {
  const peer = startPeer(dataDir, options)
  await peer.run('kept.db = await oxbase.Database.open(options)')
  return peer
}

/** Text that waits until a `pg_sleep` runs on the database. */
export const UNTIL_ACTIVE = `
  const isActive = () =>
    kept.db.sessions().some(({ state, lastStatement }) => state === 'active' && /pg_sleep/.test(lastStatement))
  for (let n = 0; !isActive(); n++) {
    if (n > 3000) throw new Error('nothing runs')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }`

/** Whether the process joined another one. */
export const isJoined = (peer: Peer) => peer.run<boolean>('return kept.db.native.joined')

// A process that opens something, tells of it in one line, and lets go of it when its input ends.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** How long it may take to tell, and to end. */
const LIMIT = 60_000

const HOLDER = `
const { Database } = require('oxbase')
Database.open(JSON.parse(process.argv[1])).then((database) => {
  console.log('open')
  process.stdin.resume().on('end', () => database.close().then(() => process.exit()))
})`

export interface Keeper {
  /** What it has told. */
  line: string
  end(): Promise<void>
}

/** Runs a script with these options as its argument, in JSON. */
export async function keep(script: string, options: object): Promise<Keeper> {
  const child = spawn(process.execPath, ['-e', script, JSON.stringify(options)], {
    cwd: ROOT,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const closed = once(child, 'close')
  const lines = createInterface(child.stdout)
  const [line] = (await Promise.race([
    once(lines, 'line', { signal: AbortSignal.timeout(LIMIT) }),
    closed.then(() => Promise.reject(new Error('the process ended before it told anything'))),
  ])) as [string]
  const end = async () => {
    child.stdin.end()
    const guard = setTimeout(() => child.kill('SIGKILL'), LIMIT)
    await closed
    clearTimeout(guard)
  }
  return { line, end }
}

/** A process that has a directory open. */
export const hold = (options: object): Promise<Keeper> => keep(HOLDER, options)

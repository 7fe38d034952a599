// Runs the built command line as its users do: in a process of its own, in a directory of its own.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const DIST = fileURLToPath(new URL('../../dist/cli', import.meta.url))
/** What no command takes, on the busiest machine. */
const LONGEST_MS = 90_000

export interface Outcome {
  code: number | null
  stdout: string
  stderr: string
}

export interface Running {
  /** Resolves once the text was written to either stream. */
  said(text: string): Promise<void>
  kill(signal: NodeJS.Signals): void
  outcome: Promise<Outcome>
}

export interface CallOptions {
  /** What is piped in. */
  input?: string
  env?: Record<string, string>
}

/** A directory for a project, with servers of its own: all of it is gone after the test. */
export class TestProject {
  readonly dir = mkdtempSync(join(tmpdir(), 'oxcli-'))
  readonly state = join(this.dir, 'state')

  constructor(files: Record<string, string> = {}) {
    for (const [name, text] of Object.entries(files)) this.write(name, text)
    onTestFinished(async () => {
      await this.run('stop', '--all')
      rmSync(this.dir, { recursive: true, force: true })
    })
  }

  write(name: string, text: string): string {
    const file = join(this.dir, name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
    return file
  }

  /** Runs a command to its end. */
  run(...args: string[]): Promise<Outcome> {
    return this.start(args).outcome
  }

  /** Runs a command to its end, and reads the JSON that it gives. */
  async json(...args: string[]): Promise<unknown> {
    const { stdout } = await this.run(...args, '--json')
    return JSON.parse(stdout) as unknown
  }

  /** Starts a command. */
  start(args: string[], { input = '', env = {} }: CallOptions = {}, program = 'main'): Running {
    const child = spawn(process.execPath, [join(DIST, `${program}.js`), ...args], {
      cwd: this.dir,
      env: { ...cleanEnvironment(), OXBASE_STATE_DIR: this.state, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
    const heard = { stdout: '', stderr: '' }
    const waiting = new Set<() => void>()
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        heard[name] += text
        for (const look of waiting) look()
      })
    }
    const limit = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS)
    const closed = once(child, 'close').then(([code]) => {
      clearTimeout(limit)
      return { code: code as number | null, ...heard }
    })
    const said = (text: string): Promise<void> =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if ((heard.stdout + heard.stderr).includes(text)) resolve()
        }
        waiting.add(look)
        look()
        void closed.then(() => reject(new Error(`it ended with ${JSON.stringify(heard)}`)))
      })
    return { said, kill: (signal) => void child.kill(signal), outcome: closed }
  }
}

/** Runs a command outside of any project. */
export function oxbase(...args: string[]): Promise<Outcome> {
  return new TestProject().run(...args)
}

/** The environment without what the test runner and its user put into it. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const own =
    /^(VITEST|NODE_OPTIONS|NODE_ENV|PROVIDER|NO_COLOR|FORCE_COLOR|PG[A-Z]+|OXBASE_(DB|DATA|PSQL))/
  return Object.fromEntries(Object.entries(process.env).filter(([key]) => !own.test(key)))
}

// Runs a script in a Node process of its own, as an application would be run.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

const running = new Set<ChildProcess>()

afterEach(() => {
  for (const child of running) child.kill('SIGKILL')
})

export interface ChildOptions {
  /** Arguments before the script, such as `--import`. */
  flags?: string[]
  /** Variables on top of the present ones. `undefined` removes one. */
  env?: Record<string, string | undefined>
  /** Where the script is taken to be. Default: the root of the repository. */
  cwd?: string
  /** `module` for a script with `import`. */
  type?: 'commonjs' | 'module'
}

export interface Outcome {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

/** A running script. It is killed after the test if it has not ended. */
export function start(script: string, options: ChildOptions = {}) {
  const type = options.type === 'module' ? ['--input-type=module'] : []
  return startNode([...(options.flags ?? []), ...type, '-e', script], options)
}

/** A running `node` with these arguments. */
export function startNode(args: string[], { env = {}, cwd = ROOT }: ChildOptions = {}) {
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...cleanEnvironment(), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  running.add(child)
  child.once('close', () => running.delete(child))
  return { child, said: (text: string) => said(child, text), outcome: outcome(child) }
}

/** Runs a script to its end. */
export function run(script: string, options: ChildOptions = {}): Promise<Outcome> {
  return start(script, options).outcome
}

/** The environment without what the test runner put into it. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const own = /^(VITEST|NODE_OPTIONS|NODE_ENV|PROVIDER|OXBASE_(DB|DATA)|COCALC_)/
  return Object.fromEntries(Object.entries(process.env).filter(([key]) => !own.test(key)))
}

async function outcome(child: ChildProcess): Promise<Outcome> {
  let [stdout, stderr] = ['', '']
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  return { code, signal, stdout, stderr }
}

/** Resolves when the child has written the text to its standard output. */
function said(child: ChildProcess, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let seen = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      seen += chunk.toString()
      if (seen.includes(text)) resolve()
    })
    child.once('close', () => reject(new Error(`ended without saying ${text}; said ${seen}`)))
  })
}

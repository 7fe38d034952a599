// Runs a script of runtimes/ on a JavaScript runtime, and gives the JSON that it prints.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

export const RUNTIMES = ['node', 'deno', 'bun'] as const
export type Runtime = (typeof RUNTIMES)[number]

const FOLDER = fileURLToPath(new URL('./runtimes/', import.meta.url))
const require = createRequire(import.meta.url)
const binary = (name: string) => {
  const manifest = require.resolve(`${name}/package.json`)
  const { bin } = require(manifest) as { bin: string | Record<string, string> }
  return join(dirname(manifest), typeof bin === 'string' ? bin : (bin[name] as string))
}

/** The longest that a script may take, in milliseconds. */
const LIMIT = 40_000

const commands: Record<Runtime, () => string[]> = {
  node: () => [process.execPath],
  deno: () => [binary('deno'), 'run', '--quiet', '--allow-all', '--no-lock'],
  bun: () => [binary('bun'), 'run'],
}

/** Runs a script to its end, which must be a good one. */
export async function runOn(runtime: Runtime, script: string, args: unknown[] = []) {
  const [command, ...flags] = commands[runtime]() as [string, ...string[]]
  const all = [...flags, join(FOLDER, script), ...args.map(String)]
  const env = { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1' }
  const child = spawn(command, all, { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: LIMIT })
  onTestFinished(() => void child.kill('SIGKILL'))
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const end = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(signal ?? code))
  })
  if (end !== 0) throw new Error(`${runtime} ${script} ended with ${end}: ${stderr}${stdout}`)
  return JSON.parse(stdout) as unknown
}

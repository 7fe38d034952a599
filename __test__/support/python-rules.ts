// Runs the functions of a Python script of `drivers/python` on the database of the test's file.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { beforeEach } from 'vitest'
import { install } from './python'
import { address, environment } from './server'

/** How long one function may take. */
const LIMIT = 50_000

/**
 * What calls a function of the script, and answers what it returned. The packages are installed first;
 * where they cannot be had, every test of the file is skipped and says why.
 */
export function pythonScript(file: string, ...packages: string[]) {
  const installed = install(...packages)
  beforeEach(({ skip }) => {
    if (installed.reason !== undefined) skip(installed.reason)
  })
  const path = fileURLToPath(new URL(`../drivers/python/${file}`, import.meta.url))
  return async (name: string): Promise<unknown> => {
    const { code, stdout, stderr } = await call(path, name, installed.directory ?? '')
    if (code !== 0) throw new Error(`${file} ${name} ended with ${code}:\n${stderr}`)
    return JSON.parse(stdout) as unknown
  }
}

async function call(path: string, name: string, packages: string) {
  const own = { PYTHONPATH: packages, PYTHONDONTWRITEBYTECODE: '1', PYTHONUTF8: '1' }
  const server = { OXBASE_URL: address.url, OXBASE_SOCKET: address.socketDirectory }
  const child = spawn('python3', [path, name], {
    env: { ...process.env, ...environment, ...own, ...server },
    timeout: LIMIT,
    killSignal: 'SIGKILL',
  })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stdout, stderr }
}

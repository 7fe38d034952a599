// Runs one command for the other scripts: output straight to the terminal, or returned as text.
// When: imported by every script here; it does nothing by itself.
import { spawn, spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's root, whatever folder the script was called from. */
export const root = path.resolve(fileURLToPath(import.meta.url), '../..')

const require = createRequire(import.meta.url)

/** Runs a command and resolves to its exit code; `onOutput` also sees what it prints, `quiet` drops stdout. */
export function run(command, args, { env, onOutput, quiet } = {}) {
  const output = onOutput ? 'pipe' : 'inherit'
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', quiet ? 'ignore' : output, output],
      shell: process.platform === 'win32' && command === 'npm',
    })
    for (const [stream, target] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ]) {
      stream?.on('data', (chunk) => {
        target.write(chunk)
        onOutput(chunk.toString())
      })
    }
    child.on('error', (error) => {
      console.error(`${command}: ${error.code === 'ENOENT' ? 'is not installed' : error.message}`)
      resolve(127)
    })
    // A command that a signal ended has failed, whatever it printed before.
    child.on('close', (code) => resolve(code ?? 1))
  })
}

/** Runs a command that must succeed; a failure ends the script with one line that names it. */
export async function mustRun(command, args, options) {
  const code = await run(command, args, options)
  if (code === 0) return
  console.error(`\nFailed (exit code ${code}): ${[path.basename(command), ...args].join(' ')}`)
  process.exit(code)
}

/** The output of a command as text, or undefined when it is missing or fails. */
export function read(command, args) {
  const answer = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return answer.status === 0 ? answer.stdout : undefined
}

/** The arguments that make this Node run a tool out of node_modules: no `npx`, no shell. */
export function tool(name, bin = name) {
  const manifest = require.resolve(`${name}/package.json`, { paths: [root] })
  const { bin: entry } = require(manifest)
  return path.join(path.dirname(manifest), typeof entry === 'string' ? entry : entry[bin])
}

/** Runs a tool out of node_modules; it must succeed. */
export function mustRunTool(name, args, { bin } = {}) {
  return mustRun(process.execPath, [tool(name, bin), ...args])
}

/** True when the script was started by name, not imported by another one. */
export function isMain(url) {
  return process.argv[1] !== undefined && path.resolve(process.argv[1]) === fileURLToPath(url)
}

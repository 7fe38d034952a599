// The runner's side of one peer process: starts it, asks it, ends it.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const CHILD = fileURLToPath(new URL('child.mjs', import.meta.url))
const EXIT_TIMEOUT_MS = 10_000
const ANSWER_TIMEOUT_MS = 60_000

export class Peer {
  #child
  #pending = new Map()
  #nextId = 0

  /** `program` is what the process runs, on this Node unless `execPath` names another. */
  constructor(name, env = {}, { program = CHILD, execPath = process.execPath } = {}) {
    this.name = name
    const environment = { ...process.env, RUST_BACKTRACE: '0', ...env }
    this.#child = fork(program, [name], { env: environment, execPath })
    this.#child.on('message', (reply) => this.#settle(reply))
    this.#child.on('exit', (code, signal) => this.#fail(`${name} ended: ${signal ?? code}`))
  }

  /** Has the child do `action`, and resolves with its answer. */
  ask(action, rest = {}) {
    return new Promise((resolve, reject) => {
      const id = this.#nextId++
      const timer = setTimeout(() => this.#giveUp(action), ANSWER_TIMEOUT_MS)
      this.#pending.set(id, { resolve, reject, timer })
      this.#child.send({ id, action, ...rest })
    })
  }

  /** False once the process has ended. */
  get alive() {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** Closes the peer's database and ends its process. */
  async end() {
    if (!this.alive) return
    const gone = once(this.#child, 'exit')
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), EXIT_TIMEOUT_MS)
    await this.ask('close').catch(() => {})
    if (this.#child.connected) this.#child.disconnect()
    await gone
    clearTimeout(timer)
  }

  #settle({ id, value, error, unsupported }) {
    const { resolve, reject, timer } = this.#pending.get(id)
    clearTimeout(timer)
    this.#pending.delete(id)
    if (error === undefined) resolve(value)
    else reject(Object.assign(new Error(error), { unsupported }))
  }

  #fail(message) {
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer)
      reject(new Error(message))
    }
    this.#pending.clear()
  }

  /** A peer that does not answer is ended: what it was doing would disturb the others. */
  #giveUp(action) {
    this.#fail(`${this.name}: no answer to "${action}" within ${ANSWER_TIMEOUT_MS / 1000} s`)
    this.#child.kill('SIGKILL')
  }
}

/**
 * How commands talk to a running server: a line of JSON to a socket that only its user can reach, and a
 * line of JSON back. A process id may belong to somebody else by the time it is read; a socket does not.
 */
import { chmodSync, rmSync } from 'node:fs'
import { createConnection, createServer, type Server, type Socket } from 'node:net'

/** What a server does when it is asked: by the name of the request. */
export type Answers = Record<string, () => unknown>

interface Reply {
  value?: unknown
  error?: string
}

const LONGEST_REQUEST = 4096

/** Answers one request of a connection. */
function serve(socket: Socket, answers: Answers): void {
  let received = ''
  socket.setEncoding('utf8')
  socket.on('error', () => undefined)
  socket.on('data', (text: string) => {
    received += text
    if (received.length > LONGEST_REQUEST) return void socket.destroy()
    const end = received.indexOf('\n')
    if (end < 0) return
    const name = received.slice(0, end)
    socket.removeAllListeners('data')
    void answer(answers, name).then((reply) => socket.end(`${JSON.stringify(reply)}\n`))
  })
}

async function answer(answers: Answers, name: string): Promise<Reply> {
  const call = Object.hasOwn(answers, name) ? answers[name] : undefined
  if (call === undefined) return { error: `unknown request ${JSON.stringify(name)}` }
  try {
    return { value: await call() }
  } catch (error) {
    return { error: (error as Error).message }
  }
}

/** Listens for requests. The socket does not keep the process alive. */
export async function listenForRequests(path: string, answers: Answers): Promise<Server> {
  const server = createServer((socket) => serve(socket, answers))
  // What is there has been asked, and did not answer.
  if (process.platform !== 'win32') rmSync(path, { force: true })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
  if (process.platform !== 'win32') chmodSync(path, 0o600)
  return server.unref()
}

/** Asks a server. Undefined when nobody is there; rejects when the answer does not come in time. */
export function ask(path: string, name: string, timeoutMs: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let received = ''
    const socket = createConnection(path)
    const timer = setTimeout(() => {
      reject(new Error(`the running server does not answer within ${timeoutMs / 1000} s`))
      socket.destroy()
    }, timeoutMs)
    socket.setEncoding('utf8')
    socket.once('connect', () => socket.write(`${name}\n`))
    socket.on('data', (text: string) => (received += text))
    socket.on('error', () => undefined)
    socket.once('close', () => {
      clearTimeout(timer)
      const end = received.indexOf('\n')
      if (end < 0) return resolve(undefined)
      const { value, error } = JSON.parse(received.slice(0, end)) as Reply
      if (error === undefined) resolve(value ?? null)
      else reject(new Error(error))
    })
  })
}

/** The notes of running servers: which directories are served, and how each server is asked. */
import { linkSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ask, listenForRequests, type Answers } from './control'
import { controlPath, stateDirectory, stateKey } from './paths'

/** What is noted about a running server. Nothing secret: the server itself tells that. */
export interface Note {
  kind: 'server' | 'router'
  /** The directory of the database, or of the router's databases; or `memory://`. */
  dir: string
  pid: number
  /** ISO time. */
  startedAt: string
  port: number | null
  control: string
}

/** How long a server may take to say what it is. */
const ANSWER_MS = 10_000

const noteFile = (key: string): string => join(stateDirectory(), `${key}.json`)

/** The file to which a server in the background writes. */
export const logFile = (dir: string): string => join(stateDirectory(), `${stateKey(dir)}.log`)

function readNote(file: string): Note | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Note
  } catch {
    return undefined
  }
}

/**
 * Takes the right to start the server of a directory, until what is returned is called. Undefined while
 * another process has it.
 */
export function claimStart(dir: string): (() => void) | undefined {
  const claim = join(stateDirectory(), `${stateKey(dir)}.starting`)
  // A link is there with its content, or not at all.
  const own = `${claim}.${process.pid}`
  writeFileSync(own, String(process.pid), { mode: 0o600 })
  try {
    if (!isAlive(Number(readText(claim)))) rmSync(claim, { force: true })
    linkSync(own, claim)
    return () => rmSync(claim, { force: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined
    throw error
  } finally {
    rmSync(own, { force: true })
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Asks the server of a directory. Undefined when none runs. */
export async function askServer(
  dir: string,
  request: string,
  timeoutMs = ANSWER_MS
): Promise<unknown> {
  return ask(controlPath(stateKey(dir)), request, timeoutMs)
}

/** Notes a server, and listens for what is asked of it. Gives what takes the note away. */
export async function noteServer(
  server: Pick<Note, 'kind' | 'dir' | 'port'>,
  answers: Answers
): Promise<() => void> {
  const key = stateKey(server.dir)
  const control = controlPath(key)
  const listener = await listenForRequests(control, answers)
  const startedAt = new Date().toISOString()
  const note: Note = { ...server, pid: process.pid, startedAt, control }
  writeFileSync(noteFile(key), `${JSON.stringify(note)}\n`, { mode: 0o600 })
  return () => {
    // Closing the listener removes its socket.
    listener.close()
    rmSync(noteFile(key), { force: true })
  }
}

/** The servers that run, and the notes of those that do no more. */
export async function listServers(): Promise<{ running: Note[]; stale: string[] }> {
  const directory = stateDirectory()
  const files = readdirSync(directory).filter((name) => name.endsWith('.json'))
  const running: Note[] = []
  const stale: string[] = []
  for (const file of files.sort()) {
    const path = join(directory, file)
    const note = readNote(path)
    const alive = note && (await ask(note.control, 'status', ANSWER_MS).catch(() => null))
    if (note === undefined || alive === undefined) stale.push(path)
    else running.push(note)
  }
  return { running, stale }
}

/** Removes the note of a server that runs no more, with its socket and its log. */
export function removeNote(file: string): void {
  for (const ending of ['.json', '.sock', '.log', '.starting']) {
    rmSync(file.replace(/\.json$/, ending), { force: true })
  }
}

/** The router of many databases: how a running one is found. */
import { resolve } from 'node:path'
import { CliError } from './cli-error'
import { askServer, listServers, type Note } from './state'

/** How a running server is named: by its directory, or by its port. */
export interface ServerChoice {
  dir?: string
  port?: number
}

/** Where a router keeps its databases, unless it is told. */
export const ROUTER_DIR = './data'

/** The running server that is meant. Without a choice the only one, if there is one only. */
export async function findServer({ dir, port }: ServerChoice, kind?: Note['kind']): Promise<Note> {
  const { running } = await listServers()
  const fitting = running.filter((note) => kind === undefined || note.kind === kind)
  const place = dir === undefined ? undefined : resolve(dir)
  const found = fitting.filter(
    (note) =>
      (place === undefined || note.dir === place) && (port === undefined || note.port === port)
  )
  if (found.length === 1) return found[0] as Note
  const what = kind === 'router' ? 'router' : 'server'
  if (found.length > 1) {
    throw CliError.usage(`there are ${found.length} of them`, 'name one with --dir or --port')
  }
  const where = place ?? (port === undefined ? undefined : `port ${port}`)
  throw new CliError(`no ${what} runs${where === undefined ? '' : ` for ${where}`}`, {
    hint: kind === 'router' ? 'start one with `oxbase start-router`' : 'see `oxbase list`',
  })
}

/** Asks a running server. */
export async function askFound<T>(note: Note, request: string, timeoutMs?: number): Promise<T> {
  const answer = await askServer(note.dir, request, timeoutMs)
  if (answer === undefined) throw new CliError(`the ${note.kind} of ${note.dir} has just ended`)
  return answer as T
}

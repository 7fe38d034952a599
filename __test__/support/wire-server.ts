// Wire servers for tests: in this process, on a free port or a Unix socket of their own, and stopped
// with the test.
import type * as Oxbase from 'oxbase'
import { onTestFinished } from 'vitest'
import { load, privateDatabase } from './oxbase'
import { connectWire, type Place, type Wire } from './wire'

export type Server = Oxbase.Server
export type ServerOptions = NonNullable<Parameters<typeof Oxbase.startServer>[0]>

const { startServer } = load()

/** A server on a free port, of an empty database in memory unless the options say otherwise. */
export async function serve(options: ServerOptions = {}): Promise<Server> {
  const database = options.database === undefined && options.dataDir === undefined
  const where = options.path === undefined ? { port: 0 } : {}
  const server = await startServer({ ...(database ? privateDatabase() : {}), ...where, ...options })
  onTestFinished(() => server.stop())
  return server
}

/** Where clients find it. */
export function place(server: Server): Place {
  const { host, port, path } = server
  if (port !== undefined) return { host: host ?? '127.0.0.1', port }
  return { path: path ?? '' }
}

/** Someone else, with a transaction open from before until after whatever a test does to the server. */
export class Bystander {
  readonly #holder: Wire
  readonly #place: Place

  private constructor(holder: Wire, at: Place) {
    this.#holder = holder
    this.#place = at
  }

  static async on(at: Place): Promise<Bystander> {
    const holder = await connectWire(at)
    await holder.run('create table if not exists bystander (n int)')
    await holder.run('begin')
    await holder.run('insert into bystander values (1)')
    return new Bystander(holder, at)
  }

  /** Its transaction goes on. */
  works(): Promise<string[]> {
    return this.#holder.run('select count(*) from bystander')
  }

  /** Commits, looks at what was written from elsewhere, and takes it away. */
  async ends(): Promise<string[]> {
    const committed = await this.#holder.run('commit')
    const other = await connectWire(this.#place)
    const seen = await other.run('delete from bystander returning n')
    return [...committed, ...seen]
  }
}

/** What `works` and `ends` tell when nothing happened to it. */
export const UNTOUCHED = [
  'RowDescription count',
  'DataRow 1',
  'CommandComplete SELECT 1',
  'ReadyForQuery T',
]
export const COMMITTED = [
  'CommandComplete COMMIT',
  'ReadyForQuery I',
  'RowDescription n',
  'DataRow 1',
  'CommandComplete DELETE 1',
  'ReadyForQuery I',
]

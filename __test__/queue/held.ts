// A database that one client holds by an open transaction, so that whatever the others ask for
// queues up in a known order and runs when the transaction ends.
import {
  connect,
  open,
  privateDatabase,
  type Client,
  type Database,
  type Options,
} from '../support/embedded'

export interface Held {
  database: Database
  holder: Client
  /** The other clients, one for each priority that was given. */
  clients: Client[]
  /** Asks for a row in the log; resolves when it was written. */
  log(client: Client | undefined, label: string, priority?: number): Promise<unknown>
  /** Ends the transaction and waits for all that was asked. */
  release(): Promise<void>
  /** The labels in the order in which they ran. */
  labels(): Promise<string[]>
}

/** Connects a client for each priority, and lets one more hold the database. */
export async function hold(
  priorities: (number | undefined)[],
  options: Options = {}
): Promise<Held> {
  const own = { ...privateDatabase(), ...options }
  const database = await open(own)
  await database.exec('create table log (n int generated always as identity, label text)')
  const clients = await Promise.all(priorities.map((priority) => connect({ ...own, priority })))
  const holder = await connect({ ...own, application_name: 'holder' })
  await holder.query('begin')
  const asked: Promise<unknown>[] = []
  return {
    database,
    holder,
    clients,
    log(client, label, priority) {
      const text = 'insert into log (label) values ($1)'
      const answer = (client ?? holder).query({ text, values: [label], priority } as {
        text: string
      })
      asked.push(answer.catch(() => undefined))
      return answer
    },
    async release() {
      await holder.query('commit')
      await Promise.all(asked)
    },
    async labels() {
      const { rows } = await database.query('select label from log order by n')
      return (rows as { label: string }[]).map(({ label }) => label)
    },
  }
}

/** `oxbase list-databases`: the databases of a running router. */
import { Exit } from '../cli-error'
import type { CommandSpec } from '../command'
import { askFound, findServer, type ServerChoice } from '../routers'
import { routerOptions } from './router-stats'

interface Listed {
  dbName: string
  awake: boolean
  connections: number
  /** How long ago, in milliseconds. */
  lastAccess: number
}

const ago = (ms: number): string => `${Math.round(ms / 1000)} s ago`

/** `oxbase list-databases`. */
export const listDatabases: CommandSpec<ServerChoice> = {
  name: 'list-databases',
  summary: 'show the databases of a running router',
  options: routerOptions(),
  examples: [['oxbase list-databases', 'the router that runs']],
  async run({ options, output }) {
    const found = await findServer(options, 'router')
    const databases = await askFound<Listed[]>(found, 'databases')
    output.table(
      ['Database', 'State', 'Connections', 'Last used'],
      databases.map(({ dbName, awake, connections, lastAccess }) => [
        dbName,
        awake ? 'awake' : 'asleep',
        String(connections),
        ago(lastAccess),
      ])
    )
    output.value(databases)
    return Exit.ok
  },
}

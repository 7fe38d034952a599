/** `oxbase router-stats`: what a running router has to do. */
import { Exit } from '../cli-error'
import { option, toPort, type CommandSpec } from '../command'
import { askFound, findServer, type ServerChoice } from '../routers'

interface Stats {
  port: number
  host: string
  activeConnections: number
  pool: { totalInstances: number; maxInstances: number }
}

/** The options by which a running router is named. */
export const routerOptions = () => [
  option('--dir <path>', 'directory of its databases'),
  option('-p, --port <port>', 'its port', toPort),
]

/** `oxbase router-stats`. */
export const routerStats: CommandSpec<ServerChoice> = {
  name: 'router-stats',
  summary: 'show what a running router has to do',
  options: routerOptions(),
  examples: [
    ['oxbase router-stats', 'the router that runs'],
    ['oxbase router-stats --port 5433 --json', 'one of several, for a program'],
  ],
  async run({ options, output }) {
    const stats = await askFound<Stats>(await findServer(options, 'router'), 'stats')
    const { port, host, activeConnections, pool } = stats
    output.print(`Listening on  ${host}:${port}`)
    output.print(`Connections   ${activeConnections}`)
    output.print(`Databases     ${pool.totalInstances} open, ${pool.maxInstances} at most`)
    output.value(stats)
    return Exit.ok
  },
}

/** `oxbase stop-router`: ends a router. */
import { Exit } from '../cli-error'
import type { CommandSpec } from '../command'
import { withProgress } from '../progress'
import { findServer, type ServerChoice } from '../routers'
import { routerOptions } from './router-stats'
import { stopServer } from './stop'

/** `oxbase stop-router`. */
export const stopRouter: CommandSpec<ServerChoice> = {
  name: 'stop-router',
  summary: 'stop a running router',
  details: 'Its databases are closed; their data stays.',
  options: routerOptions(),
  examples: [['oxbase stop-router', 'the router that runs']],
  async run({ options, output }) {
    const { dir } = await findServer(options, 'router')
    await withProgress(output, 'Closing the databases', () => stopServer(dir))
    output.print(`Stopped the router of ${dir}.`)
    output.value({ stopped: [dir] })
    return Exit.ok
  },
}

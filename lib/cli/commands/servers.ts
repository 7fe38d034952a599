/** `oxbase list`, `url`, `health`, `cleanup` and `info`: the running servers of this user. */
import { Argument } from 'commander'
import { Exit } from '../cli-error'
import { option, toPort, type CommandSpec } from '../command'
import { packageVersion } from '../version'
import { stateDirectory } from '../paths'
import type { ProjectFacts } from '../project'
import { askFound, findServer, type ServerChoice } from '../routers'
import { listServers, removeNote, type Note } from '../state'

const choice = {
  args: [new Argument('[dir]', 'directory of the database')],
  options: [option('-p, --port <port>', 'port of the server', toPort)],
}

/** What is told of a server. */
function shown({ kind, dir, port, pid, startedAt }: Note): Omit<Note, 'control'> {
  return { kind, dir, port, pid, startedAt }
}

/** The server that the call names. */
function chosen({ port }: { port?: number }, [dir]: string[]): Promise<Note> {
  const named: ServerChoice = {}
  if (dir !== undefined) named.dir = dir
  if (port !== undefined) named.port = port
  return findServer(named)
}

/** `oxbase list`. */
export const list: CommandSpec<object> = {
  name: 'list',
  summary: 'show the running servers and routers of this user',
  examples: [['oxbase list', 'port, directory and process of each']],
  async run({ output }) {
    const { running } = await listServers()
    output.table(
      ['Port', 'Kind', 'Directory', 'Process', 'Since'],
      running.map(({ port, kind, dir, pid, startedAt }) => [
        String(port ?? ''),
        kind,
        dir,
        String(pid),
        startedAt,
      ])
    )
    output.value(running.map(shown))
    return Exit.ok
  },
}

/** `oxbase url`. */
export const url: CommandSpec<{ port?: number }> = {
  name: 'url',
  summary: 'show the URL of a running server',
  ...choice,
  examples: [['psql "$(oxbase url .oxbase/data)"', 'for other programs']],
  async run({ options, args, output }) {
    const facts = await askFound<ProjectFacts>(await chosen(options, args), 'status')
    const found = facts['DB_URL'] ?? facts['ROUTER_URL'] ?? ''
    output.print(found)
    output.value({ url: found })
    return Exit.ok
  },
}

/** `oxbase health`. */
export const health: CommandSpec<{ port?: number }> = {
  name: 'health',
  summary: 'ask a running server whether it is well',
  details: 'The exit code is 1 when it does not answer.',
  ...choice,
  examples: [['oxbase health --port 54322', 'by its port']],
  async run({ options, args, output }) {
    const note = await chosen(options, args)
    await askFound(note, 'status')
    output.print(`The ${note.kind} of ${note.dir} answers: port ${note.port}, process ${note.pid}.`)
    output.value({ healthy: true, ...shown(note) })
    return Exit.ok
  },
}

/** `oxbase cleanup`. */
export const cleanup: CommandSpec<object> = {
  name: 'cleanup',
  summary: 'remove the notes of servers that run no more',
  examples: [['oxbase cleanup', 'after a crash; no data is touched']],
  async run({ output }) {
    const { stale } = await listServers()
    for (const file of stale) removeNote(file)
    output.print(`Removed ${stale.length} ${stale.length === 1 ? 'note' : 'notes'}.`)
    output.value({ removed: stale.length })
    return Exit.ok
  },
}

/** `oxbase info`. */
export const info: CommandSpec<object> = {
  name: 'info',
  summary: 'show the version, and which ports are in use',
  examples: [['oxbase info', 'for a report about a fault']],
  async run({ output }) {
    const { running } = await listServers()
    const ports = running.flatMap(({ port }) => (port === null ? [] : [port]))
    const facts = {
      version: packageVersion(),
      node: process.version,
      platform: `${process.platform}-${process.arch}`,
      state: stateDirectory(),
      ports,
    }
    output.print(`oxbase    ${facts.version}`)
    output.print(`Node      ${facts.node} on ${facts.platform}`)
    output.print(`State     ${facts.state}`)
    output.print(`Ports     ${ports.length === 0 ? 'none' : ports.join(', ')}`)
    output.value(facts)
    return Exit.ok
  },
}

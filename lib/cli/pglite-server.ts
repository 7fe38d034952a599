#!/usr/bin/env node
/**
 * `pglite-server`: the program of @electric-sql/pglite-socket, with its flags, on the server of this package.
 * What differs: connections run side by side whatever `-m` says, and `-m` without a value is 100.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { dirname } from 'node:path'
import { Command, CommanderError } from 'commander'
import { startServer, type Server } from '../server'
import { CliError, Exit } from './cli-error'
import { option, toCount, toPort } from './command'
import { toldError } from './errors'
import { Interruption } from './interruption'
import { Output } from './output'
import { packageVersion } from './version'

interface ServerFlags {
  db: string
  port: number
  host: string
  path?: string
  debug: number
  extensions?: string
  run?: string
  includeDatabaseUrl?: boolean
  shutdownTimeout: number
  maxConnections: number
}

function createCommand(): Command {
  const toLevel = (text: string): number => toCount(text)
  return new Command('pglite-server')
    .description('Serves one database over the PostgreSQL protocol.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .addOption(option('-d, --db <path>', 'directory, or memory://').default('memory://'))
    .addOption(option('-p, --port <port>', '0 takes a free one', toPort).default(5432))
    .addOption(option('-h, --host <host>', 'address to listen on').default('127.0.0.1'))
    .addOption(option('-u, --path <unix>', 'Unix socket; goes before host and port'))
    .addOption(option('-v, --debug <level>', 'show the messages from 1 on', toLevel).default(0))
    .addOption(option('-e, --extensions <list>', 'extensions to load, with commas'))
    .addOption(option('-r, --run <command>', 'a command to run when the server listens'))
    .addOption(option('--include-database-url', 'give the command DATABASE_URL'))
    .addOption(
      option('--shutdown-timeout <ms>', 'how long the command may take to end', toCount).default(
        5000
      )
    )
    .addOption(option('-m, --max-connections <n>', 'connections at a time', toCount).default(100))
    .helpOption('-?, --help', 'show this help')
    .addHelpText(
      'after',
      '\nExamples:\n  $ pglite-server -d ./data -p 5433\n      a directory\n' +
        '  $ pglite-server -r "npm run dev" --include-database-url\n      a command with a database'
    )
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
}

/** Extensions by the name that PostgreSQL has for them: `@electric-sql/pglite-pgvector:vector` is `vector`. */
function extensionNames(list: string): string[] {
  const names = list.split(',').map((each) => each.trim())
  return names.map((name) => name.split(':').at(-1) as string).filter((name) => name !== 'live')
}

async function listen(flags: ServerFlags): Promise<Server> {
  const { db, port, host, path, debug, extensions, maxConnections } = flags
  return startServer({
    dataDir: db,
    maxConnections,
    // Its users have it on other addresses without a password.
    trustRemote: true,
    inspect: debug > 0,
    ...(extensions !== undefined && { extensions: extensionNames(extensions) }),
    ...(path === undefined ? { host, port } : { path }),
  })
}

/** The URL as pglite-server gives it, with a password that nobody asks for. */
function databaseUrl(server: Server, host: string): string {
  if (server.path !== undefined && server.port === undefined) {
    const directory = encodeURIComponent(dirname(server.path))
    return `postgresql://postgres:postgres@/postgres?host=${directory}`
  }
  return `postgresql://postgres:postgres@${host}:${server.port}/postgres`
}

/** Runs the command of `--run`. Its arguments are cut at white space, as pglite-server does it. */
function startCommand(flags: ServerFlags, server: Server): ChildProcess | undefined {
  if (flags.run === undefined) return undefined
  const [program = '', ...args] = flags.run.trim().split(/\s+/)
  const url = flags.includeDatabaseUrl === true ? databaseUrl(server, flags.host) : undefined
  return spawn(program, args, {
    stdio: 'inherit',
    env: { ...process.env, ...(url !== undefined && { DATABASE_URL: url }) },
    shell: process.platform === 'win32',
  })
}

/** Resolves with an exit code when the command fails, or a signal comes. */
function ending(child: ChildProcess | undefined, signal: AbortSignal): Promise<number> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(Exit.ok)
    signal.addEventListener('abort', () => resolve(Exit.ok), { once: true })
    child?.once('error', () => resolve(Exit.failed))
    child?.once('close', (code) => {
      if (code !== null && code !== 0) resolve(code)
    })
  })
}

/** Ends the command: asked first, and not asked after the time it has. */
async function endCommand(child: ChildProcess | undefined, timeoutMs: number): Promise<void> {
  if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const force = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
  child.kill('SIGTERM')
  await closed
  clearTimeout(force)
}

async function serve(flags: ServerFlags, output: Output): Promise<number> {
  const interruption = new Interruption()
  try {
    const server = await listen(flags)
    try {
      const address = server.port === undefined ? server.path : `${flags.host}:${server.port}`
      output.print(`Listening on ${address}`)
      const child = startCommand(flags, server)
      const code = await ending(child, interruption.signal)
      await endCommand(child, flags.shutdownTimeout)
      return code
    } finally {
      await server.stop()
      output.print('Server stopped')
    }
  } finally {
    interruption.end()
  }
}

async function main(): Promise<void> {
  const output = new Output(false)
  try {
    const command = createCommand()
    command.action(async () => {
      process.exitCode = await serve(command.opts<ServerFlags>(), output)
    })
    await command.parseAsync()
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return
    const usage =
      error instanceof CommanderError
        ? CliError.usage(error.message.replace(/^error: /, ''), 'see `pglite-server --help`')
        : error
    const told = toldError(usage)
    output.error(told)
    process.exitCode = told.exitCode
  }
}

void main()

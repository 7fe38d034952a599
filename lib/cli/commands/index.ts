/** Every command there is. */
import type { CommandGroup, CommandSpec } from '../command'
import { dbDump } from './db-dump'
import { dbExec } from './db-exec'
import { dbReset } from './db-reset'
import { dbRestore } from './db-restore'
import { doctor } from './doctor'
import { genTypes } from './gen-types'
import { migrationList } from './migration-list'
import { migrationNew } from './migration-new'
import { migrationUp } from './migration-up'
import { psql } from './psql'
import { listDatabases } from './list-databases'
import { routerStats } from './router-stats'
import { startRouterCommand } from './start-router'
import { stopRouter } from './stop-router'
import { cleanup, health, info, list, url } from './servers'
import { run } from './run'
import { start } from './start'
import { status } from './status'
import { stop } from './stop'

/** The commands that are one word. */
export const COMMANDS: CommandSpec<object>[] = [
  start,
  stop,
  status,
  psql,
  run,
  doctor,
  startRouterCommand,
  routerStats,
  listDatabases,
  stopRouter,
  list,
  url,
  health,
  cleanup,
  info,
]

/** The commands below a word. */
export const GROUPS: CommandGroup[] = [
  {
    name: 'db',
    summary: 'work with the database as a whole',
    commands: [dbExec, dbDump, dbRestore, dbReset],
  },
  {
    name: 'migration',
    aliases: ['migrations'],
    summary: 'work with the migrations in supabase/migrations',
    commands: [migrationNew, migrationList, migrationUp],
  },
  { name: 'gen', summary: 'generate code from the database', commands: [genTypes] },
]

/** Dumps by the pg_dump that comes with this package, whoever has the directory open. */
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { copyDirectory, removeDirectory } from '../inspection/files'
import { pgDump } from '../native'
import { Client } from '../pg'
import type { RepairProblem } from '../repair'
import { CliError } from './cli-error'

/** SQLSTATE of a directory that a process has open. */
const IN_USE = '55006'

/** What pg_dump writes, called with `args`. It reads a copy when somebody has the directory open. */
export async function bundledDump(dataDir: string, args: string[]): Promise<Uint8Array> {
  try {
    return await pgDump(dataDir, args)
  } catch (error) {
    if ((error as { code?: unknown }).code !== IN_USE) throw error
  }
  const temporary = await mkdtemp(join(tmpdir(), 'oxbase-dump-'))
  try {
    const copy = join(temporary, 'data')
    await copyAtRest(dataDir, copy)
    return await pgDump(copy, args)
  } finally {
    await removeDirectory(temporary)
  }
}

/** Copies the files between two transactions: nobody else writes while one of ours has the backend. */
async function copyAtRest(dataDir: string, copy: string): Promise<void> {
  const client = new Client({ dataDir, user: 'postgres', application_name: 'oxbase' })
  await client.connect()
  try {
    await client.query('BEGIN')
    // With relaxed durability the last commits may be nowhere but in memory.
    await client.query('CHECKPOINT')
    const problems: RepairProblem[] = []
    await copyDirectory(dataDir, copy, (problem) => problems.push(problem))
    const [first] = problems
    if (first !== undefined) {
      throw new CliError(`${first.where} was not copied: ${first.what}`, { hint: first.advice })
    }
  } finally {
    await client.end()
  }
}

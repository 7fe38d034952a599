// Faults of the file system, made for real: limits of the process, a full disk, missing rights, a directory that goes.
// Each gives an error with its cause and no hang, and whatever was acknowledged is there when the fault is over.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { refusal } from '../support/answers'
import { Database, connect, open, temporaryDirectory, value } from '../support/embedded'
import { contents } from './contents'

const FILLER = fileURLToPath(new URL('filler.mjs', import.meta.url))
const works = (command: string, args: string[]) => spawnSync(command, args).status === 0
const NOBODY = 65534
const isRoot = process.getuid?.() === 0

/** A test that needs something of the machine: it is skipped with the reason in its name. */
const needs = (condition: boolean, reason: string) => (name: string, body: () => Promise<void>) =>
  condition ? test(name, body, 180_000) : test.skip(`${name} (skipped: ${reason})`, body)
const withLimits = needs(works('prlimit', ['--version']), 'there is no prlimit')
const withMounts = needs(
  works('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'none', '/mnt']),
  'mounting a tmpfs in a namespace of its own is not permitted'
)
const onUnix = needs(
  process.platform !== 'win32',
  'Windows has no modes, and does not remove open files'
)

type Told = Record<string, unknown> & { kept?: number; read?: number }

/** Runs the filler under a command, and gives what it said by word. */
async function fill(
  dataDir: string,
  limit: number,
  command: string[] = [],
  script = [FILLER]
): Promise<Told> {
  const [program, ...args] = [...command, process.execPath, ...script]
  const child = spawn(program as string, args, {
    env: { ...process.env, DATA_DIR: dataDir, LIMIT: String(limit) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [said] = await Promise.all([text(child.stdout), once(child, 'close')])
  const lines = said
    .trim()
    .split('\n')
    .filter((line) => line.startsWith('['))
  return Object.fromEntries(lines.map((line) => JSON.parse(line) as [string, unknown]))
}

/** How many rows are there when the fault is over; the directory takes more, too. */
async function rowsAfter(dataDir: string): Promise<unknown> {
  const database = await open({ dataDir })
  const rows = await value(database, 'select count(*)::int from filled')
  await database.exec("insert into filled values ('more')")
  return rows
}

withLimits('a table that cannot grow fails the statement, and the session goes on', async () => {
  const dataDir = join(temporaryDirectory(), 'data')
  // Above the size of a WAL segment, so that only the table reaches it.
  const told = await fill(dataDir, 5000, ['prlimit', `--fsize=${(16 << 20) + 8192}`])
  expect(told).toEqual({
    failed: {
      code: '58030',
      message: expect.stringMatching(
        /^could not extend file "base\/5\/\d+": I\/O error$/
      ) as unknown,
    },
    kept: expect.any(Number) as unknown,
    read: told.kept,
    ended: true,
  })
  expect(await rowsAfter(dataDir)).toBe(told.kept)
})

withLimits(
  'when the log cannot be written the backend is lost, the cause is told, and nothing else',
  async () => {
    const dataDir = join(temporaryDirectory(), 'data')
    const before = await fill(dataDir, 1)
    const told = await fill(dataDir, 5000, ['prlimit', `--fsize=${12 << 20}`])
    expect(told['failed']).toEqual({
      code: '57P02',
      message: expect.stringMatching(
        /^the embedded backend stopped while it ran a statement: File too large \(os error 27\): /
      ) as unknown,
    })
    expect(told['not read']).toEqual({
      code: '57P03',
      message: expect.stringMatching(
        /^PostgreSQL did not start on DIR: File too large \(os error 27\): could not write to log file/
      ) as unknown,
    })
    const kept = (before.kept ?? 0) + (told.kept ?? 0)
    // The statement that failed may be in the log: nobody was told that it is not.
    expect([kept, kept + 100]).toContain(await rowsAfter(dataDir))
  }
)

withMounts(
  'a full disk is told as such, and with room again everything acknowledged is there',
  async () => {
    const mount = temporaryDirectory()
    const dataDir = join(mount, 'data')
    const read = `const { Database } = require('oxbase')
    Database.open({ dataDir: process.env.DATA_DIR }).then(async (database) => {
      const { rows } = await database.query('select count(*)::int as n from filled')
      console.log(JSON.stringify(['after', rows[0].n]))
      await database.close()
    })`
    // First full, then with room, in one namespace: the file system is gone with it.
    const steps = `mount -t tmpfs -o size=64m none ${mount} && "$0" "${FILLER}" &&
    mount -o remount,size=160m ${mount} && "$0" -e "$READ"`
    process.env['READ'] = read
    const told = await fill(dataDir, 5000, ['unshare', '-rm', 'sh', '-c', steps], [])
    delete process.env['READ']
    // What comes first, the end of the log or of the table, depends on how much room there was.
    const { code, message } = told['failed'] as { code: string; message: string }
    expect(message).toMatch(
      code === '58030'
        ? /^could not (extend|write).*: I\/O error$/
        : /: the disk is full \(\d+ MB are free, and a WAL segment takes 16\): /
    )
    expect(['58030', '57P02']).toContain(code)
    expect([told.kept, (told.kept ?? 0) + 100]).toContain(told['after'])
  }
)

withLimits(
  'without file descriptors the opening or the statement fails, and nothing is lost',
  async () => {
    const dataDir = join(temporaryDirectory(), 'data')
    const { kept } = await fill(dataDir, 3)
    expect(await fill(dataDir, 3, ['prlimit', '--nofile=24'])).toEqual({
      refused: { code: '58030', message: 'cannot use DIR: Too many open files (os error 24)' },
    })
    for (const limit of [40, 64]) {
      const { refused } = await fill(dataDir, 3, ['prlimit', `--nofile=${limit}`])
      expect(refused).toMatchObject({
        code: expect.stringMatching(/^(57P03|58030)$/) as unknown,
        message: expect.stringMatching(
          /could not open file "base\/\d+\/\d+": I\/O error/
        ) as unknown,
      })
    }
    expect(await rowsAfter(dataDir)).toBe(kept)
  }
)

onUnix('a directory that cannot be written is refused and left as it was', async () => {
  const parent = temporaryDirectory()
  const dataDir = join(parent, 'data')
  await (await Database.open({ dataDir })).close()
  const names = readdirSync(parent, { recursive: true, encoding: 'utf8' })
  const all = [parent, ...names.map((name) => join(parent, name))]
  // Rights do not bind root, so that root lets somebody else try.
  if (isRoot) for (const path of all) chownSync(path, NOBODY, NOBODY)
  const modes = (readOnly: boolean) => {
    for (const path of all) chmodSync(path, readOnly ? 0o555 : 0o755)
  }
  const other = isRoot
    ? [
        'setpriv',
        `--reuid=${NOBODY}`,
        `--regid=${NOBODY}`,
        '--clear-groups',
        'env',
        `HOME=${parent}`,
      ]
    : []
  modes(true)
  const before = contents(dataDir)
  const { refused } = await fill(dataDir, 1, other)
  expect(refused).toEqual({
    code: '58030',
    message: 'cannot use DIR: Permission denied (os error 13)',
  })
  expect(contents(dataDir)).toEqual(before)
  modes(false)
})

onUnix(
  'a directory that is removed underneath fails what needs it, and the end does not hang',
  async () => {
    const dataDir = join(temporaryDirectory(), 'data')
    const client = await connect({ dataDir })
    await client.query('create table gone (n int)')
    rmSync(dataDir, { recursive: true })
    expect(await refusal(client.query('insert into gone values (1)'))).toMatchObject({
      code: '58P01',
      message: expect.stringMatching(
        /^could not open file "base\/5\/\d+": No such file/
      ) as unknown,
    })
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    await client.end()
    expect(existsSync(dataDir)).toBe(false)
    const again = await open({ dataDir })
    expect(await value(again, "select count(*)::int from pg_class where relname = 'gone'")).toBe(0)
  }
)

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { TestProject } from './support'

interface Report {
  ok: boolean
  findings: { name: string; state: string; what: string; advice?: string }[]
}

test('a good installation is said to be so', async () => {
  const project = new TestProject()
  const { code, stdout, stderr } = await project.run('doctor')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(
    /^✓ Node +v\d+.*\n✓ Addon +it loads\n✓ Cache .*\n✓ Engine +PostgreSQL 18\.\d+ answers\n/
  )
  expect(stdout).toMatch(/\nNothing is wrong\.\n$/)
})

test('a directory is told with what it holds', async () => {
  const project = new TestProject()
  await project.run('db', 'exec', 'create table todos (id int)')
  const report = (await project.json('doctor', '--dir', '.oxbase/data')) as Report
  expect(report.ok).toBe(true)
  const directory = report.findings.find(({ name }) => name === 'Directory')
  expect(directory?.what).toMatch(
    /data: made by oxbase \d+\.\d+\.\d+.*, PostgreSQL 18, .* MB, \d+ tables, shut down$/
  )
})

test('a damaged directory ends with 1, and says what to do', async () => {
  const project = new TestProject()
  await project.run('db', 'exec', 'select 1')
  rmSync(join(project.dir, '.oxbase/data/pgdata/global/pg_control'))
  const { code, stdout } = await project.run('doctor', '--dir', '.oxbase/data')
  expect(code).toBe(1)
  expect(stdout).toMatch(
    /\n✗ pgdata\/global\/pg_control +it is missing\n +→ restore the whole directory from a copy/
  )
  expect(stdout).toMatch(/\nSomething is wrong\.\n$/)
})

test('a directory that is served is left alone', async () => {
  const project = new TestProject()
  await project.run('start', '-d', '--port', '0', '--api-port', '0')
  const report = (await project.json('doctor', '--dir', '.oxbase/data')) as Report
  const directory = report.findings.find(({ name }) => name === 'Directory')
  expect(report.ok).toBe(true)
  expect(directory?.what).toMatch(/^process \d+ has .*data open; it is looked at when nobody has$/)
})

test('a cache that cannot be written is told', async () => {
  const project = new TestProject({ file: '' })
  const call = project.start(['doctor', '--json'], {
    env: { OXBASE_CACHE_DIR: join(project.dir, 'file') },
  })
  const { code, stdout } = await call.outcome
  expect(code).toBe(1)
  expect(
    (JSON.parse(stdout) as Report).findings.find(({ name }) => name === 'Cache')
  ).toMatchObject({
    state: 'error',
    advice: 'make it writable, or name another one in OXBASE_CACHE_DIR',
  })
})

import { join } from 'node:path'
import pg from 'pg'
import { expect, test } from 'vitest'
import { TestProject } from './support'

const PG = new URL('../../node_modules/pg/lib/index.js', import.meta.url).pathname
const server = (project: TestProject, ...args: string[]) => project.start(args, {}, 'pglite-server')

async function ask(config: pg.ClientConfig | string): Promise<unknown> {
  const client = new pg.Client(config)
  await client.connect()
  const { rows } = await client.query('select current_user')
  await client.end()
  return rows
}

test('it serves a directory until SIGTERM, and ends with 0', async () => {
  const project = new TestProject()
  const running = server(project, '-d', 'data', '-p', '0')
  await running.said('Listening on 127.0.0.1:')
  running.kill('SIGTERM')
  const { code, stdout, stderr } = await running.outcome
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/^Listening on 127\.0\.0\.1:\d+\nServer stopped\n$/)
})

test('a Unix socket goes before host and port', async () => {
  const project = new TestProject()
  const path = join(project.dir, '.s.PGSQL.5432')
  const running = server(project, '-u', path)
  await running.said(`Listening on ${path}`)
  expect(await ask({ host: project.dir, user: 'postgres', database: 'postgres' })).toEqual([
    { current_user: 'postgres' },
  ])
  running.kill('SIGINT')
  expect((await running.outcome).code).toBe(0)
})

test('--run has DATABASE_URL when it is asked for, and a failure of it ends the server', async () => {
  const project = new TestProject({
    'app.cjs': `const { Client } = require(${JSON.stringify(PG)})
      const client = new Client(process.env.DATABASE_URL)
      client.connect().then(() => client.query('select 40 + 2 as n')).then(({ rows }) => {
        console.log(rows[0].n); process.exit(5) })`,
  })
  const { code, stdout } = await server(
    project,
    ...['-p', '0', '--include-database-url', '-r', `${process.execPath} app.cjs`]
  ).outcome
  expect(code).toBe(5)
  expect(stdout).toMatch(/^Listening on .*\n42\nServer stopped\n$/)
})

test('its help and its wrong calls', async () => {
  const project = new TestProject()
  const { code, stdout } = await server(project, '-?').outcome
  expect(code).toBe(0)
  for (const flag of [
    '-d, --db',
    '-p, --port',
    '-h, --host',
    '-u, --path',
    '-v, --debug',
    '-e, --extensions',
    '-r, --run',
    '--include-database-url',
    '-m, --max-connections',
  ]) {
    expect(stdout).toContain(flag)
  }
  expect(await server(project, '--port', 'x').outcome).toEqual({
    code: 2,
    stdout: '',
    stderr:
      "error: option '-p, --port <port>' argument 'x' is invalid. It must be a number from 0 to 65535.\nhint: see `pglite-server --help`\n",
  })
})

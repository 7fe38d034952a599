import { createServer } from 'node:net'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import pg from 'pg'
import { createClient } from '@supabase/supabase-js'
import { expect, onTestFinished, test } from 'vitest'
import { hold } from '../support/keeper'
import { TestProject } from './support'

type Facts = Record<string, string>
const PORTS = ['--port', '0', '--api-port', '0']
const TODOS = 'create table todos (id int primary key, title text);'

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client(url)
  client.on('error', () => undefined)
  onTestFinished(() => client.end())
  await client.connect()
  return client
}

const started = (project: TestProject, ...args: string[]): Promise<Facts> =>
  project.json('start', '--detach', ...PORTS, ...args) as Promise<Facts>

test('start --detach serves a project, status tells where, stop ends it', async () => {
  const project = new TestProject({
    'supabase/migrations/20240101000000_todos.sql': TODOS,
    'supabase/seed.sql': "insert into todos values (1, 'ship');",
  })
  const facts = await started(project)
  expect(facts).toEqual({
    API_URL: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as unknown,
    REST_URL: `${facts['API_URL']}/rest/v1`,
    DB_URL: expect.stringMatching(
      /^postgresql:\/\/postgres:postgres@127\.0\.0\.1:\d+\/postgres$/
    ) as unknown,
    PUBLISHABLE_KEY: 'sb_publishable_ACJWlzQHlZjBrEguHvfOxg_3BJgxAaH',
    SECRET_KEY: 'sb_secret_N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz',
    ANON_KEY: expect.stringMatching(/^eyJ/) as unknown,
    SERVICE_ROLE_KEY: expect.stringMatching(/^eyJ/) as unknown,
    JWT_SECRET: 'super-secret-jwt-token-with-at-least-32-characters-long',
    DATA_DIR: expect.stringMatching(/\.oxbase\/data$/) as unknown,
  })
  expect(await project.json('status')).toEqual(facts)
  const client = await connect(facts['DB_URL'] as string)
  expect((await client.query('table todos')).rows).toEqual([{ id: 1, title: 'ship' }])
  for (const key of ['PUBLISHABLE_KEY', 'SECRET_KEY', 'ANON_KEY', 'SERVICE_ROLE_KEY']) {
    const supabase = createClient(facts['API_URL'] as string, facts[key] as string, {
      auth: { persistSession: false, autoRefreshToken: false },
      // Node 20 has no WebSocket; none is opened here.
      realtime: { transport: class {} as never },
    })
    expect((await supabase.from('todos').select()).data).toEqual([{ id: 1, title: 'ship' }])
  }
  expect(await project.run('stop')).toEqual({
    code: 0,
    stdout: `Stopped oxbase for ${facts['DATA_DIR']}.\n`,
    stderr: '',
  })
  expect(await project.run('status')).toEqual({
    code: 1,
    stdout: '',
    stderr: `error: oxbase is not running for ${facts['DATA_DIR']}\nhint: start it with \`oxbase start\`\n`,
  })
  expect(await project.json('stop')).toEqual({ stopped: [] })
})

test('the secret key passes row security, and the publishable one does not', async () => {
  const project = new TestProject({
    'supabase/migrations/20240101000000_todos.sql': `${TODOS} alter table todos enable row level security;`,
  })
  const facts = await started(project)
  const insert = (key: string, id: number): Promise<Response> =>
    fetch(`${facts['REST_URL']}/todos`, {
      method: 'POST',
      headers: { apikey: key, authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ id, title: 'x' }),
    })
  expect((await insert(facts['PUBLISHABLE_KEY'] as string, 1)).status).toBe(401)
  expect((await insert(facts['SECRET_KEY'] as string, 2)).status).toBe(201)
  const client = await connect(facts['DB_URL'] as string)
  expect((await client.query('select id from todos')).rows).toEqual([{ id: 2 }])
})

test('a second start says that it runs, and tells the same', async () => {
  const project = new TestProject()
  const facts = await started(project)
  expect(await started(project)).toEqual(facts)
  expect(await project.json('start', ...PORTS)).toEqual(facts)
  const { code, stdout, stderr } = await project.run('start')
  expect(code).toBe(0)
  expect(stderr).toBe(`oxbase is already running for ${facts['DATA_DIR']}.\n`)
  expect(stdout).toContain(facts['DB_URL'])
})

test('two starts at the same time serve one project', async () => {
  const project = new TestProject()
  const [one, two] = await Promise.all([started(project), started(project)])
  expect(two).toEqual(one)
  expect(await project.json('list')).toHaveLength(1)
})

test('a directory that an application has open is served, too, and stays served after that', async () => {
  const project = new TestProject({ 'supabase/migrations/20240101000000_todos.sql': TODOS })
  const application = await hold({ dataDir: join(project.dir, '.oxbase', 'data'), supabase: true })
  onTestFinished(() => application.end())
  const facts = await started(project)
  const client = await connect(facts['DB_URL'] as string)
  await client.query("insert into todos values (1, 'ship')")
  const read = async (): Promise<unknown> => {
    const headers = { apikey: facts['SECRET_KEY'] as string }
    return (await fetch(`${facts['REST_URL']}/todos`, { headers })).json()
  }
  expect(await read()).toEqual([{ id: 1, title: 'ship' }])
  const refused = await project.run('db', 'reset', '--yes')
  expect(refused.code).toBe(1)
  expect(refused.stderr).toMatch(/^error: .* is in use by process \d+/)
  expect(await read()).toEqual([{ id: 1, title: 'ship' }])
  await application.end()
  expect(await read()).toEqual([{ id: 1, title: 'ship' }])
  const next = await connect(facts['DB_URL'] as string)
  expect((await next.query('table todos')).rows).toEqual([{ id: 1, title: 'ship' }])
})

test('in the foreground it runs until Ctrl-C, closes the database and leaves no note', async () => {
  const project = new TestProject()
  const server = project.start(['start', ...PORTS])
  await server.said('Press Ctrl-C to stop.')
  server.kill('SIGINT')
  const { code, stdout, stderr } = await server.outcome
  expect(code).toBe(130)
  expect(stdout).toMatch(/^╭─+╮\n│ APIs +│\n/)
  expect(stderr).toMatch(/^Press Ctrl-C to stop\.\nStopped oxbase for .*\.\n$/)
  expect(await project.json('list')).toEqual([])
  const { findings } = (await project.json('doctor', '--dir', '.oxbase/data')) as {
    findings: { name: string; what: string }[]
  }
  expect(findings.find(({ name }) => name === 'Directory')?.what).toMatch(/, shut down$/)
})

test('SIGTERM stops it cleanly, too', async () => {
  const project = new TestProject()
  const server = project.start(['start', ...PORTS])
  await server.said('Press Ctrl-C to stop.')
  server.kill('SIGTERM')
  expect((await server.outcome).code).toBe(143)
  expect(await project.json('list')).toEqual([])
})

test('after a crash of the server the directory is served again', async () => {
  const project = new TestProject()
  const server = project.start(['start', ...PORTS])
  await server.said('Press Ctrl-C to stop.')
  server.kill('SIGKILL')
  await server.outcome
  expect(await project.json('list')).toEqual([])
  expect((await project.run('status')).code).toBe(1)
  expect(await project.json('cleanup')).toEqual({ removed: 1 })
  const facts = await started(project)
  expect(await project.json('status')).toEqual(facts)
})

test('a port that is taken is named, in the background as well, and nothing is left behind', async () => {
  const project = new TestProject()
  const taken = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void taken.close())
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  const refused = async (...args: string[]): Promise<string> => {
    const { code, stderr, stdout } = await project.run('start', ...args)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    return stderr
  }
  const api = await refused('--port', '0', '--api-port', String(port))
  expect(api).toMatch(`error: port ${port} is in use by another program\nhint: stop that program`)
  const wire = await refused('--detach', '--port', String(port), '--api-port', '0')
  expect(wire).toMatch(new RegExp(`^error: .*127\\.0\\.0\\.1:${port}.*\\nhint: stop that program`))
  expect(await project.json('list')).toEqual([])
  expect(await started(project)).toHaveProperty('DB_URL')
})

test('status -o env is for files of variables, without what is no variable of an application', async () => {
  const project = new TestProject()
  const facts = await started(project, '--jwt-secret', 'an own secret of more than 32 characters')
  const { code, stdout, stderr } = await project.run('status', '-o', 'env')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const names = Object.keys(facts).filter((name) => name !== 'DATA_DIR')
  expect(stdout).toBe(
    names
      .sort()
      .map((name) => `${name}="${facts[name]}"\n`)
      .join('')
  )
  expect(facts['PUBLISHABLE_KEY']).toMatch(/^sb_publishable_[\w-]{22}_[\w-]{8}$/)
  expect(facts['PUBLISHABLE_KEY']).not.toContain('ACJWlzQHlZjBrEguHvfOxg')
})

test('--no-api serves PostgreSQL alone, with the password that was given', async () => {
  const project = new TestProject()
  const facts = await started(project, '--no-api', '--password', 'p/w')
  expect(facts).not.toHaveProperty('API_URL')
  expect(facts['DB_URL']).toContain('postgres:p%2Fw@')
  await connect(facts['DB_URL'] as string)
  const wrong = (facts['DB_URL'] as string).replace('p%2Fw', 'other')
  await expect(connect(wrong)).rejects.toMatchObject({ code: '28P01' })
})

test('list, url, health and info find a running server by its directory and its port', async () => {
  const project = new TestProject()
  const facts = await started(project)
  const { port } = new URL(facts['DB_URL'] as string)
  const dir = facts['DATA_DIR'] as string
  expect(await project.json('list')).toEqual([
    {
      kind: 'server',
      dir,
      port: Number(port),
      pid: expect.any(Number) as unknown,
      startedAt: expect.stringMatching(/^\d{4}-/) as unknown,
    },
  ])
  expect(await project.json('url', dir)).toEqual({ url: facts['DB_URL'] })
  expect(await project.json('health', '--port', port)).toMatchObject({ healthy: true, dir })
  expect(await project.json('info')).toMatchObject({ ports: [Number(port)] })
  expect((await project.run('health', './other')).code).toBe(1)
})

test('in a pipe nothing is coloured, and nothing moves', async () => {
  const project = new TestProject()
  const outcomes = [
    await project.run('start', '--detach', ...PORTS),
    await project.run('status'),
    await project.run('doctor'),
    await project.run('migration', 'list'),
  ]
  for (const { stdout, stderr } of outcomes) expect(stdout + stderr).not.toContain('\u001b')
})

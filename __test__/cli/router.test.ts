import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { expect, test } from 'vitest'
import { TestProject } from './support'

async function ask(url: string, database: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client(url.replace('<database>', database))
  await client.connect()
  try {
    return (await client.query(sql)).rows as unknown[]
  } finally {
    await client.end()
  }
}

const started = async (project: TestProject, ...args: string[]): Promise<string> => {
  const facts = await project.json('start-router', '--detach', '--port', '0', ...args)
  return (facts as { ROUTER_URL: string }).ROUTER_URL
}

test('each name is a database of its own, and the router tells of them', async () => {
  const project = new TestProject()
  const url = await started(project, '--dir', 'tenants', '--max', '7')
  await ask(url, 'one', 'create table here (id int)')
  expect(await ask(url, 'two', "select current_database(), to_regclass('here') as here")).toEqual([
    { current_database: 'two', here: null },
  ])
  expect(await project.json('list-databases')).toMatchObject([{ dbName: 'one' }, { dbName: 'two' }])
  expect(await project.json('router-stats')).toMatchObject({
    port: Number(new URL(url).port),
    pool: { totalInstances: 2, maxInstances: 7 },
  })
  const { stdout } = await project.run('list-databases')
  expect(stdout).toMatch(
    /^ {3}Database \| State +\| Connections \| Last used\n[-| ]+\n {3}one +\| awake /
  )
  expect((await project.run('router-stats', '--port', new URL(url).port)).stdout).toMatch(
    /^Listening on {2}127\.0\.0\.1:\d+\nConnections {3}\d+\nDatabases {5}2 open, 7 at most\n$/
  )
})

test('stop-router ends it, and its databases are there the next time', async () => {
  const project = new TestProject()
  await ask(await started(project), 'kept', 'create table here (id int)')
  expect(readdirSync(project.dir)).toContain('data')
  expect(await project.run('stop-router')).toEqual({
    code: 0,
    stdout: `Stopped the router of ${join(project.dir, 'data')}.\n`,
    stderr: '',
  })
  const url = await started(project, '--no-provision')
  expect(await ask(url, 'kept', "select to_regclass('here') as here")).toEqual([{ here: 'here' }])
  await expect(ask(url, 'new', 'select 1')).rejects.toMatchObject({
    code: '3D000',
    message: 'database "new" does not exist',
  })
})

test('a second start says that it runs; router is another name for it', async () => {
  const project = new TestProject()
  const url = await started(project)
  expect(await project.json('router', '--port', '0')).toMatchObject({ ROUTER_URL: url })
  expect(await project.json('list')).toMatchObject([{ kind: 'router' }])
})

test('without a router the commands about it end with 1, and say how to start one', async () => {
  for (const command of ['router-stats', 'list-databases', 'stop-router']) {
    expect(await new TestProject().run(command)).toEqual({
      code: 1,
      stdout: '',
      stderr: 'error: no router runs\nhint: start one with `oxbase start-router`\n',
    })
  }
})

test('in the foreground it runs until Ctrl-C', async () => {
  const project = new TestProject()
  const router = project.start(['start-router', '--port', '0', '--log', 'silent'])
  await router.said('Press Ctrl-C to stop.')
  router.kill('SIGINT')
  const { code, stderr } = await router.outcome
  expect(code).toBe(130)
  expect(stderr).toBe(
    `Press Ctrl-C to stop.\nStopped the router of ${join(project.dir, 'data')}.\n`
  )
  expect(await project.json('list')).toEqual([])
})

import { existsSync, readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { TestProject } from './support'

const PG = new URL('../../node_modules/pg/lib/index.js', import.meta.url).pathname
/** A program that asks the database by the variable, and by those of libpq. */
const ask = (sql: string, after = ''): string[] => [
  process.execPath,
  '-e',
  `const { Client } = require(${JSON.stringify(PG)})
   ;(async () => {
     for (const config of [process.env.DATABASE_URL, {}]) {
       const client = new Client(config)
       await client.connect()
       console.log(JSON.stringify((await client.query(${JSON.stringify(sql)})).rows))
       await client.end()
     }
     ${after}
   })()`,
]

test('a command has a database of its own, found by DATABASE_URL and by the variables of libpq', async () => {
  const project = new TestProject()
  const call = await project.run('run', '--', ...ask('select current_user, 1 as one'))
  expect(call).toEqual({
    code: 0,
    stdout: '[{"current_user":"postgres","one":1}]\n'.repeat(2),
    stderr: '',
  })
  expect(existsSync(`${project.dir}/.oxbase`)).toBe(false)
})

test('the database is a new one each time', async () => {
  const project = new TestProject()
  const make = ask('create table if not exists only_here (id int)')
  expect((await project.run('run', '--', ...make)).code).toBe(0)
  const look = ask("select to_regclass('only_here') as t")
  expect((await project.run('run', '--', ...look)).stdout).toBe('[{"t":null}]\n'.repeat(2))
})

test('with --dir it is one that lasts', async () => {
  const project = new TestProject()
  await project.run(
    'run',
    '--dir',
    'data',
    '--',
    ...ask('create table if not exists kept (id int)')
  )
  const look = ask("select to_regclass('kept') as t")
  expect((await project.run('run', '--dir', 'data', '--', ...look)).stdout).toContain('"kept"')
})

test('with --supabase it has the migrations and the seed', async () => {
  const project = new TestProject({
    'supabase/migrations/1_todos.sql': 'create table todos (id int);',
    'supabase/seed.sql': 'insert into todos values (7);',
  })
  const { stdout } = await project.run('run', '--supabase', '--', ...ask('table todos'))
  expect(stdout).toBe('[{"id":7}]\n'.repeat(2))
})

test.each([0, 1, 7, 255])('the exit code %i of the command is passed on', async (code) => {
  const project = new TestProject()
  expect(await project.run('run', '--', process.execPath, '-e', `process.exit(${code})`)).toEqual({
    code,
    stdout: '',
    stderr: '',
  })
})

test('a command that a signal has ended gives 128 and the number of the signal', async () => {
  const project = new TestProject()
  const script = "process.kill(process.pid, 'SIGKILL')"
  expect((await project.run('run', '--', process.execPath, '-e', script)).code).toBe(137)
})

test('options of the command are the command’s', async () => {
  const project = new TestProject()
  const script = 'console.log(process.argv.slice(1).join())'
  const { stdout } = await project.run(
    'run',
    process.execPath,
    '-e',
    script,
    '--',
    '--dir',
    'x',
    '--json'
  )
  expect(stdout).toBe('--dir,x,--json\n')
})

test('a command that is not there ends with 127', async () => {
  expect(await new TestProject().run('run', '--', 'no-such-program')).toEqual({
    code: 127,
    stdout: '',
    stderr: 'error: there is no command no-such-program\n',
  })
})

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s goes to the command, whose exit code it is, and everything is removed',
  async (signal) => {
    const project = new TestProject()
    const script = `process.on('${signal}', () => { console.log('told'); process.exit(3) })
    setInterval(() => {}, 1000); console.log('ready')`
    const temporary = (): string[] => readdirSync(project.dir).filter((name) => name !== 'state')
    const call = project.start(['run', '--', process.execPath, '-e', script], {
      env: { TMPDIR: project.dir },
    })
    await call.said('ready')
    call.kill(signal)
    expect(await call.outcome).toEqual({ code: 3, stdout: 'ready\ntold\n', stderr: '' })
    expect(temporary()).toEqual([])
  }
)

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { TestProject } from './support'

const FIRST = 'supabase/migrations/20240101000000_todos.sql'
const SECOND = 'supabase/migrations/20240102000000_done.sql'
const FILES = {
  [FIRST]: 'create table todos (id int primary key);',
  [SECOND]: 'alter table todos add done boolean;',
}

test('migration new makes a file with the time in its name, and says where', async () => {
  const project = new TestProject()
  const { code, stdout, stderr } = await project.run('migration', 'new', 'create todos')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const files = readdirSync(join(project.dir, 'supabase/migrations'))
  expect(files).toEqual([expect.stringMatching(/^\d{14}_create_todos\.sql$/)])
  expect(stdout).toBe(`Created new migration at supabase/migrations/${files[0]}\n`)
  expect(readFileSync(join(project.dir, 'supabase/migrations', files[0] as string), 'utf8')).toBe(
    ''
  )
})

test('what is piped into migration new is in the file, and two in a second do not collide', async () => {
  const project = new TestProject()
  const made = await Promise.all(
    ['one', 'two'].map(
      (name) =>
        project.start(['migration', 'new', name, '--json'], { input: `select '${name}';\n` })
          .outcome
    )
  )
  for (const [index, { stdout }] of made.entries()) {
    const { file, name } = JSON.parse(stdout) as { file: string; name: string }
    expect(name).toBe(['one', 'two'][index])
    expect(readFileSync(join(project.dir, file), 'utf8')).toBe(`select '${name}';\n`)
  }
})

test('migration list puts the files beside what the database has had', async () => {
  const project = new TestProject(FILES)
  expect(await project.run('migration', 'list')).toEqual({
    code: 0,
    stderr: '',
    stdout: `
   Local          | Remote | Time (UTC)
  ----------------|--------|---------------------
   20240101000000 |        | 2024-01-01 00:00:00
   20240102000000 |        | 2024-01-02 00:00:00

`,
  })
})

test('migration up applies what is new, once, and list tells', async () => {
  const project = new TestProject(FILES)
  expect(await project.run('migration', 'up')).toEqual({
    code: 0,
    stderr: '',
    stdout:
      'Applied migration 20240101000000_todos.sql.\nApplied migration 20240102000000_done.sql.\nThe database is up to date.\n',
  })
  expect(await project.json('migration', 'up')).toEqual({ applied: [] })
  expect(await project.json('migration', 'list')).toEqual([
    { version: '20240101000000', name: 'todos', local: true, remote: true },
    { version: '20240102000000', name: 'done', local: true, remote: true },
  ])
  const recorded = 'select version, name from supabase_migrations.schema_migrations order by 1'
  expect(await project.json('db', 'exec', recorded)).toMatchObject([
    {
      rows: [
        { version: '20240101000000', name: 'todos' },
        { version: '20240102000000', name: 'done' },
      ],
    },
  ])
})

test('a migration that fails leaves nothing of itself, and ends the command with 1', async () => {
  const project = new TestProject({ ...FILES, [SECOND]: 'create table half (); select nope;' })
  expect(await project.run('migration', 'up')).toEqual({
    code: 1,
    stdout: '',
    stderr:
      'error: 20240102000000_done.sql: column "nope" does not exist\nStatement: select nope\n',
  })
  expect(
    await project.json('db', 'exec', `select to_regclass('todos'), to_regclass('half') as half`)
  ).toMatchObject([{ rows: [{ to_regclass: 'todos', half: null }] }])
})

test('a migration before the last one is only applied with --include-all', async () => {
  const project = new TestProject({ [SECOND]: 'create table later ();' })
  await project.run('migration', 'up')
  project.write(FIRST, 'create table earlier ();')
  expect(await project.run('migration', 'up')).toEqual({
    code: 1,
    stdout: '',
    stderr:
      'error: these migrations come before the last one that was applied: 20240101000000_todos.sql\nhint: add --include-all to apply them all the same\n',
  })
  expect(await project.json('migration', 'up', '--include-all')).toEqual({
    applied: [{ version: '20240101000000', name: 'todos' }],
  })
})

test('a migration whose file is gone is told', async () => {
  const project = new TestProject(FILES)
  await project.run('migration', 'up')
  const other = new TestProject({ [SECOND]: 'select 1;' })
  const { code, stderr } = await other.run(
    'migration',
    'up',
    '--dir',
    join(project.dir, '.oxbase/data')
  )
  expect(code).toBe(1)
  expect(stderr).toBe(
    'error: the database has had migrations that are not in supabase/migrations: 20240101000000\nhint: get their files, or start over with `oxbase db reset`\n'
  )
})

test('migrations are applied to the server that runs, and REST knows their tables at once', async () => {
  const project = new TestProject()
  const facts = (await project.json('start', '-d', '--port', '0', '--api-port', '0')) as Record<
    string,
    string
  >
  project.write(FIRST, FILES[FIRST] as string)
  expect(await project.json('migration', 'up')).toEqual({
    applied: [{ version: '20240101000000', name: 'todos' }],
  })
  const answer = await fetch(`${facts['REST_URL']}/todos`, {
    headers: { apikey: facts['ANON_KEY'] as string },
  })
  expect({ status: answer.status, body: await answer.json() }).toEqual({ status: 200, body: [] })
})

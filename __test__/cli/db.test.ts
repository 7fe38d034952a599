import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { TestProject, type Outcome } from './support'

const MIGRATION = 'supabase/migrations/20240101000000_todos.sql'
const TODOS = 'create table todos (id int primary key, title text);'

/** What pg_dump writes, in small. */
const DUMP = `--
-- PostgreSQL database dump
--
\\restrict Kx7
SET statement_timeout = 0;
SELECT pg_catalog.set_config('search_path', '', false);
CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA public;
CREATE EXTENSION IF NOT EXISTS pg_graphql WITH SCHEMA graphql;
CREATE TABLE public.towns (id integer, name public.citext, note text);
CREATE FUNCTION public.f() RETURNS integer LANGUAGE plpgsql AS $_$ begin return 1; end; $_$;
COPY public.towns (id, name, note) FROM stdin;
1	Köln	a;b
2	O'Fallon	tab\\there
3	\\N	-- no comment
\\.


ALTER TABLE ONLY public.towns ADD CONSTRAINT towns_pkey PRIMARY KEY (id);
\\unrestrict Kx7
`
const TOWNS = [
  { id: '1', name: 'Köln', note: 'a;b' },
  { id: '2', name: "O'Fallon", note: 'tab\there' },
  { id: '3', name: null, note: '-- no comment' },
]

const rows = async (project: TestProject, sql: string): Promise<unknown> => {
  const results = (await project.json('db', 'exec', sql)) as { rows: unknown }[]
  return results.at(-1)?.rows
}

test('db exec prints what psql prints', async () => {
  const project = new TestProject()
  expect(
    await project.run('db', 'exec', `${TODOS} insert into todos values (1, 'ship'); table todos`)
  ).toEqual({
    code: 0,
    stderr: '',
    stdout: `CREATE TABLE
INSERT 0 1
 id | title${' '}
----+-------
  1 | ship
(1 row)

`,
  })
})

test('db exec --json gives results as PostgreSQL writes their values', async () => {
  const project = new TestProject()
  expect(
    await project.json('db', 'exec', 'select 1 as n, null as nothing, true as b; notify x')
  ).toEqual([
    {
      command: 'SELECT 1',
      columns: ['n', 'nothing', 'b'],
      rows: [{ n: '1', nothing: null, b: 't' }],
    },
    { command: 'NOTIFY' },
  ])
})

test('db exec is one transaction, and shows where an error is', async () => {
  const project = new TestProject()
  expect(await project.run('db', 'exec', `${TODOS}\nselect * from nope`)).toEqual({
    code: 1,
    stdout: '',
    stderr: `ERROR:  relation "nope" does not exist
LINE 2: select * from nope
                      ^
`,
  })
  expect(await rows(project, "select to_regclass('todos') as t")).toEqual([{ t: null }])
})

test('db exec takes a file, or what is piped in', async () => {
  const project = new TestProject({ 'a.sql': 'select 1 as a' })
  expect((await project.run('db', 'exec', '-f', 'a.sql')).stdout).toBe(' a \n---\n 1\n(1 row)\n\n')
  const piped = project.start(['db', 'exec'], { input: 'select 2 as a' })
  expect((await piped.outcome).stdout).toBe(' a \n---\n 2\n(1 row)\n\n')
  expect(await project.run('db', 'exec', '-f', 'nope.sql')).toEqual({
    code: 1,
    stdout: '',
    stderr: 'error: the file nope.sql cannot be read\nhint: check its name, and who may read it\n',
  })
})

test('Ctrl-C stops a statement, and the directory can be used at once', async () => {
  const project = new TestProject()
  const slow = project.start(['psql', '--builtin'], {
    input: 'select 1 as begun; select pg_sleep(600);',
  })
  await slow.said('begun')
  const begin = performance.now()
  slow.kill('SIGINT')
  expect((await slow.outcome).code).toBe(130)
  expect(performance.now() - begin).toBeLessThan(30_000)
  expect(await rows(project, 'select 1 as n')).toEqual([{ n: '1' }])
})

test('Ctrl-C stops a statement on the server that runs, and the server goes on', async () => {
  const project = new TestProject()
  await project.run('start', '-d', '--port', '0', '--api-port', '0')
  const input = 'select 1 as begun; select pg_sleep(600);'
  const slow = project.start(['psql', '--builtin'], { input })
  await slow.said('begun')
  slow.kill('SIGINT')
  expect((await slow.outcome).code).toBe(130)
  // It would have to wait for the end of the statement, if that went on.
  expect(await rows(project, 'select 1 as n')).toEqual([{ n: '1' }])
})

test('a directory that another process has open is joined', async () => {
  const project = new TestProject()
  const script = "console.log('open'); setInterval(() => {}, 1000)"
  const other = project.start([
    'run',
    '--dir',
    '.oxbase/data',
    '--',
    process.execPath,
    '-e',
    script,
  ])
  await other.said('open')
  const found = await rows(project, 'select 1 as n')
  other.kill('SIGTERM')
  await other.outcome
  expect(found).toEqual([{ n: '1' }])
})

test('a dump is restored with its extensions, its functions and the data of COPY', async () => {
  const project = new TestProject({ 'dump.sql': DUMP })
  const { code, stdout, stderr } = await project.run('db', 'restore', 'dump.sql')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/^Restored dump\.sql into .*: 7 statements, .* B\.\n$/)
  expect(await rows(project, 'select * from towns order by id')).toEqual(TOWNS)
  expect(await rows(project, 'select f() as f')).toEqual([{ f: '1' }])
})

test('a dump is restored when gzip has compressed it, and from standard input', async () => {
  const project = new TestProject()
  writeFileSync(join(project.dir, 'dump.sql.gz'), gzipSync(DUMP))
  expect(await project.json('db', 'restore', 'dump.sql.gz')).toEqual({
    file: 'dump.sql.gz',
    statements: 7,
  })
  expect(await rows(project, 'select * from towns order by id')).toEqual(TOWNS)
  await project.run('db', 'exec', 'drop table towns; drop function f')
  const piped = project.start(['db', 'restore', '-', '--json'], { input: DUMP })
  expect(JSON.parse((await piped.outcome).stdout)).toEqual({ file: '-', statements: 7 })
  expect(await rows(project, 'select * from towns order by id')).toEqual(TOWNS)
})

test('more data than fits into one piece arrives as it is', async () => {
  const lines = Array.from({ length: 50_000 }, (_, id) => `${id}\tline ${id} ${'ü'.repeat(id % 7)}`)
  const dump = `create table big (id int, t text);\ncopy big from stdin;\n${lines.join('\n')}\n\\.\n`
  const project = new TestProject({ 'big.sql': dump })
  expect(await project.json('db', 'restore', 'big.sql')).toEqual({ file: 'big.sql', statements: 2 })
  const sum = 'select count(*) as n, sum(id) as ids, sum(length(t)) as length from big'
  const length = lines.reduce((total, line) => total + line.split('\t')[1]!.length, 0)
  expect(await rows(project, sum)).toEqual([
    { n: '50000', ids: String((50_000 * 49_999) / 2), length: String(length) },
  ])
})

test('a dump that fails changes nothing, and the line of the error is told', async () => {
  const project = new TestProject({ 'dump.sql': DUMP.replace('\n2\t', '\ntwo\t') })
  expect(await project.run('db', 'restore', 'dump.sql')).toEqual({
    code: 1,
    stdout: '',
    stderr: `error: line 11: invalid input syntax for type integer: "two"
CONTEXT:  COPY towns, line 2, column id: "two"
hint: nothing was changed: mend the file, or the database, and try again
`,
  })
  expect(await rows(project, "select to_regclass('towns') as t")).toEqual([{ t: null }])
  expect((await project.run('db', 'restore', '--no-transaction', 'dump.sql')).code).toBe(1)
  expect(await rows(project, "select to_regclass('towns') as t")).toEqual([{ t: 'towns' }])
})

test('a dump with commands of psql that mean another database is refused', async () => {
  const project = new TestProject({ 'all.sql': 'create table a ();\n\\connect other\n' })
  expect(await project.run('db', 'restore', 'all.sql')).toEqual({
    code: 1,
    stdout: '',
    stderr:
      'error: line 2: \\connect is a command of psql\nhint: make the dump with pg_dump without --create, or read it with `oxbase psql -f`\n',
  })
  expect(await rows(project, "select to_regclass('a') as a")).toEqual([{ a: null }])
})

test('db reset makes a new database with the migrations and the seed', async () => {
  const project = new TestProject({
    [MIGRATION]: TODOS,
    'supabase/seed.sql': "insert into todos values (1, 'ship');",
  })
  await project.run('db', 'exec', 'create table old ()')
  expect(await project.json('db', 'reset', '--yes')).toEqual({
    dir: expect.stringMatching(/\.oxbase\/data$/) as unknown,
    migrations: ['20240101000000'],
    seed: 'supabase/seed.sql',
  })
  expect(await rows(project, "select title, to_regclass('old') as old from todos")).toEqual([
    { title: 'ship', old: null },
  ])
  await project.run('db', 'reset', '--yes', '--no-seed')
  expect(await rows(project, 'table todos')).toEqual([])
})

test('db reset of a running server keeps its ports', async () => {
  const project = new TestProject({ [MIGRATION]: TODOS })
  const facts = await project.json('start', '-d', '--port', '0', '--api-port', '0')
  await project.run('db', 'exec', 'create table old (); insert into todos values (1)')
  expect(await project.run('db', 'reset', '--yes')).toMatchObject({ code: 0, stderr: '' })
  expect(await project.json('status')).toEqual(facts)
  expect(await rows(project, "select count(*) as n, to_regclass('old') as old from todos")).toEqual(
    [{ n: '0', old: null }]
  )
})

test('db reset takes away nothing that is no database of ours', async () => {
  const project = new TestProject({ 'mine/letter.txt': 'dear' })
  const { code, stderr } = await project.run('db', 'reset', '--yes', '--dir', 'mine')
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: `error: ${project.dir}/mine is not removed: it holds no oxbase database: there is no pgdata in it\nhint: give the directory of an oxbase database with --dir\n`,
  })
  expect(readFileSync(join(project.dir, 'mine/letter.txt'), 'utf8')).toBe('dear')
})

test('what db dump writes, db restore reads into a new database', async () => {
  const project = new TestProject({ [MIGRATION]: TODOS })
  await project.run('migration', 'up')
  await project.run('db', 'exec', "insert into todos values (1, e'a\\tb'), (2, null)")
  expect(await project.json('db', 'dump', '-f', 'backup.sql')).toEqual({ file: 'backup.sql' })
  const restored = await project.run('db', 'restore', '--dir', 'other', 'backup.sql')
  expect(restored).toMatchObject({ code: 0, stderr: '' })
  const all = ['db', 'exec', '--dir', 'other', 'select * from todos order by id']
  expect(await project.json(...all)).toMatchObject([
    {
      rows: [
        { id: '1', title: 'a\tb' },
        { id: '2', title: null },
      ],
    },
  ])
  const { stdout } = await project.run('db', 'dump', '--schema-only')
  expect(stdout).toContain('CREATE TABLE public.todos (')
  expect(stdout).not.toMatch(/^COPY |auth\.users/m)
  expect(await project.run('db', 'dump', '--schema-only', '--data-only')).toEqual({
    code: 2,
    stdout: '',
    stderr: 'error: --schema-only and --data-only exclude each other\n',
  })
})

test('db dump writes the same of a database that a server has open, and leaves no copy', async () => {
  const project = new TestProject({ [MIGRATION]: TODOS })
  const started = project.start(['start', '--detach', '--port', '0', '--api-port', '0'])
  expect(await started.outcome).toMatchObject({ code: 0 })
  await project.run('db', 'exec', "insert into todos values (1, 'kept')")
  const temporary = join(project.dir, 'tmp')
  mkdirSync(temporary)
  const dump = (): Promise<Outcome> =>
    project.start(['db', 'dump'], { env: { OXBASE_PG_DUMP: 'builtin', TMPDIR: temporary } }).outcome
  const served = await dump()
  expect(served).toMatchObject({ code: 0, stderr: '' })
  expect(served.stdout).toContain('1\tkept')
  expect(readdirSync(temporary)).toEqual([])
  expect((await project.run('db', 'exec', 'select count(*) from todos')).code).toBe(0)
  await project.run('stop')
  expect(withoutKey((await dump()).stdout)).toBe(withoutKey(served.stdout))
})

/** A dump without the word that pg_dump makes up for each: psql obeys no command without it. */
function withoutKey(dump: string): string {
  return dump.replace(/^\\(un)?restrict .*$/gm, '')
}

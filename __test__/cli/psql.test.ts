// The small psql of this package. Its expectations are what psql itself prints.
import { expect, test } from 'vitest'
import { TestProject, type Outcome } from './support'

const psql = (project: TestProject, ...args: string[]): Promise<Outcome> =>
  project.run('psql', '--builtin', ...args)
const piped = (project: TestProject, input: string, ...args: string[]): Promise<Outcome> =>
  project.start(['psql', '--builtin', ...args], { input }).outcome

const QUERY = `select 1 as a, 'xü' as "long name", null::int as n, e'a\\nbb' as m, 1.5 as z`

const PRINTED: [args: string[], stdout: string][] = [
  [
    [],
    ' a | long name | n | m  |  z  \n---+-----------+---+----+-----\n 1 | xü        |   | a +| 1.5\n   |           |   | bb | \n(1 row)\n\n',
  ],
  [['-t'], ' 1 | xü        |   | a +| 1.5\n   |           |   | bb | \n\n'],
  [['-A'], 'a|long name|n|m|z\n1|xü||a\nbb|1.5\n(1 row)\n'],
  [['-tA'], '1|xü||a\nbb|1.5\n'],
  [
    ['-x'],
    '-[ RECORD 1 ]--\na         | 1\nlong name | xü\nn         | \nm         | a  +\n          | bb\nz         | 1.5\n\n',
  ],
]

test.each(PRINTED)('rows are printed as psql prints them with %j', async (args, stdout) => {
  const project = new TestProject()
  expect(await psql(project, ...args, '-c', QUERY)).toEqual({ code: 0, stdout, stderr: '' })
})

test('what is piped in is run to its end, also after an error, as psql does', async () => {
  const input = `create table t (id int primary key, name text default 'x;y');
copy t (id) from stdin;
1
2
\\.
select 1/0;
create function f() returns int begin atomic select 1; select case when true then 2 end; end;
select count(*), f() from t;
\\echo done
`
  expect(await piped(new TestProject(), input)).toEqual({
    code: 0,
    stdout: `CREATE TABLE
COPY 2
CREATE FUNCTION
 count | f${' '}
-------+---
     2 | 2
(1 row)

done
`,
    stderr: 'ERROR:  division by zero\n',
  })
})

test('the exit codes are those of psql', async () => {
  const project = new TestProject({ 'bad.sql': 'select 1;\nselect nope;\nselect 3;\n' })
  const codes = async (...args: string[]): Promise<number | null> =>
    (await psql(project, ...args)).code
  expect(await codes('-c', 'select 1')).toBe(0)
  expect(await codes('-c', 'select nope')).toBe(1)
  expect(await codes('-f', 'bad.sql')).toBe(0)
  expect(await codes('-f', 'nowhere.sql')).toBe(1)
  expect(await codes('-v', 'ON_ERROR_STOP=1', '-f', 'bad.sql')).toBe(3)
  expect(await codes('--db-url', 'postgres://127.0.0.1:1/x', '-c', 'select 1')).toBe(2)
})

test('an error in a file names the file and the line', async () => {
  const project = new TestProject({ 'bad.sql': '\n-- a comment\nselect\n nope;\n' })
  expect(await psql(project, '-f', 'bad.sql')).toEqual({
    code: 0,
    stdout: '',
    stderr: 'psql:bad.sql:4: ERROR:  column "nope" does not exist\nLINE 2:  nope;\n         ^\n',
  })
})

test('-c and -f run in the order in which they are given', async () => {
  const project = new TestProject({ 'b.sql': 'select 2 as b;' })
  const { stdout } = await psql(project, '-At', '-c', 'select 1', '-f', 'b.sql', '-c', 'select 3')
  expect(stdout).toBe('1\n2\n3\n')
})

test('the commands about the database tell what is there', async () => {
  const project = new TestProject()
  const made = `create table todos (id int generated always as identity primary key,
    title text not null check (title <> ''), made timestamptz default now());
    create index on todos (title); create view open as select id from todos;
    alter table todos enable row level security;
    create policy mine on todos for select to anon using (true)`
  await psql(project, '-c', made)
  const { code, stdout, stderr } = await psql(project, '-c', '\\dt', '-c', '\\d', '-c', '\\d todos')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toBe(`          List of tables
 Schema | Name  | Type  |  Owner   
--------+-------+-------+----------
 public | todos | table | postgres
(1 row)

              List of relations
 Schema |     Name     |   Type   |  Owner   
--------+--------------+----------+----------
 public | open         | view     | postgres
 public | todos        | table    | postgres
 public | todos_id_seq | sequence | postgres
(3 rows)

                                  Table "public.todos"
 Column |           Type           | Collation | Nullable |           Default            
--------+--------------------------+-----------+----------+------------------------------
 id     | integer                  |           | not null | generated always as identity
 title  | text                     |           | not null | 
 made   | timestamp with time zone |           |          | now()
Indexes:
    "todos_pkey" PRIMARY KEY, btree (id)
    "todos_title_idx" btree (title)
Check constraints:
    "todos_title_check" CHECK (title <> ''::text)
Policies:
    POLICY "mine" FOR SELECT
      TO anon
      USING (true)

`)
  const others = ['\\l', '\\dn', '\\df auth.*', '\\du', '\\dx', '\\di', '\\dv', '\\ds']
  for (const command of others) {
    const answer = await psql(project, '-c', command)
    expect(answer).toMatchObject({ code: 0, stderr: '' })
    expect(answer.stdout).toMatch(/^ *List of .*\n[^]*\(\d+ rows?\)\n\n$/)
  }
})

test('what is not there is told on standard error', async () => {
  const project = new TestProject()
  expect(await piped(project, '\\dt\n\\d nope\n\\foo\n')).toEqual({
    code: 0,
    stdout: '',
    stderr:
      'Did not find any tables.\nDid not find any relation named "nope".\ninvalid command \\foo\n',
  })
})

test('settings of the output, \\g, \\gx and \\timing', async () => {
  const input = `select 1 as a \\g
\\x
select 2 as a;
\\x off
select 3 as a \\gx
\\t
\\a
select 4, 5;
\\timing on
select 6;
\\q
select 7;
`
  const { code, stdout } = await piped(new TestProject(), input)
  expect(code).toBe(0)
  expect(stdout.replace(/[\d.]+ ms/, 'N ms')).toBe(` a${' '}
---
 1
(1 row)

Expanded display is on.
-[ RECORD 1 ]
a | 2

Expanded display is off.
-[ RECORD 1 ]
a | 3

Tuples only is on.
Output format is unaligned.
4|5
Timing is on.
6
Time: N ms
`)
})

test('without --builtin the psql on PATH is taken, with its own arguments', async () => {
  const project = new TestProject({
    'bin/psql': `#!/bin/sh
[ "$1" = --version ] && echo 'psql (PostgreSQL) 18.0' && exit 0
echo "$PGUSER $PGDATABASE [$*]"; exit 3
`,
  })
  const { chmodSync } = await import('node:fs')
  chmodSync(`${project.dir}/bin/psql`, 0o755)
  const env = { PATH: `${project.dir}/bin:${process.env['PATH']}` }
  const call = project.start(['psql', '-At', '-c', 'select 1', '--', '--csv'], { env })
  expect(await call.outcome).toEqual({
    code: 3,
    stdout: 'postgres postgres [-t -A -c select 1 --csv]\n',
    stderr: '',
  })
})

test('it talks to the server that runs for the directory', async () => {
  const project = new TestProject()
  await project.run('start', '-d', '--port', '0', '--api-port', '0')
  const { stdout } = await psql(
    project,
    '-Atc',
    "select inet_server_addr() is not null, current_setting('application_name')"
  )
  expect(stdout).toMatch(/\|oxbase\n$/)
})

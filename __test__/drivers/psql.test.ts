// psql: commands, scripts, exit codes, what the backslash commands find, and \copy.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { programs, run, type Programs } from '../support/programs'
import { address, connect, environment } from '../support/server'

const { host, port, user, database, url, socketDirectory } = address
/** No start-up file, unaligned, rows only. */
const PLAIN = ['-X', '-A', '-t']

beforeEach(({ skip }) => {
  if (!programs) skip('there is no psql')
})

const psql = (args: string[], options: { input?: string; env?: Record<string, string> } = {}) =>
  run(programs as Programs, 'psql', args, options)

/** What commands, one `-c` each, write. */
async function written(...commands: string[]): Promise<string> {
  const answer = await psql([...PLAIN, ...commands.flatMap((command) => ['-c', command])])
  expect(answer).toMatchObject({ code: 0, stderr: '' })
  return answer.stdout
}

function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), 'oxpsql-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

test.each([
  ['host and port', ['-h', host, '-p', String(port), '-U', user, '-d', database]],
  ['a URL', [url]],
  ['the directory of the Unix socket', ['-h', socketDirectory]],
  ['a connection string', [`host=${host} port=${port} dbname=${database} user=${user}`]],
  ['a URL that prefers TLS', [`${url}?sslmode=prefer`]],
])('psql connects by %s', async (_, args) => {
  const answer = await psql([...PLAIN, ...args, '-c', 'select current_user, current_database()'])
  expect(answer).toEqual({ code: 0, stdout: `${user}|${database}\n`, stderr: '' })
})

test('an aligned result has a heading and counts its rows', async () => {
  const { stdout } = await psql(['-X', '-c', `select 1 as n, 'é' as t union all select 22, null`])
  expect(stdout).toBe(' n  | t \n----+---\n  1 | é\n 22 | \n(2 rows)\n\n')
})

test('a result may be CSV or expanded', async () => {
  const query = `select 1 as n, 'a,b' as t`
  expect((await psql(['-X', '--csv', '-c', query])).stdout).toBe('n,t\n1,"a,b"\n')
  expect((await psql([...PLAIN, '-x', '-c', query])).stdout).toBe('n|1\nt|a,b\n')
})

test('command tags are written unless it is quiet', async () => {
  const commands = [
    'create table tags (n int)',
    'insert into tags values (1), (2)',
    'drop table tags',
  ]
  const args = commands.flatMap((command) => ['-c', command])
  expect((await psql(['-X', ...args])).stdout).toBe('CREATE TABLE\nINSERT 0 2\nDROP TABLE\n')
  expect((await psql(['-X', '-q', ...args])).stdout).toBe('')
})

test('an error is written with its place, and the exit code of a command is 1', async () => {
  const answer = await psql(['-X', '-c', 'select 1 + nothing'])
  expect(answer).toEqual({
    code: 1,
    stdout: '',
    stderr:
      'ERROR:  column "nothing" does not exist\nLINE 1: select 1 + nothing\n                   ^\n',
  })
})

test('the SQLSTATE of an error is written when asked for', async () => {
  const { stderr } = await psql(['-X', '-v', 'VERBOSITY=sqlstate', '-c', 'select 1/0'])
  expect(stderr).toBe('ERROR:  22012\n')
})

test('a script goes on after an error, and ends with 3 when told to stop', async () => {
  const input = 'select 1/0;\nselect 2;\n'
  const going = await psql([...PLAIN, '-f', '-'], { input })
  expect(going).toMatchObject({ code: 0, stdout: '2\n' })
  const stopped = await psql([...PLAIN, '-v', 'ON_ERROR_STOP=1', '-f', '-'], { input })
  expect(stopped).toMatchObject({ code: 3, stdout: '' })
  expect(stopped.stderr).toContain('ERROR:  division by zero')
})

test('a server that is not there ends psql with 2', async () => {
  const answer = await psql([...PLAIN, '-h', scratch(), '-c', 'select 1'])
  expect(answer).toMatchObject({ code: 2, stdout: '' })
})

test('a script in a single transaction is undone by its error', async () => {
  const input = 'create table half (n int);\nselect 1/0;\n'
  const answer = await psql([...PLAIN, '-1', '-v', 'ON_ERROR_STOP=1', '-f', '-'], { input })
  expect(answer.code).toBe(3)
  expect(await written(`select to_regclass('half') is null`)).toBe('t\n')
})

test('variables, \\gset, \\if and \\gexec work on what the server answers', async () => {
  const input = `select 20 as base \\gset
\\if :{?base}
select :base + :more;
\\endif
select format('select %s * 2', n) from generate_series(1, 2) n \\gexec
`
  const { stdout, stderr } = await psql([...PLAIN, '-v', 'more=2', '-f', '-'], { input })
  expect({ stdout, stderr }).toEqual({ stdout: '22\n2\n4\n', stderr: '' })
})

test('\\gdesc describes a statement without running it', async () => {
  const input = 'select 1 as n, now() as t \\gdesc\n'
  expect((await psql([...PLAIN, '-f', '-'], { input })).stdout).toBe(
    'n|integer\nt|timestamp with time zone\n'
  )
})

test('\\bind sends parameters apart from the text', async ({ skip }) => {
  if ((programs as Programs).version < 16) skip('psql knows \\bind from version 16 on')
  const input = 'select $1::int + $2::int as n \\bind 40 2 \\g\n'
  expect((await psql([...PLAIN, '-f', '-'], { input })).stdout).toBe('42\n')
})

test('a pipeline answers each of its statements, and aborts behind an error', async ({ skip }) => {
  if ((programs as Programs).version < 18) skip('psql knows pipelines from version 18 on')
  const input = `\\startpipeline
select $1::int \\bind 1 \\sendpipeline
select $1::int \\bind 2 \\sendpipeline
\\endpipeline
\\startpipeline
select 1 / $1::int \\bind 0 \\sendpipeline
select $1::int \\bind 4 \\sendpipeline
\\syncpipeline
select $1::int \\bind 5 \\sendpipeline
\\endpipeline
`
  const { stdout, stderr } = await psql([...PLAIN, '-f', '-'], { input })
  expect(stdout).toBe('1\n2\n5\n')
  expect(stderr).toContain('division by zero')
})

test('FETCH_COUNT reads in portions', async () => {
  const answer = await psql([
    ...PLAIN,
    ...['-v', 'FETCH_COUNT=10', '-c', 'select generate_series(1, 25)'],
  ])
  const lines = Array.from({ length: 25 }, (_, i) => `${i + 1}\n`).join('')
  expect(answer).toEqual({ code: 0, stdout: lines, stderr: '' })
})

test('\\d shows a table with its keys, indexes and references', async () => {
  await written(
    `create table owner (id int primary key, name text not null default 'x')`,
    `create table thing (id bigint generated always as identity primary key,
       owner int references owner on delete cascade, price numeric(8,2) check (price > 0))`,
    'create index thing_owner on thing (owner)'
  )
  const { stdout } = await psql(['-X', '-A', '-c', '\\d thing', '-c', '\\d owner_pkey'])
  expect(stdout).toBe(
    `Table "public.thing"
Column|Type|Collation|Nullable|Default
id|bigint||not null|generated always as identity
owner|integer|||
price|numeric(8,2)|||
Indexes:
    "thing_pkey" PRIMARY KEY, btree (id)
    "thing_owner" btree (owner)
Check constraints:
    "thing_price_check" CHECK (price > 0::numeric)
Foreign-key constraints:
    "thing_owner_fkey" FOREIGN KEY (owner) REFERENCES owner(id) ON DELETE CASCADE
Index "public.owner_pkey"
Column|Type|Key?|Definition
id|integer|yes|id
primary key, btree, for table "public.owner"
`
  )
  expect(await written('\\dt *own*', '\\di thing_*')).toBe(
    `public|owner|table|${user}
public|thing_owner|index|${user}|thing
public|thing_pkey|index|${user}|thing
`
  )
})

test.each([
  ['\\dn+', '^public|'],
  ['\\du', `^${user}|Superuser`],
  ['\\df pg_catalog.abs', '^pg_catalog|abs|bigint|bigint|func$'],
  ['\\dT', '^public|mood|'],
  ['\\dv', `^public|seen|view|${user}$`],
  ['\\ds', `^public|counted|sequence|${user}$`],
  ['\\dx', '^plpgsql|1.0|'],
  ['\\dp seen', '^public|seen|view||'],
  ['\\dD', '^public|positive|integer|'],
  ['\\db', `^pg_default|${user}|$`],
  ['\\dO', '^$'],
  ['\\dconfig work_mem', '^work_mem|4MB$'],
])('%s finds what it asks the catalogs for', async (command, line) => {
  const input = `set client_min_messages = error;
create or replace view seen as select 1;
create sequence if not exists counted;
drop type if exists mood;
create type mood as enum ('fine');
drop domain if exists positive;
create domain positive as int check (value > 0);
${command}
`
  const { code, stdout, stderr } = await psql([...PLAIN, '-q', '-f', '-'], { input })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(new RegExp(line.replaceAll('|', '\\|'), 'm'))
})

test('\\l lists the database, and \\sf shows a function as it was made', async () => {
  expect(await written('\\l')).toMatch(new RegExp(`^${database}\\|${user}\\|UTF8\\|`, 'm'))
  await written(`create function twice(n int) returns int language sql as 'select n * 2'`)
  expect(await written('\\sf twice')).toBe(
    `CREATE OR REPLACE FUNCTION public.twice(n integer)
 RETURNS integer
 LANGUAGE sql
AS $function$select n * 2$function$
`
  )
})

test('\\copy loads a file and writes one', async () => {
  const directory = scratch()
  const [from, to] = [join(directory, 'in.csv'), join(directory, 'out.csv')]
  writeFileSync(from, 'n,t\n1,"a,b"\n2,\n')
  const tags = await written(
    'create table copied (n int, t text)',
    `\\copy copied from '${from}' csv header`,
    `\\copy (select * from copied order by n desc) to '${to}' csv`
  )
  expect(tags).toBe('CREATE TABLE\nCOPY 2\nCOPY 2\n')
  expect(readFileSync(to, 'utf8')).toBe('2,\n1,"a,b"\n')
})

test('COPY reads rows of the script, and writes rows to its output', async () => {
  const input = `create table inline (n int, t text);
copy inline from stdin;
1\tone
2\t\\N
\\.
copy inline to stdout;
`
  const { stdout, stderr } = await psql([...PLAIN, '-q', '-f', '-'], { input })
  expect({ stdout, stderr }).toEqual({ stdout: '1\tone\n2\t\\N\n', stderr: '' })
})

test('a transaction goes back to its savepoint', async () => {
  const input = `create table moved (n int);
begin;
insert into moved values (1);
savepoint here;
insert into moved values (2);
rollback to here;
commit;
select * from moved;
`
  expect((await psql([...PLAIN, '-q', '-f', '-'], { input })).stdout).toBe('1\n')
})

test('ON_ERROR_ROLLBACK keeps a transaction alive after an error', async () => {
  const input = `begin;
create table alive (n int);
select 1/0;
insert into alive values (1);
commit;
select * from alive;
`
  const args = [...PLAIN, '-q', '-v', 'ON_ERROR_ROLLBACK=on', '-f', '-']
  expect((await psql(args, { input })).stdout).toBe('1\n')
})

test('a notification is shown with the next answer', async () => {
  const input = `listen news;\nnotify news, 'payload';\n`
  const { stdout } = await psql(['-X', '-q', '-f', '-'], { input })
  expect(stdout).toMatch(
    /^Asynchronous notification "news" with payload "payload" received from server process with PID \d+\.$/m
  )
})

/** Interrupts psql so many milliseconds after its first answer, while it should be in its second. */
async function interrupted(after: number) {
  const child = spawn(join((programs as Programs).bin, 'psql'), [...PLAIN, '-f', '-'], {
    env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', ...environment },
    timeout: 20_000,
    killSignal: 'SIGKILL',
  })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const begun = once(child.stdout, 'data')
  child.stdin.write(`select 'begun';\nselect pg_sleep(20);\nselect 'on';\n`)
  await begun
  await pause(after)
  child.kill('SIGINT')
  const [code] = (await once(child, 'close')) as [number]
  return { code, stdout, stderr }
}

test('an interrupt cancels the statement that runs, and ends the script', async () => {
  // One that comes before the statement has been sent ends psql, too, but there is nothing to cancel.
  let answer = await interrupted(20)
  for (const after of [100, 500, 2500])
    if (!answer.stderr.includes('ERROR')) answer = await interrupted(after)
  expect(answer).toEqual({
    code: 3,
    stdout: 'begun\n',
    stderr: expect.stringMatching(/ERROR: {2}canceling statement due to user request\n/),
  })
})

test('\\conninfo and the version of the server are known', async () => {
  expect(await written('\\conninfo')).toContain(database)
  const client = await connect()
  const { rows } = await client.query('show server_version_num')
  const input = '\\echo :SERVER_VERSION_NUM\n'
  expect((await psql([...PLAIN, '-f', '-'], { input })).stdout).toBe(
    `${(rows[0] as { server_version_num: string }).server_version_num}\n`
  )
})

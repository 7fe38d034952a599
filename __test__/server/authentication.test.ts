// Who may come in: SCRAM-SHA-256 with the password of the options, and those of roles.
import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { refusal } from '../support/answers'
import { connectWire, greeting } from '../support/wire'
import { startup } from '../support/frontend'
import { begin, finish, logIn } from '../support/scram'
import { place, serve, type Server } from '../support/wire-server'

const PASSWORD = 'correct horse'
const WRONG = (user: string) => [
  `Error FATAL 28P01 password authentication failed for user "${user}"`,
  'end',
]

/** A server that asks for passwords, after this SQL was run. */
async function locked(sql = ''): Promise<Server> {
  const server = await serve({ password: PASSWORD })
  if (sql !== '') await server.database.exec(sql)
  return server
}

async function client(server: Server, config: pg.ClientConfig): Promise<pg.Client> {
  const { host, port } = server
  const made = new pg.Client({ host: host ?? '', port: port ?? 0, database: 'postgres', ...config })
  onTestFinished(() => made.end())
  await made.connect()
  return made
}

test('the password of the options lets the superuser in', async () => {
  const server = await locked()
  const known = await client(server, { user: 'postgres', password: PASSWORD })
  const { rows } = await known.query('select current_user, session_user')
  expect(rows).toEqual([{ current_user: 'postgres', session_user: 'postgres' }])
})

test('the connection string has the password in it, escaped', async () => {
  const secret = 'p@ss/word:%?&=#é 漢'
  const server = await serve({ password: secret })
  const known = new pg.Client(server.connectionString)
  onTestFinished(() => known.end())
  await known.connect()
  expect((await known.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('a password of a thousand characters is as good as any', async () => {
  const server = await serve({ password: 'x'.repeat(1000) })
  expect((await logIn(place(server), 'postgres', 'x'.repeat(1000))).at(-1)).toBe('ReadyForQuery I')
  expect(await logIn(place(server), 'postgres', 'x'.repeat(999))).toEqual(WRONG('postgres'))
})

test('a wrong password is refused', async () => {
  const server = await locked()
  expect(await refusal(client(server, { user: 'postgres', password: 'wrong' }))).toEqual({
    name: 'error',
    severity: 'FATAL',
    code: '28P01',
    message: 'password authentication failed for user "postgres"',
  })
})

test('a user that does not exist goes through the same steps, with the same salt each time', async () => {
  const server = await locked("create role known login password 'other'")
  const steps = async (user: string) => {
    const exchange = await begin(place(server), { user })
    const { offered, mechanisms, first } = exchange
    const { salt, iterations } = first
    return { offered, mechanisms, salt, iterations, end: await finish(exchange, 'wrong') }
  }
  for (const user of ['nobody', 'known']) {
    const answer = await steps(user)
    expect(answer).toEqual({
      offered: 'Authentication 10',
      mechanisms: ['SCRAM-SHA-256'],
      salt: expect.stringMatching(/^[\w+/]{22}==$/) as string,
      iterations: 4096,
      end: WRONG(user),
    })
    expect(await steps(user)).toEqual(answer)
  }
  expect((await steps('nobody')).salt).not.toBe((await steps('somebody')).salt)
})

test('a role comes in with the password that the database keeps for it, as itself', async () => {
  const server = await locked("create role teller login password 'of its own'")
  const teller = await client(server, { user: 'teller', password: 'of its own' })
  const { rows } = await teller.query('select current_user, session_user')
  expect(rows).toEqual([{ current_user: 'teller', session_user: 'teller' }])
  expect(await refusal(teller.query('create role other'))).toMatchObject({ code: '42501' })
  expect(await logIn(place(server), 'teller', PASSWORD)).toEqual(WRONG('teller'))
})

test('a password that is changed counts from the next connection on', async () => {
  const server = await locked("create role teller login password 'first'")
  await server.database.exec("alter role teller password 'second'")
  expect(await logIn(place(server), 'teller', 'first')).toEqual(WRONG('teller'))
  expect((await logIn(place(server), 'teller', 'second')).at(-1)).toBe('ReadyForQuery I')
})

for (const [name, sql] of Object.entries({
  'without a password': 'create role teller login',
  'whose password has expired': "create role teller login password 'x' valid until '2000-01-01'",
  'whose password is kept as md5':
    "set password_encryption = 'md5'; create role teller login password 'x'",
})) {
  test(`a role ${name} is refused as a wrong password is`, async () => {
    const server = await locked(sql)
    expect(await logIn(place(server), 'teller', 'x')).toEqual(WRONG('teller'))
    expect(await logIn(place(server), 'teller', '')).toEqual(WRONG('teller'))
  })
}

test('a role whose password is good for longer comes in', async () => {
  const server = await locked("create role teller login password 'x' valid until '2999-01-01'")
  expect((await logIn(place(server), 'teller', 'x')).at(-1)).toBe('ReadyForQuery I')
})

test('a role that may not log in is told so only when it knows its password', async () => {
  const server = await locked("create role teller nologin password 'x'")
  expect(await logIn(place(server), 'teller', 'y')).toEqual(WRONG('teller'))
  const lines = await logIn(place(server), 'teller', 'x')
  expect(lines.slice(-2)).toEqual([
    'Error FATAL 28000 role "teller" is not permitted to log in',
    'end',
  ])
})

test('without a password in the options the superuser has the one of the database', async () => {
  const server = await serve({ auth: 'scram-sha-256' })
  expect(await logIn(place(server), 'postgres', '')).toEqual(WRONG('postgres'))
  await server.database.exec("alter role postgres password 'kept'")
  expect((await logIn(place(server), 'postgres', 'kept')).at(-1)).toBe('ReadyForQuery I')
})

test('a role can be looked up while a transaction of somebody else is open', async () => {
  const server = await locked("create role teller login password 'x'")
  const holder = await client(server, { user: 'postgres', password: PASSWORD })
  await holder.query('begin; create table held (n int)')
  const other = logIn(place(server), 'teller', 'x')
  await holder.query('commit')
  expect((await other).at(-1)).toBe('ReadyForQuery I')
})

test('a name that is SQL is a name', async () => {
  const server = await locked()
  const user = `x' or '1'='1"; drop table t; --`
  expect(await logIn(place(server), user, 'x')).toEqual(WRONG(user))
})

test('under trust a role is itself, and an unknown user is the superuser', async () => {
  const server = await serve()
  await server.database.exec('create role teller login')
  for (const [user, actual] of [
    ['teller', 'teller'],
    ['nobody', 'postgres'],
  ] as const) {
    const wire = await connectWire(place(server), { user })
    expect(await wire.run('select session_user')).toContain(`DataRow ${actual}`)
  }
})

test('a user that is not named is refused before any question', async () => {
  const server = await locked()
  expect(await greeting(place(server), startup({ database: 'postgres' }))).toEqual([
    'Error FATAL 28000 no PostgreSQL user name specified in startup packet',
    'end',
  ])
})

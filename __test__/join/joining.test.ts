// A process that opens a directory which another one has open works in it as the first one does.
import { statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { failure } from '../support/answers'
import { connect, Database, open, temporaryDirectory, value } from '../support/embedded'
import { isJoined, openPeer, startPeer } from './peer'

const directory = () => join(temporaryDirectory(), 'data')

test('a second process reads what the first one wrote, and the other way round', async () => {
  const dataDir = directory()
  const database = await open({ dataDir })
  await database.exec(
    'create table notes (text text); insert into notes values ($$from the first$$)'
  )
  const peer = await openPeer(dataDir)
  expect([database.native.joined, await isJoined(peer)]).toEqual([false, true])
  const read = `return (await kept.db.query('select text from notes order by text')).rows`
  expect(await peer.run(read)).toEqual([{ text: 'from the first' }])
  await peer.run(`await kept.db.query('insert into notes values ($1)', ['from the second'])`)
  const { rows } = await database.query('select text from notes order by text')
  expect(rows).toEqual([{ text: 'from the first' }, { text: 'from the second' }])
})

test('processes that open a new directory at once all have it', async () => {
  const dataDir = directory()
  const peers = await Promise.all([0, 1, 2].map(() => openPeer(dataDir)))
  const joined = await Promise.all(peers.map(isJoined))
  expect(joined.filter((each) => !each)).toEqual([false])
  await peers[0]?.run(`await kept.db.exec('create table t as select 5 as n')`)
  const read = `return (await kept.db.query('select n from t')).rows[0].n`
  expect(await Promise.all(peers.map((peer) => peer.run(read)))).toEqual([5, 5, 5])
})

test('a transaction of one process is not seen by another before it is committed', async () => {
  const dataDir = directory()
  const database = await open({ dataDir })
  await database.exec('create table t (n int)')
  const peer = await openPeer(dataDir)
  await peer.run(`
    const client = (kept.client = new oxbase.Client(options))
    await client.connect()
    await client.query('begin')
    await client.query('insert into t values (1)')`)
  const counted = value(database, 'select count(*)::int from t')
  await peer.run(`await kept.client.query('rollback'); await kept.client.end()`)
  expect(await counted).toBe(0)
  await peer.run(`await kept.db.transaction((tx) => tx.query('insert into t values (2)'))`)
  expect(await value(database, 'select sum(n)::int from t')).toBe(2)
})

test('notifications go from each process to the listeners of the other', async () => {
  const dataDir = directory()
  const database = await open({ dataDir })
  const peer = await openPeer(dataDir)
  await peer.run(`kept.heard = new Promise((resolve) => kept.db.listen('news', resolve)); 
    await kept.db.query('select 1')`)
  await peer.run(`await kept.db.listen('other', () => {})`)
  await database.query(`select pg_notify('news', 'from the first')`)
  expect(await peer.run('return kept.heard')).toBe('from the first')
  const heard = new Promise((resolve) => void database.listen('news', resolve))
  await database.listen('ready', () => undefined)
  await peer.run(`await kept.db.query("select pg_notify('news', 'from the second')")`)
  expect(await heard).toBe('from the second')
})

test('settings and prepared statements belong to their session, whichever process it is of', async () => {
  const dataDir = directory()
  const client = await connect({ dataDir })
  await client.query(`set application_name = 'first'; prepare p as select 1`)
  const peer = await openPeer(dataDir)
  expect(
    await peer.run(`
      const client = new oxbase.Client(options)
      await client.connect()
      await client.query("set application_name = 'second'")
      const names = (await client.query('select name from pg_prepared_statements')).rows
      await client.end()
      return names`)
  ).toEqual([])
  expect(await value(client, 'show application_name')).toBe('first')
})

test('sessions and counters are those of the process that has the directory open', async () => {
  const dataDir = directory()
  const database = await open({ dataDir })
  await database.query('select 1')
  const peer = await openPeer(dataDir)
  const seen = await peer.run<{ ids: number[]; sessions: number; dataDir: string; own: boolean }>(`
    const client = new oxbase.Client({ ...options, application_name: 'mine' })
    await client.connect()
    const stats = kept.db.stats()
    const sessions = kept.db.sessions()
    const own = sessions.find(({ applicationName }) => applicationName === 'mine')
    const { processID } = client
    await client.end()
    return { ids: sessions.map(({ processId }) => processId), sessions: stats.sessions, dataDir: stats.dataDir, own: own.processId === processID }`)
  const here = database.sessions().map(({ processId }) => processId)
  expect(seen).toEqual({ ids: [...here, seen.ids.at(-1)], sessions: 2, dataDir, own: true })
})

test('join: false is told which process has the directory', async () => {
  const dataDir = directory()
  await open({ dataDir })
  const peer = startPeer(dataDir, { join: false })
  expect(await peer.failure('await oxbase.Database.open(options)')).toEqual({
    name: 'error',
    code: '55006',
    severity: 'FATAL',
    message: `the database at ${dataDir} is in use by process ${process.pid}; close it there first, or use another directory`,
  })
})

test('OXBASE_JOIN=off is join: false', async () => {
  const dataDir = directory()
  await open({ dataDir })
  const peer = startPeer(dataDir, { env: { OXBASE_JOIN: 'off' } })
  const { code } = await peer.failure('await oxbase.Database.open(options)')
  expect(code).toBe('55006')
  const wrong = startPeer(dataDir, { env: { OXBASE_JOIN: 'no' } })
  const { message } = await wrong.failure('await oxbase.Database.open(options)')
  expect(message).toBe('oxbase: OXBASE_JOIN must be "on" or "off", got "no"')
})

test('a process that opened a directory for itself is not joined, and others are told at once', async () => {
  const dataDir = directory()
  await open({ dataDir, join: false })
  const began = performance.now()
  const peer = startPeer(dataDir)
  const { code } = await peer.failure('await oxbase.Database.open(options)')
  expect([code, performance.now() - began < 8000]).toEqual(['55006', true])
})

test('a database that is opened again with join may be joined from then on', async () => {
  const dataDir = directory()
  await open({ dataDir, join: false })
  await open({ dataDir })
  const peer = await openPeer(dataDir)
  expect(await isJoined(peer)).toBe(true)
})

test('join must be a boolean', async () => {
  const error = await failure(Database.open({ join: 'yes' } as object))
  expect(error.message).toBe('oxbase: option "join" must be a boolean, got string')
})

test('a handle that has closed leaves its process able to end by itself', async () => {
  const dataDir = directory()
  await open({ dataDir })
  const peer = await openPeer(dataDir)
  await peer.run('await kept.db.close()')
  expect(await peer.end()).toBe(0)
})

test('a joined handle that is open does not keep its process alive', async () => {
  const dataDir = directory()
  await open({ dataDir })
  const peer = await openPeer(dataDir)
  await peer.run(`await kept.db.query('select 1')`)
  expect(await peer.end()).toBe(0)
})

test('the socket is there while the directory is open, for its user only', async () => {
  const dataDir = directory()
  const database = await Database.open({ dataDir })
  const socket = join(dataDir, 'pgdata', '.s.PGSQL.5432')
  const { mode } = statSync(socket)
  expect([mode & 0o777, statSync(socket).isSocket()]).toEqual([0o600, true])
  await database.close()
  expect(statSync(socket, { throwIfNoEntry: false })).toBeUndefined()
})

test('a path that is too long for a socket is joined all the same', async () => {
  const dataDir = join(temporaryDirectory(), 'a'.repeat(60), 'b'.repeat(60))
  const database = await open({ dataDir })
  await database.exec('create table t as select 3 as n')
  // The temporary directory of the other process is another one.
  const peer = await openPeer(dataDir, { env: { TMPDIR: temporaryDirectory() } })
  expect(await isJoined(peer)).toBe(true)
  expect(await peer.run(`return (await kept.db.query('select n from t')).rows`)).toEqual([{ n: 3 }])
})

test('a symbolic link to the directory is refused, as it is when nobody has it open', async () => {
  const dataDir = directory()
  await open({ dataDir })
  const link = `${dataDir}-link`
  symlinkSync(dataDir, link)
  const error = await failure(Database.open({ dataDir: link }))
  expect(error.code).toBe('58P03')
})

test('two spellings of one directory are one database', async () => {
  const dataDir = directory()
  const database = await open({ dataDir })
  await database.exec('create table t as select 4 as n')
  const peer = await openPeer(join(dataDir, '..', '.', 'data'))
  expect(await peer.run(`return (await kept.db.query('select n from t')).rows`)).toEqual([{ n: 4 }])
})

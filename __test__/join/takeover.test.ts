// When the process that has the directory open goes away, the others go on.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { open, temporaryDirectory, value } from '../support/embedded'
import { isJoined, openPeer, startPeer, UNTIL_ACTIVE } from './peer'

const directory = () => join(temporaryDirectory(), 'data')
const READ = `return (await kept.db.query('select n from t order by n')).rows.map(({ n }) => n)`

/** Ways of a process to let a directory go. */
const ENDS = {
  'closes it': (peer: ReturnType<typeof startPeer>) => peer.run('await kept.db.close()'),
  exits: async (peer: ReturnType<typeof startPeer>) => {
    await peer.failure('process.exit(0)')
  },
  'is killed': (peer: ReturnType<typeof startPeer>) => peer.kill(),
}

test.each(Object.entries(ENDS))(
  'a process that joined takes over when the first one %s',
  async (_, end) => {
    const dataDir = directory()
    const first = await openPeer(dataDir)
    await first.run(`await kept.db.exec('create table t as select 1 as n')`)
    const second = await openPeer(dataDir)
    expect(await second.run(READ)).toEqual([1])
    await end(first)
    await second.run(`await kept.db.query('insert into t values (2)').catch(() => {})`)
    await second.run(`await kept.db.query('insert into t values (3)')`)
    expect([await isJoined(second), (await second.run<number[]>(READ)).includes(3)]).toEqual([
      false,
      true,
    ])
    const third = await openPeer(dataDir)
    expect([await isJoined(third), await third.run(READ)]).toEqual([true, await second.run(READ)])
  }
)

test('what was under way fails with 57P01, once, and the next query finds the next process', async () => {
  const dataDir = directory()
  const first = await openPeer(dataDir)
  const second = await openPeer(dataDir)
  await second.run(
    `kept.asked = kept.db.query('select pg_sleep(60)').catch(({ code, severity, message }) => ({ code, severity, message }))`
  )
  await first.run(UNTIL_ACTIVE)
  await first.kill()
  expect(await second.run('return kept.asked')).toEqual({
    code: '57P01',
    severity: 'FATAL',
    message: 'terminating connection because the process that had the database open has gone',
  })
  expect(await second.run(`return (await kept.db.query('select 1 as one')).rows`)).toEqual([
    { one: 1 },
  ])
})

test('a process that closes the directory says so to those that joined', async () => {
  const dataDir = directory()
  const database = await open({ dataDir })
  const second = await openPeer(dataDir)
  await second.run(`
    kept.client = new oxbase.Client(options)
    kept.told = new Promise((resolve) => kept.client.on('error', ({ code, message }) => resolve({ code, message })))
    await kept.client.connect()
    kept.asked = kept.db.query('select pg_sleep(60)').catch(({ code }) => code)
    ${UNTIL_ACTIVE}`)
  await database.close()
  expect(await second.run('return Promise.all([kept.told, kept.asked])')).toEqual([
    { code: '57P01', message: 'terminating connection due to administrator command' },
    '57P01',
  ])
})

test('idle clients of a pool are replaced, though nobody listens for their errors', async () => {
  const dataDir = directory()
  const first = await openPeer(dataDir)
  const second = startPeer(dataDir)
  await second.run(`
    kept.pool = new oxbase.Pool({ ...options, max: 3 })
    await Promise.all([0, 1, 2].map(() => kept.pool.query('select 1')))`)
  await first.kill()
  expect(
    await second.run(`
      for (let n = 0; kept.pool.totalCount > 0 && n < 500; n++) await new Promise((resolve) => setTimeout(resolve, 10))
      return (await kept.pool.query('select 2 as two')).rows`)
  ).toEqual([{ two: 2 }])
  await second.run('await kept.pool.end()')
  expect(await second.end()).toBe(0)
})

test('blocking queries, poolers and listeners find the next process, too', async () => {
  const dataDir = directory()
  const first = await openPeer(dataDir)
  const second = await openPeer(dataDir)
  await second.run(`
    kept.db.querySync('select 1')
    kept.pooler = await oxbase.PGlitePooler.create(kept.db)
    await kept.pooler.query('select 1')
    kept.heard = new Promise((resolve) => kept.db.listen('news', resolve).then(() => (kept.listening = true)))
    await kept.db.listen('other', () => {})`)
  await first.kill()
  const third = await openPeer(dataDir)
  const read = await second.run<unknown[]>(`
    const retried = async (ask) => { try { return await ask() } catch { return await ask() } }
    const sync = await retried(() => kept.db.querySync('select 2 as two').rows)
    const pooled = (await retried(() => kept.pooler.query('select 3 as three'))).rows
    return [sync, pooled]`)
  expect(read).toEqual([[{ two: 2 }], [{ three: 3 }]])
  const channels = `select count(*)::int as n from pg_stat_activity`
  expect(
    await third.run(`return (await kept.db.query(${JSON.stringify(channels)})).rows.length`)
  ).toBe(1)
  const heard = second.run('return kept.heard')
  const notify = setInterval(() => {
    third.run(`await kept.db.query("select pg_notify('news', 'again')")`).catch(() => undefined)
  }, 100)
  expect(await heard).toBe('again')
  clearInterval(notify)
})

test('a transaction that was lost with its process is not there, and its client hears of it', async () => {
  const dataDir = directory()
  const first = await openPeer(dataDir)
  await first.run(`await kept.db.exec('create table t (n int)')`)
  const second = await openPeer(dataDir)
  await second.run(`
    kept.began = Promise.withResolvers?.() ?? (() => { let resolve; const promise = new Promise((r) => (resolve = r)); return { promise, resolve } })()
    kept.goes = new Promise((resolve) => (kept.go = resolve))
    kept.outcome = kept.db.transaction(async (tx) => {
      await tx.query('insert into t values (1)')
      kept.began.resolve()
      await kept.goes
      await tx.query('insert into t values (2)')
    }).catch(({ code, message }) => code ?? message)
    await kept.began.promise`)
  await first.kill()
  expect(await second.run('kept.go(); return typeof (await kept.outcome)')).toBe('string')
  expect(await second.run(READ)).toEqual([])
})

test('a session waits for a process that is closing the directory, and then has it', async () => {
  const dataDir = directory()
  const first = await openPeer(dataDir)
  const second = await openPeer(dataDir)
  await Promise.all([
    first.run('await kept.db.close()'),
    second.run(`
      for (let n = 0; n < 20; n++) {
        const client = new oxbase.Client(options)
        client.on('error', () => {})
        await client.connect()
        await client.end().catch(() => {})
      }`),
  ])
  expect(await second.run(`return (await kept.db.query('select 1 as one')).rows`)).toEqual([
    { one: 1 },
  ])
})

test('a process that is stopped makes a connection wait no longer than its queueTimeout', async () => {
  const dataDir = directory()
  const first = await openPeer(dataDir)
  const second = await openPeer(dataDir)
  first.signal('SIGSTOP')
  const refused = await second.failure(`
    const client = new oxbase.Client({ ...options, queueTimeout: 300 })
    await client.connect()`)
  expect(refused).toMatchObject({
    code: '57P03',
    message: 'the process that has the database open does not answer',
  })
  expect(await second.run('return [kept.db.sessions(), kept.db.stats().sessions]')).toEqual([[], 0])
  first.signal('SIGCONT')
  expect(await second.run(`return (await kept.db.query('select 1 as one')).rows`)).toEqual([
    { one: 1 },
  ])
})

test('the engine of a process that took over closes with its handle', async () => {
  const dataDir = directory()
  const first = await openPeer(dataDir)
  const second = await openPeer(dataDir)
  await first.kill()
  await second.run(`await kept.db.query('create table t as select 1 as n'); await kept.db.close()`)
  const database = await open({ dataDir, join: false })
  expect(await value(database, 'select n from t')).toBe(1)
})

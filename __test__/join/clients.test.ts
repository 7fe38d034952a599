// Everything that a client may do works in a process that joined another one.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { open, temporaryDirectory, value } from '../support/embedded'
import { openPeer, type Peer } from './peer'

/** A directory that this process has open, and a process that joined it, with a connected `kept.client`. */
async function joined(options = '{}') {
  const dataDir = join(temporaryDirectory(), 'data')
  const database = await open({ dataDir })
  const peer = await openPeer(dataDir)
  await peer.run(`
    kept.client = new oxbase.Client({ ...options, ...${options} })
    kept.client.on('error', () => {})
    await kept.client.connect()`)
  return { dataDir, database, peer }
}

const query = (peer: Peer, text: string) =>
  peer.run(`return (await kept.client.query(${JSON.stringify(text)})).rows`)

test('a client gets rows, types and errors as from an engine of its own', async () => {
  const { peer } = await joined()
  const row = await peer.run(`
    const { rows, fields } = await kept.client.query(
      'select $1::int as a, $2::text as b, $3::jsonb as c, null as d, array[1, 2] as e', [1, 'é', { x: [1] }])
    return { row: rows[0], names: fields.map(({ name }) => name) }`)
  expect(row).toEqual({
    row: { a: 1, b: 'é', c: { x: [1] }, d: null, e: [1, 2] },
    names: ['a', 'b', 'c', 'd', 'e'],
  })
  expect(await peer.failure(`await kept.client.query('select 1 / 0')`)).toEqual({
    name: 'error',
    code: '22012',
    severity: 'ERROR',
    message: 'division by zero',
  })
  expect(await query(peer, 'select 1 as still')).toEqual([{ still: 1 }])
})

test('large results and large values come whole', async () => {
  const { peer } = await joined()
  const read = await peer.run(`
    const many = await kept.client.query("select n, repeat('x', 20) as t from generate_series(1, 100000) n")
    const long = await kept.client.query("select repeat('y', 5000000) as t")
    const sent = await kept.client.query('select length($1::text) as n', ['z'.repeat(3000000)])
    return [many.rows.length, many.rows[99999], long.rows[0].t.length, sent.rows[0].n]`)
  expect(read).toEqual([100000, { n: 100000, t: 'x'.repeat(20) }, 5000000, 3000000])
})

test('a pool serves many queries at once', async () => {
  const { peer } = await joined()
  const read = await peer.run(`
    const pool = new oxbase.Pool({ ...options, max: 5 })
    const answers = await Promise.all(Array.from({ length: 200 }, (_, n) => pool.query('select $1::int as n', [n])))
    await pool.end()
    return answers.every(({ rows }, n) => rows[0].n === n)`)
  expect(read).toBe(true)
})

test('pipelined queries are answered in their order', async () => {
  const { peer } = await joined()
  const read = await peer.run(`
    const asked = Array.from({ length: 500 }, (_, n) => kept.db.query('select $1::int as n', [n]))
    const failed = kept.db.query('select nothing').catch(({ code }) => code)
    const after = kept.db.query('select 1 as one')
    return [(await Promise.all(asked)).every(({ rows }, n) => rows[0].n === n), await failed, (await after).rows]`)
  expect(read).toEqual([true, '42703', [{ one: 1 }]])
})

test('a blocking query is answered without the event loop', async () => {
  const { peer } = await joined()
  const read = await peer.run(`
    kept.db.execSync('create table t (n int)')
    kept.db.querySync('insert into t select generate_series(1, 5000)')
    try { kept.db.querySync('select 1 / 0') } catch (error) { kept.code = error.code }
    return [kept.code, kept.db.querySync('select n from t order by n').rows.length]`)
  expect(read).toEqual(['22012', 5000])
})

test('a blocking query that waits for a transaction of its own thread is refused', async () => {
  const { peer } = await joined()
  await query(peer, 'begin')
  await query(peer, 'select 1')
  const { code } = await peer.failure(`kept.db.querySync('select 2')`)
  expect(code).toBe('40P01')
  await query(peer, 'rollback')
})

test('a query that waits for the transaction it is made in is refused', async () => {
  const { peer } = await joined()
  const { code, message } = await peer.failure(`
    const db = await oxbase.Database.open({ ...options, deadlockTimeout: 100 })
    try {
      await db.transaction(async (tx) => {
        await tx.query('select 1')
        await db.query('select 2')
      })
    } finally {
      await db.close()
    }`)
  expect(code).toBe('40P01')
  expect(message).toMatch(
    /^deadlock detected: the query made at .* waits for the transaction begun at /
  )
})

test('COPY goes both ways, with more data than is held on the way', async () => {
  const { database, peer } = await joined()
  await database.exec('create table t (n int, filler text)')
  const counts = await peer.run(`
    const { from, to } = require('pg-copy-streams')
    const { pipeline } = require('node:stream/promises')
    const { Readable, Writable } = require('node:stream')
    const lines = function* () { for (let n = 0; n < 60000; n++) yield n + '\\t' + 'x'.repeat(100) + '\\n' }
    await pipeline(Readable.from(lines()), kept.client.query(from('copy t from stdin')))
    let bytes = 0
    const slow = new Writable({ write(chunk, _, done) { bytes += chunk.length; setImmediate(done) } })
    await pipeline(kept.client.query(to('copy t to stdout')), slow)
    const { rows } = await kept.client.query('select count(*)::int as n from t')
    return [rows[0].n, bytes > 6000000]`)
  expect(counts).toEqual([60000, true])
  expect(await value(database, 'select count(*)::int from t')).toBe(60000)
})

test('a COPY whose data fails is undone, and the client goes on', async () => {
  const { database, peer } = await joined()
  await database.exec('create table t (n int)')
  const { code } = await peer.failure(`
    const { from } = require('pg-copy-streams')
    const { pipeline } = require('node:stream/promises')
    const { Readable } = require('node:stream')
    await pipeline(Readable.from(['1\\n', 'two\\n']), kept.client.query(from('copy t from stdin')))`)
  expect(code).toBe('22P02')
  expect(await query(peer, 'select count(*)::int as n from t')).toEqual([{ n: 0 }])
})

test('a cursor reads in pieces', async () => {
  const { peer } = await joined()
  const read = await peer.run(`
    const Cursor = require('pg-cursor')
    const cursor = kept.client.query(new Cursor('select n from generate_series(1, 25) n'))
    const sizes = []
    for (let rows; (rows = await cursor.read(10)).length > 0; ) sizes.push(rows.length)
    await cursor.close()
    return sizes`)
  expect(read).toEqual([10, 10, 5])
})

test('a statement that runs is cancelled, and nothing else', async () => {
  const { peer } = await joined()
  const read = await peer.run(`
    const controller = new AbortController()
    const asked = kept.client.query({ text: 'select pg_sleep(60)', signal: controller.signal }).catch(({ name }) => name)
    const after = kept.client.query('select 1 as one')
    setTimeout(() => controller.abort(), 200)
    return [await asked, (await after).rows]`)
  expect(read).toEqual(['AbortError', [{ one: 1 }]])
})

test('a statement that runs for too long is stopped by each of its limits', async () => {
  const { peer } = await joined('{ statementTimeout: 200 }')
  const { code } = await peer.failure(`await kept.client.query('select pg_sleep(60)')`)
  const other = await peer.failure(`
    const client = new oxbase.Client({ ...options, statement_timeout: 200 })
    await client.connect()
    try { await client.query('select pg_sleep(60)') } finally { await client.end() }`)
  const message = 'canceling statement due to statement timeout'
  expect([code, other]).toEqual([
    '57014',
    { name: 'error', severity: 'ERROR', code: '57014', message },
  ])
})

test('a query whose turn does not come is refused after its queueTimeout', async () => {
  const { database, peer } = await joined('{ queueTimeout: 150 }')
  const refused = await database.transaction(async (tx) => {
    await tx.query('select 1')
    return peer.failure(`await kept.client.query('select 2')`)
  })
  expect(refused.code).toBe('55P03')
  expect(refused.message).toMatch(/^queue timeout: waited \d+ ms for the database/)
})

test('priorities of clients and of queries count in the queue of the other process', async () => {
  const { database, peer } = await joined()
  await database.exec('create table turns (n serial, who text)')
  const turn = (who: string, priority: number) =>
    `kept.pool.query({ text: "insert into turns (who) values ('${who}')", priority: ${priority} })`
  await peer.run(`
    kept.pool = new oxbase.Pool({ ...options, max: 3 })
    const clients = await Promise.all([0, 1, 2].map(() => kept.pool.connect()))
    for (const client of clients) client.release()`)
  await database.transaction(async (tx) => {
    await tx.query('select 1')
    await peer.run(`
      kept.asked = [${turn('low', 3)}, ${turn('high', 1)}, ${turn('critical', 0)}]
      const waiting = () => oxbase && kept.db.sessions().filter(({ state }) => state === 'waiting').length
      for (let n = 0; waiting() < 3 && n < 500; n++) await new Promise((resolve) => setTimeout(resolve, 10))`)
  })
  await peer.run('await Promise.all(kept.asked); await kept.pool.end()')
  const { rows } = await database.query('select who from turns order by n')
  expect(rows.map(({ who }) => who as string)).toEqual(['critical', 'high', 'low'])
})

test('a pooler counts, and stops what takes too long', async () => {
  const { peer } = await joined()
  const read = await peer.run(`
    const pooler = await oxbase.PGlitePooler.create(kept.db, { defaultTimeout: 300 })
    const { rows } = await pooler.query('select 1 as one')
    const code = await pooler.query('select pg_sleep(60)').catch(({ code }) => code)
    const { totalEnqueued, totalTimedOut } = pooler.metrics()
    await pooler.stop()
    return { rows, code, totalEnqueued, totalTimedOut }`)
  expect(read).toEqual({ rows: [{ one: 1 }], code: '57014', totalEnqueued: 2, totalTimedOut: 1 })
})

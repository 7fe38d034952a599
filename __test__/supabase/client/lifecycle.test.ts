import { expect, test } from 'vitest'
import { failure } from '../../support/answers'
import { run } from '../../support/child'
import { inWorker, temporaryDirectory } from '../../support/embedded'
import { load } from '../../support/oxbase'
import type { createLocalSupabaseClient } from './support'
import { createClient, createFetch, rows } from './support'

const TABLE = 'create table todos (id int primary key, title text)'

test('a client is there at once, and its database waits to be open', async () => {
  const supabase = createClient({ schema: TABLE })
  expect(supabase.pglite).toBe(supabase.db)
  expect(supabase.db.dataDir).toBe('memory://')
  expect(() => supabase.db.querySync('select 1')).toThrow(
    'oxbase: the database is still being opened; await a query first'
  )
  expect(() => supabase.db.stats()).toThrow('still being opened')
  const { rows: made } = await supabase.pglite.query('insert into todos values (1) returning id')
  expect(made).toEqual([{ id: 1 }])
  expect(supabase.db.querySync('select id from todos').rows).toEqual([{ id: 1 }])
})

test('a listener that is set before the database is open hears', async () => {
  const supabase = createClient()
  const heard = new Promise((resolve) => void supabase.db.listen('news', resolve))
  await supabase.db.transaction((tx) => tx.query('select 1'))
  await supabase.db.query(`select pg_notify('news', 'hello')`)
  expect(await heard).toBe('hello')
})

test('without a data directory it is the database that Client uses', async () => {
  const { code, stdout } = await run(`
    const { createLocalSupabaseClient, Client } = require('oxbase')
    ;(async () => {
      const supabase = createLocalSupabaseClient({ schema: 'create table shared (id int)' })
      await supabase.db.query('insert into shared values (1)')
      await supabase.close()
      const client = new Client()
      await client.connect()
      console.log(JSON.stringify((await client.query('select * from shared')).rows))
      await client.end()
      const again = createLocalSupabaseClient({ schema: 'create table shared (id int)' })
      console.log(JSON.stringify((await again.db.query('select * from shared')).rows))
    })()`)
  expect([code, stdout]).toEqual([0, '[{"id":1}]\n[{"id":1}]\n'])
})

test('memory:// is private to each client', async () => {
  const [one, other] = [createClient({ schema: TABLE }), createClient()]
  await rows(one, 'select 1')
  expect(await rows(other, `select to_regclass('todos') as todos`)).toEqual([{ todos: null }])
})

test('close may be called twice, and before the database is open', async () => {
  const supabase = createClient({ schema: TABLE })
  const closing = [supabase.close(), supabase.close(), supabase[Symbol.asyncDispose]()]
  expect(await Promise.all(closing)).toEqual([undefined, undefined, undefined])
  expect((await failure(supabase.db.query('select 1'))).message).toBe(
    'oxbase: the database is closed'
  )
  expect((await supabase.from('todos').select()).error?.message).toContain('closed')
})

test('a client whose schema failed can be closed, and its directory opened again', async () => {
  const dataDir = temporaryDirectory()
  const failing = createClient({ dataDir, schema: 'selec 1' })
  await failure(failing.db.query('select 1'))
  await failing.close()
  expect(await rows(createClient({ dataDir }), 'select 1 as one')).toEqual([{ one: 1 }])
})

test('a client that nobody closes does not keep the process alive', async () => {
  const { code, stdout, stderr } = await run(`
    const { createLocalSupabaseClient } = require('oxbase')
    const supabase = createLocalSupabaseClient({ dataDir: 'memory://', schema: '${TABLE}' })
    supabase.db.query('select count(*)::int from todos').then(({ rows }) => console.log(JSON.stringify(rows)))`)
  expect([code, stdout]).toEqual([0, '[{"count":0}]\n'])
  expect(stderr).not.toContain('Error')
})

test('a failure that nobody asks about is no unhandled rejection', async () => {
  const { code, stderr } = await run(`
    const { createLocalSupabaseClient, createFetch } = require('oxbase')
    createLocalSupabaseClient({ dataDir: 'memory://', schema: 'selec 1' })
    createFetch({ dataDir: 'memory://', migrations: '/nowhere' })
    setTimeout(() => undefined, 3000)`)
  expect(code).toBe(0)
  expect(stderr).not.toContain('selec')
})

test('await using closes', async () => {
  const { code, stdout } = await run(`
    const { createLocalSupabaseClient } = require('oxbase')
    ;(async () => {
      const supabase = createLocalSupabaseClient({ dataDir: 'memory://' })
      await supabase.db.query('select 1')
      await supabase[Symbol.asyncDispose]()
      console.log(supabase.db.closed)
    })()`)
  expect([code, stdout]).toEqual([0, 'true\n'])
})

test('it works in a worker thread', async () => {
  const text = `
    const supabase = oxbase.createLocalSupabaseClient({ dataDir: 'memory://', schema: '${TABLE}' })
    const { rows } = await supabase.db.query("insert into todos values (1, 'x') returning title")
    await supabase.close()
    return rows`
  expect(await inWorker(text)).toEqual([{ title: 'x' }])
})

test('it works with import', async () => {
  const { code, stdout } = await run(
    `import { createLocalSupabaseClient, createFetch, signJwt } from 'oxbase'
     const supabase = createLocalSupabaseClient({ dataDir: 'memory://' })
     console.log(typeof createFetch, typeof signJwt, (await supabase.db.query('select 1 as one')).rows[0].one)
     await supabase.close()`,
    { type: 'module' }
  )
  expect([code, stdout]).toEqual([0, 'function function 1\n'])
})

test('without supabase-js the error says what to install', async () => {
  const { stdout } = await run(`
    const Module = require('node:module')
    const resolve = Module._resolveFilename
    Module._resolveFilename = function (request, ...rest) {
      if (!request.startsWith('@supabase/')) return resolve.call(this, request, ...rest)
      throw Object.assign(new Error("Cannot find module '" + request + "'"), { code: 'MODULE_NOT_FOUND' })
    }
    try { require('oxbase').createLocalSupabaseClient() } catch (error) { console.log(error.message) }`)
  expect(stdout).toBe(
    'oxbase: createLocalSupabaseClient needs @supabase/supabase-js, which is not installed: npm install @supabase/supabase-js\n'
  )
})

test('a fetch has its database, and closes it', async () => {
  const fetch = createFetch({ dataDir: 'memory://', schema: TABLE })
  expect((await fetch.database?.query('select count(*)::int from todos'))?.rows).toEqual([
    { count: 0 },
  ])
  await fetch.close()
  expect(fetch.database?.closed).toBe(true)
  expect((await failure(fetch('http://localhost/rest/v1/todos'))).message).toBe(
    'oxbase: this fetch is closed'
  )
})

test('auth is not kept beyond the client unless the caller says so', () => {
  const { auth } = createClient() as unknown as {
    auth: { persistSession: boolean; autoRefreshToken: boolean }
  }
  expect([auth.persistSession, auth.autoRefreshToken]).toEqual([false, false])
  const kept = createClient({
    auth: { persistSession: true },
  }) as unknown as typeof createLocalSupabaseClient & {
    auth: { persistSession: boolean }
  }
  expect(kept.auth.persistSession).toBe(true)
})

test('the client is a SupabaseClient of supabase-js', async () => {
  const { SupabaseClient } = await import('@supabase/supabase-js')
  expect(createClient().constructor.name).toBe(SupabaseClient.name)
  expect(typeof load().createLocalSupabaseClient).toBe('function')
})

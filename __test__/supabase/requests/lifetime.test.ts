// How long what a request opens lives: processes end, threads have requests of their own, and many
// clients share a database.
import { beforeAll, expect, test } from 'vitest'
import { run } from '../../support/child'
import { inWorker, temporaryDirectory } from '../../support/embedded'
import { openWorld, remote, send, SERVICE, type World } from './support'

const SCHEMA = `
  create table notes (id int generated always as identity primary key, body text);
  create function slow() returns void language sql as 'select pg_sleep(60)';`

let world: World
beforeAll(async () => void (world = await openWorld(SCHEMA)))

/** The options of a `fetch` in another process or thread, as text. */
function place(): string {
  const options = remote ? { url: world.url } : { dataDir: temporaryDirectory(), schema: SCHEMA }
  return JSON.stringify({ ...options, db: { schemas: ['public'] } })
}

const INSERT = `fetch('http://x/rest/v1/notes', {
  method: 'POST',
  headers: { 'content-type': 'application/json', prefer: 'return=representation' },
  body: '{"body":"x"}',
})`

test('a process ends when its requests are answered, whether it closes or not', async () => {
  for (const close of ['', 'await fetch.close()']) {
    const { code, stdout } = await run(`
      const fetch = require('oxbase').createFetch(${place()})
      ;(async () => {
        const response = await ${INSERT}
        console.log(response.status, (await response.json())[0].body)
        ${close}
      })()`)
    expect([code, stdout]).toEqual([0, '201 x\n'])
  }
})

test('a process that waits for nothing but an answer lives until it is there', async () => {
  const { code, stdout } = await run(`
    const fetch = require('oxbase').createFetch(${place()})
    ${INSERT}.then((response) => console.log(response.status))`)
  expect([code, stdout]).toEqual([0, '201\n'])
})

test('an aborted request does not keep the process alive', async () => {
  const { code, stdout } = await run(`
    const fetch = require('oxbase').createFetch(${place()})
    ;(async () => {
      await ${INSERT}
      const signal = AbortSignal.timeout(50)
      await fetch('http://x/rest/v1/rpc/slow', { method: 'POST', signal })
        .catch((error) => console.log(error.name))
    })()`)
  expect([code, stdout]).toEqual([0, 'TimeoutError\n'])
}, 30_000)

test('process.exit ends a process in the middle of a request', async () => {
  const { code } = await run(`
    const fetch = require('oxbase').createFetch(${place()})
    ;(async () => {
      await ${INSERT}
      void fetch('http://x/rest/v1/rpc/slow', { method: 'POST' })
      setTimeout(() => process.exit(7), 50)
    })()`)
  expect(code).toBe(7)
}, 30_000)

test('a fetch that is never used keeps nothing alive', async () => {
  const { code, stderr } = await run(`require('oxbase').createFetch(${place()})`)
  expect([code, stderr]).toEqual([0, ''])
})

test('threads have requests of their own', async () => {
  const text = `
    const fetch = oxbase.createFetch(workerData)
    const answers = await Promise.all(Array.from({ length: 20 }, () => ${INSERT}))
    const statuses = answers.map((response) => response.status)
    await fetch.close()
    return [...new Set(statuses)]`
  const data = () => JSON.parse(place()) as unknown
  const threads = Array.from({ length: 3 }, () => inWorker(text, data()))
  expect(await Promise.all(threads)).toEqual([[201], [201], [201]])
})

test('a thread may end without closing, and in the middle of a request', async () => {
  const text = `
    const fetch = oxbase.createFetch(workerData)
    await ${INSERT}
    void fetch('http://x/rest/v1/rpc/slow', { method: 'POST' }).catch(() => undefined)
    setTimeout(() => process.exit(0), 100)
    return 'left'`
  expect(await inWorker(text, JSON.parse(place()))).toBe('left')
  expect((await world.send('GET', '/notes?limit=0', { as: SERVICE })).status).toBe(200)
}, 30_000)

test('many clients on one database write side by side', async () => {
  await world.rows('truncate notes')
  const fetches = Array.from({ length: 8 }, () => world.open({ db: { pool: 2 } }))
  const calls = fetches.flatMap((fetch, index) =>
    Array.from({ length: 10 }, () =>
      send(fetch, 'POST', '/notes', { as: SERVICE, body: { body: `of ${index}` } })
    )
  )
  const answers = await Promise.all(calls)
  expect(answers.map(({ status }) => status)).toEqual(calls.map(() => 201))
  expect(await world.rows('select count(*)::int from notes')).toEqual([{ count: 80 }])
  await Promise.all(fetches.map((fetch) => fetch.close()))
  expect((await world.send('GET', '/notes?limit=0', { as: SERVICE })).body).toEqual([])
})

test('a fetch that is closed twice, and while it opens, is closed', async () => {
  const fetch = world.open()
  await Promise.all([fetch.close(), fetch.close(), fetch[Symbol.asyncDispose]()])
  await expect(send(fetch, 'GET', '/notes')).rejects.toThrow('oxbase: this fetch is closed')
})

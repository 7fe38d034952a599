// While the schema is read again: requests wait for it, and one reading serves them all.
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { openWorld, send, SERVICE, type World } from '../requests/support'

let world: World
beforeAll(async () => void (world = await openWorld('create table notes (id int primary key)')))

const READS = `select from pg_stat_activity where usename = 'authenticator'
  and datname = current_database() and wait_event_type = 'Lock'`

test('requests wait while the schema is read again, which is done once for all of them', async () => {
  const get = () => world.send('GET', '/fresh', { as: SERVICE })
  const [holder, observer] = [await world.connect(), await world.connect()]
  // Comments are read with the schema, and by nothing else here.
  await holder.query('begin; lock pg_catalog.pg_description in access exclusive mode')
  await observer.query(`create table fresh (id int); notify pgrst, 'reload schema'`)
  for (;;) {
    void get()
    if ((await observer.query(READS)).rowCount !== 0) break
  }
  const waiting = Array.from({ length: 30 }, get)
  let settled = 0
  for (const one of waiting) void one.finally(() => (settled += 1))
  expect((await observer.query(READS)).rowCount).toBe(1)
  expect(settled).toBe(0)
  await holder.query('commit')
  for (const { status, body } of await Promise.all(waiting))
    expect([status, body]).toEqual([200, []])
})

test('a request that waits for the schema can be aborted, and the others go on', async () => {
  const fetch = world.open()
  const [holder, observer] = [await world.connect(), await world.connect()]
  await holder.query('begin; lock pg_catalog.pg_description in access exclusive mode')
  onTestFinished(() => fetch.close())
  const controller = new AbortController()
  // The first reads the schema for the others; when it is gone, the next one does.
  const first = send(fetch, 'GET', '/notes', { as: SERVICE, signal: controller.signal })
  while ((await observer.query(READS)).rowCount === 0);
  const others = Array.from({ length: 10 }, () => send(fetch, 'GET', '/notes', { as: SERVICE }))
  controller.abort(new Error('no longer wanted'))
  await expect(first).rejects.toThrow('no longer wanted')
  await holder.query('commit')
  for (const { status, body } of await Promise.all(others))
    expect([status, body]).toEqual([200, []])
})

import { expect, test } from 'vitest'
import { connect, open, privateDatabase } from '../support/embedded'

/** A function that remembers what it was called with, and a promise of its `count`th call. */
const recorder = (count: number) => {
  const calls: unknown[][] = []
  let done: () => void = () => undefined
  const reached = new Promise<void>((resolve) => (done = resolve))
  const listener = (...args: unknown[]) => {
    calls.push(args)
    if (calls.length === count) done()
  }
  return { calls, listener, reached }
}

test('a listener is called with the payload', async () => {
  const database = await open()
  const { calls, listener, reached } = recorder(2)
  await database.listen('news', listener)
  await database.query('select pg_notify($1, $2)', ['news', 'one'])
  await database.exec("notify news, 'two'")
  await reached
  expect(calls.map(([payload]) => payload)).toEqual(['one', 'two'])
})

test('channels are named as they are written', async () => {
  const database = await open()
  const { calls, listener, reached } = recorder(1)
  await database.listen('Mixed "Case"', listener)
  await database.query('select pg_notify($1, $2)', ['mixed "case"', 'folded'])
  await database.query('select pg_notify($1, $2)', ['Mixed "Case"', 'as written'])
  await reached
  expect(calls.map(([payload]) => payload)).toEqual(['as written'])
})

test('several listeners hear, and each can stop alone', async () => {
  const database = await open()
  const [stays, goes] = [recorder(2), recorder(1)]
  await database.listen('news', stays.listener)
  const unlisten = await database.listen('news', goes.listener)
  await database.exec("notify news, '1'")
  await goes.reached
  await unlisten()
  await database.exec("notify news, '2'")
  await stays.reached
  expect([stays.calls.length, goes.calls.length]).toEqual([2, 1])
})

test('unlisten stops every listener of a channel', async () => {
  const database = await open()
  const [silent, fence] = [recorder(1), recorder(1)]
  await database.listen('news', silent.listener)
  await database.listen('other', fence.listener)
  await database.unlisten('news')
  await database.exec('notify news; notify other')
  await fence.reached
  expect(silent.calls).toEqual([])
})

test('a listener hears the clients of the same database', async () => {
  const options = privateDatabase()
  const database = await open(options)
  const { calls, listener, reached } = recorder(1)
  await database.listen('news', listener)
  await (await connect(options)).query("notify news, 'from a client'")
  await reached
  expect(calls[0]?.[0]).toBe('from a client')
})

test('a listener hears nothing after close', async () => {
  const options = privateDatabase()
  const [closed, stays] = [await open(options), await open(options)]
  const [gone, fence] = [recorder(1), recorder(1)]
  await closed.listen('news', gone.listener)
  await stays.listen('news', fence.listener)
  await closed.close()
  await stays.exec('notify news')
  await fence.reached
  expect(gone.calls).toEqual([])
})

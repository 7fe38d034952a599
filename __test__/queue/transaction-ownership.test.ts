import { expect, test } from 'vitest'
import { QueryPriority } from '../support/embedded'
import { hold } from './held'

const tick = () => new Promise((resolve) => setImmediate(resolve))

test('nothing of others runs inside a transaction, however urgent', async () => {
  const held = await hold([2])
  void held.log(held.clients[0], 'urgent', QueryPriority.CRITICAL)
  for (const label of ['one', 'two']) {
    await held.holder.query('insert into log (label) values ($1)', [label])
    await tick()
  }
  await held.release()
  expect(await held.labels()).toEqual(['one', 'two', 'urgent'])
})

test('a low transaction is not held up by urgent work of others', async () => {
  const held = await hold([0, 0, 0])
  held.clients.forEach((client, i) => void held.log(client, `urgent ${i}`))
  await held.log(held.holder, 'mine', QueryPriority.LOW)
  await held.release()
  expect((await held.labels())[0]).toBe('mine')
})

test('a transaction that fails gives way when it is rolled back, not before', async () => {
  const held = await hold([2])
  const waiting = held.log(held.clients[0], 'other')
  await held.holder.query('select 1 / 0').catch(() => undefined)
  await tick()
  expect(held.database.stats().queued).toBe(1)
  await held.holder.query('rollback')
  await waiting
  expect(await held.labels()).toEqual(['other'])
})

test('a client that ends in a transaction gives way', async () => {
  const held = await hold([2])
  await held.holder.query("insert into log (label) values ('rolled back')")
  const waiting = held.log(held.clients[0], 'other')
  await held.holder.end()
  await waiting
  expect(await held.labels()).toEqual(['other'])
})

test('a client whose stream is destroyed in a transaction gives way', async () => {
  const held = await hold([2])
  held.holder.on('error', () => undefined)
  const waiting = held.log(held.clients[0], 'other')
  const { connection } = held.holder as unknown as { connection: { stream: { destroy(): void } } }
  connection.stream.destroy()
  await waiting
  expect(await held.labels()).toEqual(['other'])
})

test('a transaction of one text is not cut in two', async () => {
  const held = await hold([2, 0])
  const text =
    "begin; insert into log (label) values ('a'); insert into log (label) values ('b'); commit"
  const whole = held.clients[0]?.query(text)
  void held.log(held.clients[1], 'urgent')
  await held.release()
  await whole
  expect(await held.labels()).toEqual(['urgent', 'a', 'b'])
})

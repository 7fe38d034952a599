import { expect, test } from 'vitest'
import { QueryPriority } from '../support/embedded'
import { hold } from './held'

test('what waits runs by priority, whatever the order it came in', async () => {
  const held = await hold([3, 2, 1, 0])
  const names = ['low', 'medium', 'high', 'critical']
  names.forEach((name, i) => void held.log(held.clients[i], name))
  await held.release()
  expect(await held.labels()).toEqual(['critical', 'high', 'medium', 'low'])
})

test('within one priority it is first come, first served', async () => {
  const held = await hold([2, 2, 2, 2, 2])
  for (const i of [3, 1, 4, 0, 2]) void held.log(held.clients[i], String(i))
  await held.release()
  expect(await held.labels()).toEqual(['3', '1', '4', '0', '2'])
})

test('a query may bring a priority of its own', async () => {
  const held = await hold([2, 2])
  void held.log(held.clients[0], 'low', QueryPriority.LOW)
  void held.log(held.clients[1], 'critical', QueryPriority.CRITICAL)
  await held.release()
  expect(await held.labels()).toEqual(['critical', 'low'])
})

test('queries of a client without a priority are medium', async () => {
  const held = await hold([3, undefined, 1])
  for (const [i, label] of ['low', 'plain', 'high'].entries()) void held.log(held.clients[i], label)
  await held.release()
  expect(await held.labels()).toEqual(['high', 'plain', 'low'])
})

test('queries of one client keep their order, whatever their priorities', async () => {
  const held = await hold([2])
  const [client] = held.clients
  void held.log(client, 'first', QueryPriority.LOW)
  void held.log(client, 'second', QueryPriority.CRITICAL)
  void held.log(client, 'third', QueryPriority.HIGH)
  await held.release()
  expect(await held.labels()).toEqual(['first', 'second', 'third'])
})

test('waiting raises a query step by step', async () => {
  const held = await hold([3, 0], { agingThresholdMs: 10 })
  void held.log(held.clients[0], 'old and low')
  await held.holder.query('select pg_sleep(0.1)')
  void held.log(held.clients[1], 'young and critical')
  await held.release()
  expect(await held.labels()).toEqual(['old and low', 'young and critical'])
})

test('without time to age, the urgent goes first', async () => {
  const held = await hold([3, 0], { agingThresholdMs: 100_000 })
  void held.log(held.clients[0], 'old and low')
  await held.holder.query('select pg_sleep(0.1)')
  void held.log(held.clients[1], 'young and critical')
  await held.release()
  expect(await held.labels()).toEqual(['young and critical', 'old and low'])
})

test('a priority that is none is refused', async () => {
  const { clients, release } = await hold([2])
  for (const priority of [4, -1, 1.5, '1', null])
    await expect(
      (async () => clients[0]?.query({ text: 'select 1', priority } as never))()
    ).rejects.toThrow(TypeError)
  await release()
})

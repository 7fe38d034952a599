import { expect, test } from 'vitest'
import { hold } from './held'

test('weighted scheduling gives shares of 8, 4, 2 and 1', async () => {
  const priorities = Array.from({ length: 60 }, (_, i) => 3 - (i % 4))
  const held = await hold(priorities, { scheduling: 'weighted', agingThresholdMs: 1_000_000 })
  priorities.forEach((priority, i) => void held.log(held.clients[i], String(priority)))
  await held.release()
  const first = (await held.labels()).slice(0, 15)
  const shares = ['0', '1', '2', '3'].map((p) => first.filter((label) => label === p).length)
  expect(shares).toEqual([8, 4, 2, 1])
})

test('with weighted scheduling everything runs in the end', async () => {
  const held = await hold([0, 1, 2, 3, 0, 1, 2, 3], { scheduling: 'weighted' })
  held.clients.forEach((client, i) => void held.log(client, String(i)))
  await held.release()
  expect((await held.labels()).sort()).toEqual(['0', '1', '2', '3', '4', '5', '6', '7'])
})

// The ledger that judges the crash tests must itself see every kind of loss.
import { expect, test } from 'vitest'
import { Ledger } from './ledger'

const ledger = (...lines: string[]) => {
  const made = new Ledger()
  for (const line of lines) made.take(line)
  return made
}
const found = (whole: string, half = '', counters = '') => ({ whole, half, counters })

test('what was acknowledged and is there is well', () => {
  expect(ledger('begun 1', 'kept 1').judge(found('1'))).toEqual([])
})

test('an acknowledged transaction that is not there is lost', () => {
  expect(ledger('begun 1', 'kept 1').judge(found(''))).toEqual(['1 was acknowledged and is lost'])
})

test('a transaction that was begun and not told any more may be there or not', () => {
  expect(ledger('begun 1').judge(found('1'))).toEqual([])
  expect(ledger('begun 1').judge(found(''))).toEqual([])
})

test('a transaction that was found once must be there for ever', () => {
  const made = ledger('begun 1')
  made.judge(found('1'))
  expect(made.judge(found(''))).toEqual(['1 was acknowledged and is lost'])
})

test('a transaction that was rolled back or never begun must not be there', () => {
  expect(ledger('begun 1', 'undone 1').judge(found('1'))).toEqual(['1 was never committed'])
})

test('half a transaction is wrong even when nobody was told of it', () => {
  expect(ledger('begun 1').judge(found('', '1'))).toEqual(['1 is half there'])
})

test('a counter may be one ahead of what was told, in both tables, and nothing else', () => {
  const judged = (counters: string) => ledger('counted 0 4').judge(found('', '', counters))
  expect(judged('0=4/4')).toEqual([])
  expect(judged('0=5/5')).toEqual([])
  expect(judged('0=3/3')).toEqual(['counter 0 is 3/3, told was 4'])
  expect(judged('0=5/4')).toEqual(['counter 0 is 5/4, told was 4'])
  expect(judged('')).toEqual(['counter 0 is nothing, told was 4'])
})

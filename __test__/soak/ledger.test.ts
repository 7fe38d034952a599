// The soak's own bookkeeping: a soak that cannot see a lost write proves nothing.
import { expect, test } from 'vitest'

interface Ledger {
  readonly next: number
  begin(count?: number): number[]
  acknowledged(numbers: number[]): void
  rolledBack(numbers: number[]): void
  state(number: number): string | undefined
  count(state: string, from?: number): number
  replay(line: string): void
  compare(found: number[]): Record<string, number[]>
}
interface Deliveries {
  add(number: number): void
  compare(ledger: Ledger): Record<string, number[]>
}

const { Ledger, recorded } = (await import(
  new URL('../../bench/soak/ledger.mjs', import.meta.url).href
)) as {
  Ledger: new (actor: number, journal?: (line: string) => void) => Ledger
  recorded(ledger: Ledger, numbers: number[], write: () => Promise<unknown>): Promise<void>
}
const { Deliveries } = (await import(
  new URL('../../bench/soak/actors/listen.mjs', import.meta.url).href
)) as { Deliveries: new (first: number) => Deliveries }

const NOTHING = { missing: [], twice: [], revived: [], strange: [] }

/** A ledger in which 1 and 2 are acknowledged, 3 is rolled back, 4 is unknown. */
function filled(journal?: (line: string) => void): Ledger {
  const ledger = new Ledger(7, journal)
  const [first, second, third] = ledger.begin(4) as [number, number, number]
  ledger.acknowledged([first, second])
  ledger.rolledBack([third])
  return ledger
}

const fail = (fields: object) => () => Promise.reject(Object.assign(new Error('no'), fields))

test('what is acknowledged must be there, and what is unknown may be', () => {
  expect(filled().compare([2, 1])).toEqual(NOTHING)
  expect(filled().compare([1, 2, 4])).toEqual(NOTHING)
})

test('a lost, a doubled, a revived and a strange write are each seen', () => {
  expect(filled().compare([2, 2, 3, 9])).toEqual({
    missing: [1],
    twice: [2],
    revived: [3],
    strange: [9],
  })
})

test('an unknown write must not be there twice', () => {
  expect(filled().compare([1, 2, 4, 4])).toEqual({ ...NOTHING, twice: [4] })
})

test('counts are by state, from a number on', () => {
  const ledger = filled()
  expect(['acknowledged', 'rolled back', 'unknown'].map((state) => ledger.count(state))).toEqual([
    2, 1, 1,
  ])
  expect(ledger.count('acknowledged', 2)).toBe(1)
  expect(ledger.state(5)).toBeUndefined()
})

test('a ledger that is made again from its journal knows the same', () => {
  const lines: string[] = []
  filled((line) => lines.push(line))
  const again = new Ledger(7)
  for (const line of lines) again.replay(line.replace(/^7 /, ''))
  expect([1, 2, 3, 4, 5].map((number) => again.state(number))).toEqual([
    'acknowledged',
    'acknowledged',
    'rolled back',
    'unknown',
    undefined,
  ])
})

test('an error of PostgreSQL or before the commit means rolled back, any other one unknown', async () => {
  const after = async (error: object): Promise<string | undefined> => {
    const ledger = new Ledger(1)
    await recorded(ledger, ledger.begin(), fail(error)).catch(() => undefined)
    return ledger.state(1)
  }
  expect(await after({ code: '23505' })).toBe('rolled back')
  expect(await after({ code: '57014' })).toBe('rolled back')
  expect(await after({ code: '57P02' })).toBe('unknown')
  expect(await after({ code: '40003' })).toBe('unknown')
  expect(await after({ code: '57P02', uncommitted: true })).toBe('rolled back')
  expect(await after({})).toBe('unknown')
})

test('a notification that is missing, doubled or of a rollback is seen', () => {
  const deliveries = new Deliveries(1)
  for (const number of [2, 2, 3]) deliveries.add(number)
  expect(deliveries.compare(filled())).toEqual({ missing: [1], twice: [2], revived: [3] })
})

test('notifications in order, each once, are as they should be', () => {
  const deliveries = new Deliveries(1)
  for (const number of [1, 2, 4]) deliveries.add(number)
  expect(deliveries.compare(filled())).toEqual({ missing: [], twice: [], revived: [] })
})

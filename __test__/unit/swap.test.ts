import { afterEach, expect, test, vi } from 'vitest'
import {
  defaultDataDir,
  defaultRelaxedDurability,
  isEmbedded,
  spinMicros,
} from '../../dist/swap.js'

afterEach(() => {
  vi.unstubAllEnvs()
})

test.each([
  ['pglite', true],
  ['', false],
  ['pg', false],
  ['postgres', false],
  ['postgresql', false],
])('the flag %j means embedded: %s', (value, embedded) => {
  vi.stubEnv('OXBASE_DB', value)
  expect(isEmbedded()).toBe(embedded)
})

test('an unset flag means pg, and the name of CoCalc is read where ours is not set', () => {
  vi.stubEnv('OXBASE_DB', undefined)
  vi.stubEnv('COCALC_DB', undefined)
  expect(isEmbedded()).toBe(false)
  vi.stubEnv('COCALC_DB', 'pglite')
  expect(isEmbedded()).toBe(true)
  vi.stubEnv('OXBASE_DB', 'pg')
  expect(isEmbedded()).toBe(false)
})

test('any other value is an error that names the variable', () => {
  vi.stubEnv('OXBASE_DB', 'sqlite')
  expect(isEmbedded).toThrow('oxbase: OXBASE_DB must be "pglite" or unset, got "sqlite"')
  vi.stubEnv('OXBASE_DB', undefined)
  vi.stubEnv('COCALC_DB', 'PGLITE')
  expect(isEmbedded).toThrow('oxbase: COCALC_DB must be "pglite" or unset, got "PGLITE"')
})

test('the directory is in memory unless a variable names one', () => {
  vi.stubEnv('OXBASE_DATA_DIR', undefined)
  vi.stubEnv('COCALC_PGLITE_DATA_DIR', undefined)
  expect(defaultDataDir()).toBe('memory://')
  vi.stubEnv('COCALC_PGLITE_DATA_DIR', '/theirs')
  expect(defaultDataDir()).toBe('/theirs')
  vi.stubEnv('OXBASE_DATA_DIR', '/ours')
  expect(defaultDataDir()).toBe('/ours')
})

test.each([
  [undefined, undefined],
  ['1', true],
  ['TRUE', true],
  ['yes', true],
  ['0', false],
  ['false', false],
  ['no', false],
  ['', false],
])('relaxed durability %j is %s', (value, relaxed) => {
  vi.stubEnv('COCALC_PGLITE_RELAXED_DURABILITY', undefined)
  vi.stubEnv('OXBASE_RELAXED_DURABILITY', value)
  expect(defaultRelaxedDurability()).toBe(relaxed)
})

test('relaxed durability that is neither is an error', () => {
  vi.stubEnv('OXBASE_RELAXED_DURABILITY', 'maybe')
  expect(defaultRelaxedDurability).toThrow(/OXBASE_RELAXED_DURABILITY must be .* got "maybe"/)
})

test('the time to hold the event loop is a whole number of microseconds', () => {
  vi.stubEnv('OXBASE_SPIN_MICROS', undefined)
  expect(spinMicros(60)).toBe(60)
  vi.stubEnv('OXBASE_SPIN_MICROS', '0')
  expect(spinMicros(60)).toBe(0)
  vi.stubEnv('OXBASE_SPIN_MICROS', '-1')
  expect(() => spinMicros(60)).toThrow(/OXBASE_SPIN_MICROS must be a whole number/)
})

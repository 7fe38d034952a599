import { expect, test } from 'vitest'
import { query } from '../support/provider'

const CASES: [sql: string, parts: object][] = [
  ['1 year 2 months 3 days', { years: 1, months: 2, days: 3 }],
  ['04:05:06.007', { hours: 4, minutes: 5, seconds: 6, milliseconds: 7 }],
  ['-1 day 02:00', { days: -1, hours: 2 }],
  ['-00:00:01.5', { seconds: -1, milliseconds: -500 }],
  ['00:00', {}],
]

test.each(CASES)('the interval %s is read by its parts', async (sql, parts) => {
  const { rows } = await query(`select '${sql}'::interval as v`)
  expect({ ...(rows[0] as { v: object }).v }).toEqual(parts)
})

test.each(CASES)('the interval %s goes back to the server as it came', async (sql) => {
  const { rows } = await query(`select '${sql}'::interval as v`)
  const back = await query(`select $1::interval = '${sql}' as same`, [
    (rows[0] as { v: unknown }).v,
  ])
  expect(back.rows).toEqual([{ same: true }])
})

test('an interval tells itself in words and as ISO 8601', async () => {
  const { rows } = await query("select '1 day 02:03:04.5'::interval as v")
  const { v } = rows[0] as { v: { toPostgres(): string; toISO(): string; toISOString(): string } }
  expect([v.toPostgres(), v.toISO()]).toEqual([
    '4.5 seconds 3 minutes 2 hours 1 days',
    'P0Y0M1DT2H3M4.5S',
  ])
})

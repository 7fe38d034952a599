import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { divergences } from '../support/divergences'

test('every known difference names a test that exists, and a reason', () => {
  const wrong = divergences.filter(({ file, test, reason }) => {
    const source = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')
    return !source.includes(test) || reason.length < 10
  })
  expect(wrong).toEqual([])
})

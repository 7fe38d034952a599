// Reads conformance/divergences.json: what the embedded database is known to answer differently.
import { readFileSync } from 'node:fs'

/** `file` is relative to `__test__`, `test` the case's name, `reason` why it differs. */
export interface Divergence {
  file: string
  test: string
  reason: string
}

export const divergences = JSON.parse(
  readFileSync(new URL('../conformance/divergences.json', import.meta.url), 'utf8')
) as Divergence[]

export function divergenceOf(file: string, test: string): Divergence | undefined {
  return divergences.find((known) => file.endsWith(known.file) && known.test === test)
}

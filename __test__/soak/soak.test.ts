import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { startNode } from '../support/child'

const RUN = fileURLToPath(new URL('../../bench/soak/run.mjs', import.meta.url))
const MINUTES = 1
/**
 * What the engine does not do yet: stopping a statement, ending a client that idles in a transaction,
 * and living through some 1,800 errors on one backend, after which each statement gets 54001.
 */
const LEFT_OUT = ['timeouts', 'cancels', 'idle', 'errors']

interface Report {
  steps: number
  verdicts: { name: string; ok: boolean; says: string }[]
}

test(
  'a hundred clients of all kinds for a minute leave everything in order',
  async () => {
    const flags = [`--minutes=${MINUTES}`, '--clients=100', `--without=${LEFT_OUT}`, '--json']
    const { outcome } = startNode([RUN, ...flags])
    const { code, stdout, stderr } = await outcome
    const { steps, verdicts } = JSON.parse(stdout) as Report
    expect(
      verdicts.filter(({ ok }) => !ok),
      stderr
    ).toEqual([])
    expect(verdicts.map(({ name }) => name)).toEqual([
      'watchdog',
      'answers',
      'writes',
      'accounts',
      'counters',
      'notifications',
      'kills',
      'memory',
      'handles',
      'threads',
      'files',
      'directory',
      'exit',
    ])
    expect(steps).toBeGreaterThan(1000)
    expect(code).toBe(0)
  },
  (MINUTES + 3) * 60_000
)

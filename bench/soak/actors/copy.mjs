// COPY in, now and then broken off, and COPY out of what was copied in.

import { createRequire } from 'node:module'
import { pipeline } from 'node:stream/promises'
import { recorded } from '../ledger.mjs'

const { from, to } = createRequire(import.meta.url)('pg-copy-streams')

/** Rows of one COPY. */
const ROWS = 20

async function copyIn({ seat, random, ledger, number, fails }) {
  const breaks = random.chance(0.1)
  const numbers = ledger.begin(ROWS)
  const lines = numbers.map((each) => `${number}\t${each}\n`)
  if (breaks) lines.push('not a number\t0\n')
  await recorded(ledger, numbers, async () => {
    const copying = pipeline(lines, seat.client.query(from('copy entry (actor, seq) from stdin')))
    if (!breaks) return await copying
    await fails(copying, '22P02')
    return false
  })
}

async function copyOut({ seat, ledger, number, check }) {
  if (ledger.next === 1) return
  const first = Math.max(1, ledger.next - ROWS)
  const where = `actor = ${number} and seq >= ${first}`
  const stream = seat.client.query(to(`copy (select seq from entry where ${where}) to stdout`))
  let text = ''
  for await (const chunk of stream) text += chunk
  const found = text.split('\n').filter((line) => line !== '')
  const [least, unknown] = [ledger.count('acknowledged', first), ledger.count('unknown', first)]
  const fits = found.length >= least && found.length <= least + unknown
  check(fits, `COPY has ${found.length} rows from ${first} on, not ${least} to ${least + unknown}`)
}

export const copy = {
  name: 'copy',
  share: 4,
  seats: ['client'],
  pause: [100, 400],
  writes: true,
  step(actor) {
    return actor.random.chance(0.6) ? copyIn(actor) : copyOut(actor)
  },
}

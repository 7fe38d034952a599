// COPY FROM STDIN of 100,000 rows of CSV, in chunks of about 64 KiB.

import { millisecondsEach } from './clock.mjs'

const ROWS = 100_000
const CHUNK = 64 * 1024

function csv() {
  const chunks = []
  let text = ''
  for (let n = 1; n <= ROWS; n++) {
    text += `${n},item number ${n},${n / 8}\n`
    if (text.length < CHUNK) continue
    chunks.push(Buffer.from(text))
    text = ''
  }
  return [...chunks, Buffer.from(text)]
}

export const copy = {
  name: 'copy',
  title: 'COPY in, 100,000 rows',
  unit: 'ms',
  setup: () => csv(),

  async round(db, chunks) {
    const samples = await millisecondsEach(
      2,
      () => db.copy('copy copied from stdin (format csv)', chunks),
      () => db.exec('truncate copied')
    )
    const { rows } = await db.query('select count(*)::int as count from copied')
    if (rows[0].count !== ROWS) throw new Error(`COPY brought ${rows[0].count} rows`)
    return samples
  },
}

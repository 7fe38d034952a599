// 50 MB in and out. What is read ahead must stay bounded, whatever the size of the whole.
import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { from, to } from 'pg-copy-streams'
import { expect, test } from 'vitest'
import { connect } from '../support/provider'

const MEGABYTE = 1 << 20
const LINE = Buffer.from(`${'x'.repeat(1023)}\n`)
const LINES = 50 * 1024

/** What the process holds outside of the JavaScript heap may grow by this much. */
const BOUND = 200 * MEGABYTE

test('50 MB are loaded without being held in memory at once', async () => {
  const client = await connect()
  await client.query('create unlogged table fifty (t text)')
  const before = process.memoryUsage().rss
  let peak = 0
  const chunk = Buffer.concat(Array.from({ length: 64 }, () => LINE))
  const source = function* () {
    for (let sent = 0; sent < LINES; sent += 64) {
      peak = Math.max(peak, process.memoryUsage().rss - before)
      yield chunk
    }
  }
  const copy = client.query(from('copy fifty from stdin'))
  await pipeline(Readable.from(source(), { objectMode: false, highWaterMark: 65536 }), copy)
  expect(copy.rowCount).toBe(LINES)
  expect((await client.query('select sum(length(t))::int as n from fifty')).rows).toEqual([
    { n: LINES * 1023 },
  ])
  expect(peak).toBeLessThan(BOUND)
})

test('50 MB are told to a slow reader without being held in memory at once', async () => {
  const client = await connect()
  const copy = client.query(
    to(`copy (select repeat('x', 1023) from generate_series(1, ${LINES})) to stdout`)
  )
  const before = process.memoryUsage().rss
  let [bytes, peak, chunks] = [0, 0, 0]
  const slow = new Writable({
    write(chunk: Buffer, _, done) {
      bytes += chunk.length
      peak = Math.max(peak, process.memoryUsage().rss - before)
      if (++chunks % 50) done()
      else setTimeout(done, 1)
    },
  })
  await pipeline(copy, slow)
  expect(bytes).toBe(LINES * 1024)
  expect(peak).toBeLessThan(BOUND)
})

// COPY of 100,000 rows of CSV by pg-copy-streams, in and out.

import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { from, to } from 'pg-copy-streams'
import { millisecondsEach } from '../../workloads/clock.mjs'

const ROWS = 100_000
const QUICK_ROWS = 5000
const CHUNK = 64 * 1024
const LINE_END = '\n'.charCodeAt(0)

function csv(rows) {
  const chunks = []
  let text = ''
  for (let n = 1; n <= rows; n++) {
    text += `${n},item number ${n},${n / 8}\n`
    if (text.length < CHUNK) continue
    chunks.push(Buffer.from(text))
    text = ''
  }
  return [...chunks, Buffer.from(text)]
}

async function setup(peer, quick) {
  const rows = quick ? QUICK_ROWS : ROWS
  const client = await peer.client()
  await client.query('drop table if exists copied')
  await client.query('create table copied (id int, name text, price float8)')
  return { client, rows }
}

const teardown = (_, { client }) => client.end()

const copyIn = {
  name: 'copy-in',
  title: 'COPY in, 100,000 rows',
  section: 'COPY',
  unit: 'ms',
  limit: 30,
  async setup(peer, _, { quick }) {
    const state = await setup(peer, quick)
    return { ...state, chunks: csv(state.rows) }
  },
  async round(_, { client, rows, chunks }) {
    const samples = await millisecondsEach(
      1,
      () =>
        pipeline(Readable.from(chunks), client.query(from('copy copied from stdin (format csv)'))),
      () => client.query('truncate copied')
    )
    const { rows: counted } = await client.query('select count(*)::int as count from copied')
    if (counted[0].count !== rows) throw new Error(`COPY brought ${counted[0].count} rows`)
    return samples
  },
  teardown,
}

/** A sink that counts lines. */
class Lines extends Writable {
  count = 0

  _write(chunk, _, done) {
    for (let at = chunk.indexOf(LINE_END); at >= 0; at = chunk.indexOf(LINE_END, at + 1))
      this.count++
    done()
  }
}

const copyOut = {
  name: 'copy-out',
  title: 'COPY out, 100,000 rows',
  section: 'COPY',
  unit: 'ms',
  limit: 30,
  async setup(peer, _, { quick }) {
    const state = await setup(peer, quick)
    await state.client.query(
      `insert into copied select n, 'item number ' || n, n / 8.0 from generate_series(1, ${state.rows}) n`
    )
    return state
  },
  async round(_, { client, rows }) {
    const lines = new Lines()
    const samples = await millisecondsEach(1, () =>
      pipeline(client.query(to('copy copied to stdout (format csv)')), lines)
    )
    if (lines.count !== rows) throw new Error(`COPY gave ${lines.count} rows`)
    return samples
  },
  teardown,
}

export const copies = [copyIn, copyOut]

import { once } from 'node:events'
import { expect, test } from 'vitest'
import type { Client } from '../support/embedded'
import { connect, open, privateDatabase } from '../support/embedded'

interface Wired {
  connection: { stream: { write(bytes: Buffer): void } }
}
const send = (client: Client, ...bytes: number[]) =>
  (client as unknown as Wired).connection.stream.write(Buffer.from(bytes))

const SYNC = [0x53, 0, 0, 0, 4]
const GARBAGE: [what: string, bytes: number[]][] = [
  ['a message of an unknown kind', [0x21, 0, 0, 0, 4]],
  ['a length that is less than its own', [0x51, 0, 0, 0, 1]],
  ['a length of two gigabytes', [0x51, 0x7f, 0xff, 0xff, 0xff]],
  ['a query without its end', [0x51, 0, 0, 0, 5, 0x61]],
  ['a bind that promises more than it has', [0x42, 0, 0, 0, 10, 0, 0, 0, 1, 0x7f, 0xff]],
  ['a describe of neither statement nor portal', [0x44, 0, 0, 0, 6, 0x58, 0]],
]

test.each(GARBAGE)('%s is an error for its client and for nobody else', async (_, bytes) => {
  const options = privateDatabase()
  await open(options)
  const [bad, good] = [await connect(options), await connect(options)]
  // As with a server, the reason comes first and the end of the connection is told, too.
  bad.on('error', () => undefined)
  const told = once(bad, 'error')
  send(bad, ...bytes, ...SYNC)
  const [error] = (await told) as [Error & { code?: string }]
  expect(error.code ?? error.message).toMatch(/^(08P01|26000|Connection terminated unexpectedly)$/)
  expect((await good.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('a frame that is cut to single bytes is put together', async () => {
  const client = await connect(privateDatabase())
  const text = Buffer.from('select 1\0')
  const frame = Buffer.concat([Buffer.from([0x51, 0, 0, 0, 4 + text.length]), text])
  const rows: unknown[] = []
  const { connection } = client as unknown as { connection: NodeJS.EventEmitter }
  connection.removeAllListeners('rowDescription')
  connection.removeAllListeners('commandComplete')
  connection.removeAllListeners('dataRow')
  connection.on('dataRow', (row) => rows.push(row))
  for (const byte of frame) send(client, byte)
  await once(connection, 'readyForQuery')
  expect(rows).toHaveLength(1)
})

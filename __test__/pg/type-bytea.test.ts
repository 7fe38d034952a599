import { expect, test } from 'vitest'
import { connect, query } from '../support/provider'
import { isSentAs, readsAs, survivesStorage } from '../support/values'

const EVERY_BYTE = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))

readsAs([
  ["'\\xdeadbeef'::bytea", Buffer.from('deadbeef', 'hex')],
  ["''::bytea", Buffer.alloc(0)],
  ['\'{"\\\\x0102"}\'::bytea[]', [Buffer.from([1, 2])]],
])

isSentAs([
  [Buffer.from([0, 255]), 'bytea', '\\x00ff'],
  [new Uint8Array([1, 2, 3]), 'bytea', '\\x010203'],
  [new Uint16Array([258]), 'bytea', '\\x0201'],
  [new DataView(Uint8Array.of(9, 8, 7).buffer, 1, 1), 'bytea', '\\x08'],
])

survivesStorage('bytea', [EVERY_BYTE, Buffer.alloc(0), Buffer.alloc(1_000_000, 7), null])

test('the view of a larger buffer is sent without its surroundings', async () => {
  const { rows } = await query('select $1::bytea as v', [EVERY_BYTE.subarray(10, 13)])
  expect(rows).toEqual([{ v: Buffer.from([10, 11, 12]) }])
})

test('bytea is read in the escape format, too', async () => {
  const client = await connect()
  await client.query('set bytea_output = escape')
  expect((await client.query("select '\\x005c61ff'::bytea as v")).rows).toEqual([
    { v: Buffer.from([0, 0x5c, 0x61, 0xff]) },
  ])
})

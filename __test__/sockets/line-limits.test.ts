// What bounds the clients of the newline protocol: long lines, many clients, idle ones, slow readers.
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { LineClient, serve } from './server'

const one = {
  status: 'success',
  rows: [{ one: 1 }],
  rowCount: 1,
  fields: [{ name: 'one', dataTypeID: 23 }],
}
const fatal = { status: 'error', severity: 'FATAL' }
const tooLong = (limit: number) => ({
  status: 'error',
  severity: 'ERROR',
  code: '54000',
  message: `the line is longer than ${limit} bytes`,
})

test('a line that is too long is skipped to its end, and answered with an error', async () => {
  const client = await LineClient.connect(await serve({ maxLineLength: 20 }))
  const lines = ['select 1 as one', `select '${'x'.repeat(500_000)}'`, 'select 1 as one']
  client.end(lines.join('\n'))
  expect(await client.rest()).toEqual([one, tooLong(20), one])
})

test('a line may be as long as the limit, its line ending not counted', async () => {
  const client = await LineClient.connect(await serve({ maxLineLength: 15 }))
  client.end('select 1 as one\nselect 1 as one\r\nselect 1 as one \nselect 1 as one')
  expect(await client.rest()).toEqual([one, one, tooLong(15), one])
})

test('by default a line may have 16 MB', async () => {
  const client = await LineClient.connect(await serve())
  const text = 'x'.repeat(16 * 1024 * 1024 - 50)
  expect(await client.ask(`select length('${text}') as n`)).toMatchObject({
    rows: [{ n: text.length }],
  })
  client.send(`select length('${text}${text}') as n\n`)
  expect(await client.answer()).toEqual(tooLong(16 * 1024 * 1024))
  expect(await client.ask('select 1 as one')).toEqual(one)
})

test('a client too many is told so and sent away; when one leaves there is room', async () => {
  const server = await serve({ maxConnections: 1 })
  const first = await LineClient.connect(server)
  expect(await first.ask('select 1 as one')).toEqual(one)
  const second = await LineClient.connect(server)
  second.send('select 1 as one\n')
  expect(await second.rest()).toEqual([
    { ...fatal, code: '53300', message: 'sorry, too many clients already' },
  ])
  expect(server.getStats()).toEqual({
    connections: 1,
    maxConnections: 1,
    totalConnections: 1,
    refusedConnections: 1,
  })
  const left = once(server, 'disconnection')
  first.end()
  await left
  expect(await (await LineClient.connect(server)).ask('select 1 as one')).toEqual(one)
})

test('a client that says nothing for too long is told so and sent away', async () => {
  const client = await LineClient.connect(await serve({ idleTimeout: 200 }))
  expect(await client.ask('select 1 as one')).toEqual(one)
  expect(await client.rest()).toEqual([
    {
      ...fatal,
      code: '57P05',
      message: 'terminating connection due to idle-session timeout',
    },
  ])
})

test('a client whose statement takes long is not idle', async () => {
  const client = await LineClient.connect(await serve({ idleTimeout: 200 }))
  expect(await client.ask('select 1 as one from pg_sleep(0.6)')).toEqual(one)
})

test('a client that leaves its transaction idle is sent away, and the transaction undone', async () => {
  const server = await serve({ idleTimeout: 300 })
  const client = await LineClient.connect(server)
  await client.ask('create table t (n int)')
  await client.ask('begin; insert into t values (1)')
  expect(await client.rest()).toEqual([expect.objectContaining({ code: '57P05' })])
  const other = await LineClient.connect(server)
  expect(await other.ask('select count(*) as n from t')).toMatchObject({ rows: [{ n: 0 }] })
})

test('what a client does not read stops what is run for it, and for it alone', async () => {
  const server = await serve()
  const slow = await LineClient.connect(server)
  await slow.ask('create sequence s')
  slow.socket.pause()
  const lines = 60
  const line = "select nextval('s') as n, repeat('x', 1000000) as text\n"
  slow.send(line.repeat(lines))
  const other = await LineClient.connect(server)
  // Once it is full, nothing moves: the same value twice in a row.
  const last = async () =>
    ((await other.ask('select last_value as n from s'))['rows'] as { n: number }[])[0]?.n ?? 0
  let [before, now] = [-1, await last()]
  while (before !== now || now < 2) {
    await other.ask('select pg_sleep(0.3)')
    ;[before, now] = [now, await last()]
  }
  expect(now).toBeLessThan(lines)
  slow.socket.resume()
  slow.end()
  const answers = await slow.rest()
  expect(answers.map(({ rows }) => (rows as { n: number }[])[0]?.n)).toEqual(
    Array.from({ length: lines }, (_, index) => index + 1)
  )
})

test('a client that takes nothing for too long is cut off', async () => {
  const server = await serve({ idleTimeout: 300 })
  const slow = await LineClient.connect(server)
  slow.socket.pause()
  const gone = once(server, 'disconnection')
  slow.send("select repeat('x', 5000000)\n".repeat(20))
  await gone
  expect(server.getClients()).toEqual([])
})

test('a client that takes nothing does not keep the server from stopping', async () => {
  const server = await serve()
  const slow = await LineClient.connect(server)
  slow.socket.pause()
  slow.send('create sequence s\n')
  slow.send("select nextval('s') as n, repeat('x', 5000000)\n".repeat(20))
  const other = await LineClient.connect(server)
  // Two in a row without progress: the server waits for the client.
  let [before, now] = [undefined as unknown, null as unknown]
  while (before !== now || now === undefined) {
    await other.ask('select pg_sleep(0.3)')
    const { rows } = await other.ask(
      "select last_value as n from pg_sequences where sequencename = 's'"
    )
    ;[before, now] = [now, (rows as { n: number | null }[])[0]?.n ?? undefined]
  }
  await server.stop()
  expect([server.getClients(), Number(now) < 20]).toEqual([[], true])
})

// What a server tells of itself: events, clients, counters, and the lines of `inspect`.
import { once } from 'node:events'
import type * as Oxbase from 'oxbase'
import { expect, test } from 'vitest'
import { collect } from '../support/answers'
import { run } from '../support/child'
import {
  bind,
  copyData,
  copyDone,
  execute,
  int32,
  message,
  packet,
  parse,
  query,
  startup,
  sync,
  terminate,
} from '../support/frontend'
import { logIn } from '../support/scram'
import { connectWire, dial, greeting } from '../support/wire'
import { load, privateDatabase } from '../support/oxbase'
import { place, serve } from '../support/wire-server'

test('listening comes once, after startServer has returned its server', async () => {
  const server = await load().startServer({ ...privateDatabase(), port: 0 })
  await once(server, 'listening')
  await server.stop()
})

test('connection and disconnection tell of the same client, in order', async () => {
  const server = await serve()
  const [came, went] = [
    collect<Oxbase.ServerConnection>(server, 'connection'),
    collect<Oxbase.ServerConnection>(server, 'disconnection'),
  ]
  const wire = await connectWire(place(server), { user: 'postgres', database: 'shop' })
  const { localPort } = wire.socket
  const address = `127.0.0.1:${localPort}`
  await expect.poll(() => came).toEqual([{ id: 1, address, user: 'postgres', database: 'shop' }])
  expect(server.getClients()).toEqual([address])
  await wire.send(terminate)
  await wire.untilEnd()
  await expect.poll(() => went).toEqual([{ id: 1, address }])
  expect(server.getClients()).toEqual([])
})

test('a connection that is refused is an error only to those who listen for it', async () => {
  const server = await serve({ maxConnections: 1 })
  const wire = await connectWire(place(server))
  // Nobody listens, so that nothing is thrown.
  await greeting(place(server), startup())
  const errors = collect<Error>(server, 'error')
  await greeting(place(server), startup())
  await greeting(place(server), packet(int32(0)))
  // What was told of the first may still have been on its way to nobody when this one began to listen.
  await expect
    .poll(() => errors.slice(-2).map(({ message }) => message.replace(/^\S+: /, '')))
    .toEqual([
      'sorry, too many clients already',
      'unsupported frontend protocol 0.0: server supports 3.0 to 3.2',
    ])
  expect(server.getStats().refused).toBe(3)
  expect(await wire.run('select 1')).toContain('DataRow 1')
})

test('a client that goes away before it says anything is no error', async () => {
  const server = await serve()
  const errors = collect<Error>(server, 'error')
  const wire = await dial(place(server))
  wire.vanish()
  const other = await connectWire(place(server))
  expect(await other.run('select 1')).toContain('DataRow 1')
  expect(errors).toEqual([])
})

test('counters count', async () => {
  const server = await serve({ maxConnections: 7 })
  const wire = await connectWire(place(server))
  await connectWire(place(server))
  expect(server.getStats()).toEqual({
    connections: 2,
    accepted: 2,
    refused: 0,
    maxConnections: 7,
    uptimeMs: expect.any(Number) as number,
  })
  await wire.send(terminate)
  await wire.untilEnd()
  expect(server.getStats()).toMatchObject({ connections: 1, accepted: 2 })
  await server.stop()
  expect(server.getStats()).toEqual({
    connections: 0,
    accepted: 0,
    refused: 0,
    maxConnections: 7,
    uptimeMs: 0,
  })
})

test('inspect gets a line for each message, in both directions', async () => {
  const lines: string[] = []
  const server = await serve({ inspect: (line) => lines.push(line) })
  const wire = await connectWire(place(server))
  await wire.ask(parse('s', 'select $1::int as v'), bind('', 's', ['7']), execute(''), sync)
  await wire.run('create table looked_at (n int)')
  await wire.send(query('copy looked_at from stdin'))
  await wire.until('CopyInResponse')
  await wire.ask(copyData('1\n'), copyDone)
  await wire.run('select nothing')
  await wire.send(terminate)
  await wire.untilEnd()
  await expect.poll(() => lines.at(-1)).toBe('1 > Terminate (0 bytes)')
  const asked = lines.filter((line) => line.startsWith('1 >'))
  expect(asked).toEqual([
    '1 > Parse "s" select $1::int as v (24 bytes)',
    '1 > Bind "" "s" (14 bytes)',
    '1 > Execute "" 0 (5 bytes)',
    '1 > Sync (0 bytes)',
    '1 > Query create table looked_at (n int) (31 bytes)',
    '1 > Query copy looked_at from stdin (26 bytes)',
    '1 > CopyData (2 bytes)',
    '1 > CopyDone (0 bytes)',
    '1 > Query select nothing (15 bytes)',
    '1 > Terminate (0 bytes)',
  ])
  const told = lines.filter((line) => line.startsWith('1 <') && !line.includes('ParameterStatus'))
  expect(told).toEqual([
    '1 < Authentication (4 bytes)',
    '1 < BackendKeyData (8 bytes)',
    '1 < ReadyForQuery I (1 bytes)',
    '1 < ParseComplete (0 bytes)',
    '1 < BindComplete (0 bytes)',
    '1 < DataRow (7 bytes)',
    '1 < CommandComplete SELECT 1 (9 bytes)',
    '1 < ReadyForQuery I (1 bytes)',
    '1 < CommandComplete CREATE TABLE (13 bytes)',
    '1 < ReadyForQuery I (1 bytes)',
    '1 < CopyInResponse (5 bytes)',
    '1 < CommandComplete COPY 1 (7 bytes)',
    '1 < ReadyForQuery I (1 bytes)',
    expect.stringMatching(/^1 < ERROR 42703: column "nothing" does not exist \(\d+ bytes\)$/),
    '1 < ReadyForQuery I (1 bytes)',
  ])
})

test('inspect never shows a password', async () => {
  const lines: string[] = []
  const server = await serve({ inspect: (line) => lines.push(line), password: 'hidden' })
  expect((await logIn(place(server), 'postgres', 'hidden')).at(-1)).toBe('ReadyForQuery I')
  await logIn(place(server), 'postgres', 'hidden too')
  await expect.poll(() => lines.at(-1)).toContain('ReadyForQuery')
  expect(lines.filter((line) => /hidden|SCRAM|p=/.test(line))).toEqual([])
})

test('inspect tells of what is no message, too', async () => {
  const lines: string[] = []
  const server = await serve({ inspect: (line) => lines.push(line) })
  const wire = await connectWire(place(server))
  await wire.send(message('!'))
  await wire.untilEnd()
  await expect.poll(() => lines.filter((line) => /FATAL/.test(line))).toHaveLength(1)
})

test('inspect: true writes to standard error', async () => {
  const { stderr, stdout, code } = await run(`
    const { startServer } = require('oxbase')
    const { Client } = require('pg')
    startServer({ port: 0, inspect: true }).then(async (server) => {
      const client = new Client(server.connectionString)
      await client.connect()
      await client.query('select 1')
      await client.end()
      await server.stop()
    })`)
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
  expect(stderr).toContain('1 > Query select 1 (9 bytes)\n')
})

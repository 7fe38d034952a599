// The end of a server: clients in every state are told, and nothing of it is left.
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { copyData, query, startup } from '../support/frontend'
import { open } from '../support/embedded'
import { load } from '../support/oxbase'
import { begin, finish } from '../support/scram'
import { bounded, cancel, connectWire, dial, type Wire } from '../support/wire'
import { place, serve } from '../support/wire-server'

const GOODBYE = ['Error FATAL 57P01 terminating connection due to administrator command', 'end']

/** How long a stop may take, whatever the clients do. */
const PROMPT = 3000

async function promptly(stop: () => Promise<void>): Promise<void> {
  const began = Date.now()
  await bounded(stop(), 'the end of the server')
  expect(Date.now() - began).toBeLessThan(PROMPT)
}

const STATES: Record<string, (wire: Wire) => Promise<unknown>> = {
  'is idle': async () => undefined,
  'is in a transaction': (wire) => wire.run('begin'),
  'runs a statement': async (wire) => {
    await wire.run('select 1')
    await wire.send(query('select pg_sleep(600)'))
  },
  'runs an endless loop': (wire) => wire.send(query('do $$ begin loop end loop; end $$')),
  'sends COPY data': async (wire) => {
    await wire.run('create table taken (n int)')
    await wire.send(query('copy taken from stdin'))
    expect(await wire.line()).toBe('CopyInResponse')
    await wire.send(copyData('1\n'))
  },
  'gets COPY data': async (wire) => {
    await wire.send(
      query("copy (select repeat('x', 1000), generate_series(1, 100000000)) to stdout")
    )
    expect(await wire.line()).toBe('CopyOutResponse')
  },
  'has sent half a message': (wire) => wire.send(query('select 1').subarray(0, 6)),
  'has sent a hundred statements': (wire) =>
    wire.send(...Array.from({ length: 100 }, () => query('select pg_sleep(600)'))),
}

for (const [state, before] of Object.entries(STATES)) {
  test(`stop tells a client that ${state}`, async () => {
    const server = await serve()
    const wire = await connectWire(place(server))
    await before(wire)
    const stopped = promptly(() => server.stop())
    expect((await wire.untilEnd()).slice(-2)).toEqual(GOODBYE)
    await stopped
    expect(server.getClients()).toEqual([])
  })
}

test('stop tells clients that have not said who they are, and lets none in any more', async () => {
  const server = await serve({ password: 'secret' })
  const silent = await dial(place(server))
  const asked = await begin(place(server), { user: 'postgres' })
  await promptly(() => server.stop())
  expect(await silent.untilEnd()).toEqual(GOODBYE)
  expect(await finish(asked, 'secret').catch(() => GOODBYE)).toEqual(GOODBYE)
})

test('a client that does not read keeps stop waiting for no longer than it may take to read', async () => {
  const server = await serve()
  const wire = await connectWire(place(server))
  wire.sleep()
  await wire.send(query("select repeat('x', 1000000) from generate_series(1, 20)"))
  const other = await connectWire(place(server))
  await other.run('select 1')
  const began = Date.now()
  await bounded(server.stop(), 'the end of the server')
  expect(Date.now() - began).toBeLessThan(8000)
})

test('a hundred stops, each at another moment of a statement, stop it', async () => {
  const database = await open()
  for (let round = 0; round < 100; round += 1) {
    const server = await serve({ database })
    const wire = await connectWire(place(server))
    await wire.send(query('do $$ begin loop end loop; end $$'))
    if (round % 3 > 0) await new Promise((resolve) => setTimeout(resolve, round % 5))
    await promptly(() => server.stop())
    const { rows } = await bounded(database.query('select 1 as one'), 'a query')
    expect(rows).toEqual([{ one: 1 }])
  }
})

test('the last words are the last, at whatever moment of a COPY they come', async () => {
  const database = await open()
  for (let round = 0; round < 40; round += 1) {
    const server = await serve({ database })
    const wire = await connectWire(place(server))
    await wire.send(query('copy (select generate_series(1, 100000000)) to stdout'))
    expect(await wire.line()).toBe('CopyOutResponse')
    const stopped = promptly(() => server.stop())
    expect((await wire.untilEnd()).slice(-2)).toEqual(GOODBYE)
    await stopped
  }
})

test('stop leaves the port to others, and the same server may begin anew', async () => {
  const server = await serve()
  const { port } = server
  const wire = await connectWire(place(server))
  await server.stop()
  expect(await wire.untilEnd()).toEqual(GOODBYE)
  await expect(dial({ host: '127.0.0.1', port: port ?? 0 })).rejects.toMatchObject({
    code: 'ECONNREFUSED',
  })
  for (let round = 0; round < 3; round += 1) {
    const next = await serve({ port: port ?? 0 })
    expect(await (await connectWire(place(next))).run('select 1')).toContain('DataRow 1')
    await next.stop()
  }
})

test('stop twice is stop once, and close is told once', async () => {
  const server = await serve()
  let closed = 0
  server.on('close', () => (closed += 1))
  await Promise.all([server.stop(), server.stop()])
  await server.stop()
  expect({ closed, stopped: server.stopped }).toEqual({ closed: 1, stopped: true })
})

test('await using stops a server', async () => {
  const used = async () => {
    await using server = await load().startServer({ port: 0, name: 'used', dataDir: 'memory://' })
    expect(await (await connectWire(place(server))).run('select 1')).toContain('DataRow 1')
    return server.port ?? 0
  }
  const port = await used()
  await expect(dial({ host: '127.0.0.1', port })).rejects.toMatchObject({ code: 'ECONNREFUSED' })
})

test('a database of one’s own stays open when its server stops, free of what clients ran', async () => {
  const database = await open()
  const server = await serve({ database })
  const [wire, transaction] = [await connectWire(place(server)), await connectWire(place(server))]
  await wire.send(query('select pg_sleep(600)'))
  await transaction.send(query('begin'), query('create table undone (n int)'))
  await promptly(() => server.stop())
  const { rows } = await bounded(database.query("select to_regclass('undone') as found"), 'a query')
  expect(rows).toEqual([{ found: null }])
})

test('several servers serve one database, and each stops by itself', async () => {
  const database = await open()
  const [first, second] = [await serve({ database }), await serve({ database, password: 'secret' })]
  const wire = await connectWire(place(first))
  await wire.run('create table common (n int)')
  const { wire: other, ...exchange } = await begin(place(second), { user: 'postgres' })
  expect((await finish({ wire: other, ...exchange }, 'secret')).at(-1)).toBe('ReadyForQuery I')
  expect(await other.run('insert into common values (1) returning n')).toContain('DataRow 1')
  await second.stop()
  expect(await other.untilEnd()).toEqual(GOODBYE)
  expect(await wire.run('select n from common')).toContain('DataRow 1')
})

test('a cancel request of one server’s client reaches no session of another server', async () => {
  const database = await open()
  const [first, second] = [await serve({ database }), await serve({ database })]
  const wire = await connectWire(place(first))
  const answer = wire.run('select 1 as v, pg_sleep(0.5)')
  expect(await cancel(place(second), wire.processId, wire.key)).toEqual(['end'])
  expect(await answer).toContain('CommandComplete SELECT 1')
})

test('a database that is closed under its server ends its clients, and takes no others', async () => {
  const database = await open()
  const server = await serve({ database })
  const wire = await connectWire(place(server))
  expect(await wire.run('select 1')).toContain('DataRow 1')
  await bounded(database.close(), 'the end of the database')
  const answer = wire.run('select 2')
  expect((await answer).length).toBeGreaterThan(0)
  await promptly(() => server.stop())
  expect((await wire.untilEnd()).at(-1)).toBe('end')
})

test('a stop in the middle of a storm of connections ends all of them', async () => {
  const server = await serve({ maxConnections: 50 })
  const storm = Array.from({ length: 300 }, async () => {
    const wire = await dial(place(server)).catch(() => undefined)
    if (wire === undefined) return 'end'
    void wire.send(startup(), query('select 1'))
    return (await wire.untilEnd()).at(-1)
  })
  await once(server, 'connection')
  await bounded(server.stop(), 'the end of the server')
  expect(new Set(await Promise.all(storm))).toEqual(new Set(['end']))
})

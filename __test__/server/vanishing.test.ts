// Clients that are gone without a word, in every state they can be in: what they held is free, what
// they ran is stopped, what they had not committed is gone, and others go on.
import { expect, test } from 'vitest'
import {
  bind,
  copyData,
  execute,
  parse,
  query,
  startup,
  sync,
  terminate,
} from '../support/frontend'
import { bounded, connectWire, dial, type Wire } from '../support/wire'
import { place, serve, type Server } from '../support/wire-server'

/** How long a server may take to notice: it looks every second at a client that has ended its side. */
const NOTICED = { timeout: 10_000 }

/** Leaves without a word: with an error of the network, or as a process that was killed. */
const WAYS: Record<string, (wire: Wire) => void> = {
  'resets its connection': (wire) => wire.vanish(),
  'is killed': (wire) => void wire.socket.destroy(),
}

/** What a client does before it is gone; resolves when the server is where it should be. */
const STATES: Record<string, (wire: Wire) => Promise<unknown>> = {
  'while it is idle': async () => undefined,
  'in a transaction': async (wire) => {
    await wire.run('begin')
    await wire.run('insert into kept values (99)')
  },
  'in a transaction that has failed': async (wire) => {
    await wire.run('begin')
    await wire.run('select 1/0')
  },
  'in the middle of a message': (wire) =>
    wire.send(query('insert into kept values (99)').subarray(0, 12)),
  'between the messages of a statement': (wire) =>
    wire.send(parse('', 'insert into kept values (99)'), bind('', '')),
  'in the middle of COPY to the server': async (wire) => {
    await wire.send(query('copy kept from stdin'))
    expect(await wire.line()).toBe('CopyInResponse')
    await wire.send(copyData('99\n'))
  },
  'in the middle of COPY from the server': async (wire) => {
    await wire.send(
      query("copy (select repeat('x', 1000), generate_series(1, 100000000)) to stdout")
    )
    expect(await wire.line()).toBe('CopyOutResponse')
  },
  'with an answer of 200 MB unread': async (wire) => {
    wire.sleep()
    await wire.send(query("select repeat('x', 1000000) from generate_series(1, 200)"))
    await arrives(wire)
  },
  'while its statement runs': async (wire) => {
    await wire.send(query('select 1'))
    await wire.untilReady()
    await wire.send(query('insert into kept select 99 from pg_sleep(600)'))
  },
  'while an endless loop of its runs': (wire) =>
    wire.send(query('do $$ begin loop end loop; end $$')),
  'with a hundred statements to come': (wire) =>
    wire.send(
      ...Array.from({ length: 100 }, () => query('insert into kept select 99 from pg_sleep(600)'))
    ),
  'in the middle of a pipeline': (wire) =>
    wire.send(
      ...Array.from({ length: 100 }, () => [
        parse('', 'insert into kept select 99 from pg_sleep(600)'),
        bind('', ''),
        execute(''),
      ]).flat(),
      sync
    ),
}

/** Resolves when something has come that is not read. */
async function arrives(wire: Wire): Promise<void> {
  await bounded(
    (async () => {
      while (wire.socket.bytesRead === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    })(),
    'an answer'
  )
}

async function withTable(): Promise<Server> {
  const server = await serve()
  await server.database.exec('create table kept (n int)')
  return server
}

for (const [how, leave] of Object.entries(WAYS)) {
  for (const [when, before] of Object.entries(STATES)) {
    test(`a client that ${how} ${when} is gone, and others go on`, async () => {
      const server = await withTable()
      const [wire, other] = [await connectWire(place(server)), await connectWire(place(server))]
      await before(wire)
      leave(wire)
      expect(await other.run('insert into kept values (1) returning n')).toContain('DataRow 1')
      expect(await other.run('select n from kept')).toEqual([
        'RowDescription n',
        'DataRow 1',
        'CommandComplete SELECT 1',
        'ReadyForQuery I',
      ])
      await expect.poll(() => server.getStats().connections, NOTICED).toBe(1)
    })
  }
}

test('a client that vanishes while it waits for another transaction leaves that alone', async () => {
  const server = await withTable()
  const [holder, wire] = [await connectWire(place(server)), await connectWire(place(server))]
  await holder.run('begin')
  await holder.run('insert into kept values (1)')
  await wire.send(query('insert into kept values (99)'), query('insert into kept values (98)'))
  wire.vanish()
  await expect.poll(() => server.getStats().connections, NOTICED).toBe(1)
  expect(await holder.run('commit')).toEqual(['CommandComplete COMMIT', 'ReadyForQuery I'])
  expect(await holder.run('select n from kept')).toEqual([
    'RowDescription n',
    'DataRow 1',
    'CommandComplete SELECT 1',
    'ReadyForQuery I',
  ])
})

test('a client that vanishes before it has said who it is leaves nothing behind', async () => {
  const server = await withTable()
  for (const sent of [Buffer.alloc(0), startup().subarray(0, 5), startup()]) {
    const wire = await dial(place(server))
    await wire.send(sent)
    wire.vanish()
  }
  const other = await connectWire(place(server))
  expect(await other.run('select 1')).toContain('DataRow 1')
  await expect.poll(() => server.getStats().connections, NOTICED).toBe(1)
})

test('a client that listens and vanishes is notified no more', async () => {
  const server = await withTable()
  const [wire, other] = [await connectWire(place(server)), await connectWire(place(server))]
  await wire.run('listen news')
  wire.vanish()
  await expect.poll(() => server.getStats().connections, NOTICED).toBe(1)
  expect(await other.run("notify news, 'x'")).toEqual(['CommandComplete NOTIFY', 'ReadyForQuery I'])
})

test('a session’s locks and temporary tables go with it', async () => {
  const server = await withTable()
  const [wire, other] = [await connectWire(place(server)), await connectWire(place(server))]
  await wire.run('select pg_advisory_lock(7)')
  await wire.run('create temp table mine (n int)')
  wire.vanish()
  await expect.poll(() => server.getStats().connections, NOTICED).toBe(1)
  expect(await other.run('select pg_try_advisory_lock(7) as v')).toContain('DataRow t')
})

test('a client that breaks the protocol behind its statement does not leave that running', async () => {
  const server = await withTable()
  const [wire, other] = [await connectWire(place(server)), await connectWire(place(server))]
  await wire.send(query('insert into kept select 99 from pg_sleep(600)'), Buffer.from('!!!!!!!!'))
  expect((await wire.untilEnd()).at(-2)).toBe('Error FATAL 08P01 invalid frontend message type 33')
  expect(await other.run('select count(*) from kept')).toContain('DataRow 0')
})

test('two hundred clients that vanish at once leave nothing behind', async () => {
  const server = await serve({ maxConnections: 300 })
  await server.database.exec('create table kept (n int)')
  const other = await connectWire(place(server))
  const wires = await Promise.all(Array.from({ length: 200 }, () => connectWire(place(server))))
  for (const [index, wire] of wires.entries()) {
    void wire.send(query(index % 2 ? 'select pg_sleep(600)' : 'insert into kept values (99)'))
    if (index % 3 === 0) void wire.send(terminate)
    wire.vanish()
  }
  expect(await other.run('select 1')).toContain('DataRow 1')
  await expect.poll(() => server.getStats().connections, NOTICED).toBe(1)
})

// How many connections there may be, how long they may be silent, and how large a message may be.
import { once } from 'node:events'
import { expect, test } from 'vitest'
import {
  bind,
  bytes,
  copyData,
  execute,
  int16,
  int32,
  message,
  parse,
  query,
  startup,
  sync,
  terminate,
} from '../support/frontend'
import { cancelUntil, connectWire, dial, greeting, type Wire } from '../support/wire'
import { Bystander, COMMITTED, place, serve, UNTOUCHED } from '../support/wire-server'

const TOO_MANY = ['Error FATAL 53300 sorry, too many clients already', 'end']

test('one connection too many is told so, and a place that is given up is free at once', async () => {
  const server = await serve({ maxConnections: 3 })
  const at = place(server)
  const open = [await connectWire(at), await connectWire(at), await connectWire(at)]
  for (let round = 0; round < 20; round += 1) {
    expect(await greeting(at, startup())).toEqual(TOO_MANY)
    const leaving = open.shift() as Wire
    await leaving.send(terminate)
    expect(await leaving.untilEnd()).toEqual(['end'])
    open.push(await connectWire(at))
  }
  expect(server.getStats()).toMatchObject({ connections: 3, maxConnections: 3, refused: 20 })
})

test('a place is free as soon as its client is gone, while the database is busy', async () => {
  const server = await serve({ maxConnections: 2 })
  const at = place(server)
  const [busy, leaving] = [await connectWire(at), await connectWire(at)]
  await busy.run('begin')
  const answer = busy.run('select pg_sleep(2)')
  await leaving.send(terminate)
  expect(await leaving.untilEnd()).toEqual(['end'])
  expect(await greeting(at, startup()).then((lines) => lines.at(-1))).toBe('ReadyForQuery I')
  expect(await answer).toContain('ReadyForQuery T')
})

test('a cancel request needs no place', async () => {
  const server = await serve({ maxConnections: 1 })
  const wire = await connectWire(place(server))
  await wire.send(query('select pg_sleep(600)'))
  const lines = await cancelUntil(place(server), wire, wire.untilReady())
  expect(lines.at(-2)).toBe('Error ERROR 57014 canceling statement due to user request')
})

test('a client that says nothing, or half of it, is sent away after authenticationTimeout', async () => {
  const server = await serve({ authenticationTimeout: 300, password: 'secret' })
  const errors: string[] = []
  server.on('error', ({ message }) => errors.push(message))
  for (const sent of [
    Buffer.alloc(0),
    startup().subarray(0, 3),
    startup().subarray(0, 20),
    startup(),
  ]) {
    const wire = await dial(place(server))
    const began = Date.now()
    await wire.send(sent)
    const lines = await wire.untilEnd()
    expect(lines.slice(-2)).toEqual([
      'Error FATAL 57014 canceling authentication due to timeout',
      'end',
    ])
    expect(Date.now() - began).toBeGreaterThanOrEqual(290)
  }
  // What is told of a connection comes from another thread than its end.
  await expect.poll(() => errors.length).toBe(4)
})

test('a session that is silent for longer than idleTimeout is ended', async () => {
  const server = await serve({ idleTimeout: 1000 })
  const wire = await connectWire(place(server))
  expect(await wire.run('select 1 from pg_sleep(1.5)')).toContain('CommandComplete SELECT 1')
  expect(await wire.untilEnd()).toEqual([
    'Error FATAL 57P05 terminating connection due to idle-session timeout',
    'end',
  ])
})

test('a transaction that is silent for longer than idleTimeout is taken back', async () => {
  const server = await serve({ idleTimeout: 1000 })
  const wire = await connectWire(place(server))
  await wire.run('create table idle (n int)')
  await wire.run('begin; insert into idle values (1)')
  expect(await wire.untilEnd()).toEqual([
    'Error FATAL 25P03 terminating connection due to idle-in-transaction timeout',
    'end',
  ])
  const other = await connectWire(place(server))
  expect(await other.run('select count(*) from idle')).toContain('DataRow 0')
})

test('a client may ask for another limit than idleTimeout', async () => {
  const server = await serve({ idleTimeout: 200 })
  const asked = [{ idle_session_timeout: '0' }, { options: '-c idle_session_timeout=0' }]
  const patient = await Promise.all(
    asked.map((own) => connectWire(place(server), { user: 'postgres', ...own }))
  )
  const hasty = await connectWire(place(server))
  expect((await hasty.untilEnd()).at(-1)).toBe('end')
  for (const wire of patient) expect(await wire.run('select 1')).toContain('DataRow 1')
})

test('a thousand connections that say nothing else leave room for one that does', async () => {
  const server = await serve({ maxConnections: 1100 })
  const at = place(server)
  const idle: Wire[] = []
  for (let i = 0; i < 1000; i += 50)
    idle.push(...(await Promise.all(Array.from({ length: 50 }, () => connectWire(at)))))
  expect(server.getStats().connections).toBe(1000)
  expect(server.getClients()).toHaveLength(1000)
  const wire = await connectWire(at)
  expect(await wire.run('select 1')).toContain('DataRow 1')
  const answers = await Promise.all(idle.map((each) => each.run('select 1')))
  expect(answers.filter((lines) => lines.includes('DataRow 1'))).toHaveLength(1000)
})

test('two thousand sockets at once hurt nobody who is in', async () => {
  const server = await serve({ maxConnections: 20 })
  const bystander = await Bystander.on(place(server))
  const flood = await Promise.all(
    Array.from({ length: 2000 }, () => dial(place(server)).catch(() => undefined))
  )
  expect(await bystander.works()).toEqual(UNTOUCHED)
  // All places for those who have not said who they are yet are taken.
  const late = await dial(place(server))
  expect(await late.untilEnd()).toEqual(TOO_MANY)
  for (const wire of flood) wire?.socket.destroy()
  await expect
    .poll(async () => (await greeting(place(server), startup())).at(-1), { timeout: 10_000 })
    .toBe('ReadyForQuery I')
  expect(await bystander.works()).toEqual(UNTOUCHED)
  expect(await bystander.ends()).toEqual(COMMITTED)
})

test('two thousand clients that all want a session get one or are told why not', async () => {
  const server = await serve({ maxConnections: 20 })
  const bystander = await Bystander.on(place(server))
  const ask = async () => {
    const lines = await greeting(place(server), startup()).catch(() => ['end'])
    return lines.at(-1) === 'ReadyForQuery I' ? 'in' : (lines[0] ?? '')
  }
  const outcomes = await Promise.all(Array.from({ length: 2000 }, ask))
  // One whose own words are still on their way when it is sent away may miss ours.
  const known = ['in', TOO_MANY[0], 'end']
  expect(outcomes.filter((outcome) => !known.includes(outcome))).toEqual([])
  expect(outcomes.filter((outcome) => outcome === TOO_MANY[0]).length).toBeGreaterThan(1000)
  expect(outcomes.filter((outcome) => outcome === 'in').length).toBeLessThan(20)
  expect(await bystander.works()).toEqual(UNTOUCHED)
})

for (const [name, sent, error] of [
  [
    'a message that says it has a gigabyte',
    Buffer.concat([Buffer.from('Q'), int32(0x3fff_fff0)]),
    'Error FATAL 54000 message of 1073741809 bytes is longer than 269484032',
  ],
  [
    'a message that says it has 2 GB',
    Buffer.concat([Buffer.from('Q'), int32(0x7fff_ffff)]),
    'Error FATAL 08P01 invalid message length',
  ],
  [
    'a value that says it has a gigabyte',
    bytes(
      parse('', 'select $1'),
      message('B', '', '', int16(0), int16(1), int32(0x3fff_fff0)),
      sync
    ),
    'Error ERROR 08P01 insufficient data left in message',
  ],
] as const) {
  test(`${name} is refused, and nobody else hears of it`, async () => {
    const server = await serve()
    const bystander = await Bystander.on(place(server))
    const wire = await connectWire(place(server))
    await wire.send(sent)
    // A session in a transaction has the database for itself: an error that it has to tell waits.
    const refused = wire.until('Error')
    expect(await bystander.works()).toEqual(UNTOUCHED)
    expect(await bystander.ends()).toEqual(COMMITTED)
    expect((await refused).at(-1)).toBe(error)
  })
}

test('a value of 100 MB is taken, while others work', async () => {
  const server = await serve()
  const [wire, other] = [await connectWire(place(server)), await connectWire(place(server))]
  const value = Buffer.alloc(100 << 20, 'x')
  const answer = wire.ask(
    parse('', 'select length($1::text)'),
    message('B', '', '', int16(0), int16(1), int32(value.length), value, int16(0)),
    execute(''),
    sync
  )
  const slowest = { ms: 0 }
  let answered = false
  void answer.finally(() => (answered = true))
  // Until the engine has the message, others are served as ever.
  for (let i = 0; i < 20 && !answered; i += 1) {
    const began = Date.now()
    expect(await other.run('select 1')).toContain('DataRow 1')
    slowest.ms = Math.max(slowest.ms, Date.now() - began)
  }
  expect(await answer).toContain(`DataRow ${value.length}`)
  expect(slowest.ms).toBeLessThan(5000)
})

test('a client that sends more than is answered is made to wait', async () => {
  const server = await serve()
  const [holder, flooder] = [await connectWire(place(server)), await connectWire(place(server))]
  await holder.run('begin')
  await holder.run('create table held (n int)')
  const before = process.memoryUsage().rss
  const text = query(`select length('${'x'.repeat(60_000)}') as v`)
  const count = 4000
  const sent = (async () => {
    for (let i = 0; i < count; i += 1) await flooder.send(text)
  })()
  expect(await Promise.race([sent.then(() => 'sent'), afterQuiet(flooder)])).toBe('waits')
  expect((process.memoryUsage().rss - before) / (1 << 20)).toBeLessThan(150)
  expect(await holder.run('commit')).toContain('ReadyForQuery I')
  for (let i = 0; i < count; i += 1) expect(await flooder.untilReady()).toContain('DataRow 60000')
  await sent
})

/** Resolves when the socket has taken nothing for a second. */
async function afterQuiet(wire: Wire): Promise<string> {
  for (let last = -1; last !== wire.socket.bytesWritten;) {
    last = wire.socket.bytesWritten
    await new Promise((resolve) => setTimeout(resolve, 1000))
    if (wire.socket.writableLength === 0) last = -1
  }
  return 'waits'
}

test('a message in a thousand pieces is one message', async () => {
  const server = await serve()
  const wire = await connectWire(place(server))
  const text = query(`select length('${'x'.repeat(5000)}') as v`)
  for (let at = 0; at < text.length; at += 5) await wire.send(text.subarray(at, at + 5))
  expect(await wire.untilReady()).toContain('DataRow 5000')
})

test('a client that closes in the middle of a message is gone', async () => {
  const server = await serve()
  const bystander = await Bystander.on(place(server))
  for (const sent of [
    query('select 1').subarray(0, 7),
    bind('', ''),
    copyData('x').subarray(0, 2),
  ]) {
    const wire = await connectWire(place(server))
    const gone = once(server, 'disconnection')
    await wire.send(sent)
    wire.finish()
    expect(await wire.untilEnd()).toEqual(['end'])
    await gone
  }
  expect(await bystander.ends()).toEqual(COMMITTED)
})

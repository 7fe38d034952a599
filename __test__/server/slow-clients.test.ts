// Clients that read or write slowly, or not at all: they make themselves wait, and nobody else.
import { expect, test } from 'vitest'
import { copyData, copyDone, query, startup } from '../support/frontend'
import { bounded, connectWire, dial, type Wire } from '../support/wire'
import { place, serve } from '../support/wire-server'

const MEGABYTE = 1 << 20

/** The most memory that this process had while something was done, beyond what it had before, in MB. */
async function growth(work: () => Promise<void>): Promise<number> {
  const before = process.memoryUsage().rss
  let most = before
  const timer = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20)
  await work().finally(() => clearInterval(timer))
  return Math.round((most - before) / MEGABYTE)
}

/** Reads COPY data to its end, a piece at a time, and tells how many bytes there were. */
async function drain(wire: Wire, pause: (bytes: number) => Promise<void>): Promise<number> {
  let total = 0
  for (;;) {
    const message = await wire.message()
    if (message === undefined || message.tag === 'Z') return total
    if (message.tag !== 'd') continue
    total += message.body.length
    await pause(message.body.length)
  }
}

test('200 MB of COPY to a slow reader take little memory', async () => {
  const server = await serve()
  const wire = await connectWire(place(server))
  let seen = 0
  const mb = await growth(async () => {
    await wire.send(query("copy (select repeat('x', 1023), generate_series(1, 200000)) to stdout"))
    const total = await drain(wire, async (bytes) => {
      seen += bytes
      // A breath after each ten megabytes.
      if (Math.floor(seen / 10e6) !== Math.floor((seen - bytes) / 10e6)) {
        wire.sleep()
        await new Promise((resolve) => setTimeout(resolve, 50))
        wire.wake()
      }
    })
    expect(total).toBeGreaterThan(200e6)
  })
  expect(mb).toBeLessThan(100)
})

test('200 MB of COPY into a table take little memory', async () => {
  const server = await serve()
  const wire = await connectWire(place(server))
  await wire.run('create table filled (v text)')
  const row = copyData(`${'x'.repeat(1023)}\n`)
  const block = Buffer.concat(Array.from({ length: 1000 }, () => row))
  await wire.send(query('begin'), query('truncate filled'), query('copy filled from stdin'))
  await wire.until('CopyInResponse')
  const mb = await growth(async () => {
    for (let i = 0; i < 200; i += 1) await wire.send(block)
  })
  expect(await wire.ask(copyDone)).toContain('CommandComplete COPY 200000')
  expect(await wire.run('rollback')).toContain('ReadyForQuery I')
  expect(mb).toBeLessThan(150)
})

test('a client that reads nothing of its answer keeps nobody from working', async () => {
  const server = await serve()
  const [sleeper, other] = [await connectWire(place(server)), await connectWire(place(server))]
  sleeper.sleep()
  await sleeper.send(query("select repeat('x', 1000000) as v from generate_series(1, 50)"))
  for (let i = 0; i < 50; i += 1) expect(await other.run('select 1')).toContain('DataRow 1')
  sleeper.wake()
  const lines = await sleeper.untilReady()
  expect(lines.slice(-2)).toEqual(['CommandComplete SELECT 50', 'ReadyForQuery I'])
  expect(lines.filter((line) => line.length === 1_000_008)).toHaveLength(50)
})

test('a client that asks for more than it reads is not asked any further', async () => {
  const server = await serve()
  const sleeper = await connectWire(place(server))
  sleeper.sleep()
  const text = query("select repeat('x', 1000000) as v")
  const mb = await growth(async () => {
    void sleeper.send(...Array.from({ length: 500 }, () => text))
    const other = await connectWire(place(server))
    for (let i = 0; i < 200; i += 1) expect(await other.run('select 1')).toContain('DataRow 1')
  })
  expect(mb).toBeLessThan(200)
  sleeper.wake()
  for (let i = 0; i < 500; i += 1)
    expect((await sleeper.untilReady()).at(-2)).toBe('CommandComplete SELECT 1')
})

test('a client that writes a byte at a time is served, and so is everybody else', async () => {
  const server = await serve()
  const [slow, other] = [await dial(place(server)), await connectWire(place(server))]
  const trickle = (async () => {
    for (const byte of Buffer.concat([startup(), query("select 'slow' as v")])) {
      await slow.send(Buffer.from([byte]))
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
  })()
  for (let i = 0; i < 50; i += 1) expect(await other.run('select 1')).toContain('DataRow 1')
  await bounded(trickle, 'the last byte')
  await slow.untilReady()
  expect(await slow.untilReady()).toContain('DataRow slow')
})

test('a client that has ended its side and reads slowly gets COPY to the last row', async () => {
  const server = await serve()
  const wire = await connectWire(place(server))
  await wire.send(query("copy (select repeat('x', 1023), generate_series(1, 20000)) to stdout"))
  wire.finish()
  expect(await wire.line()).toBe('CopyOutResponse')
  wire.sleep()
  // Longer than the server waits before it asks whether the client is still there.
  await new Promise((resolve) => setTimeout(resolve, 2500))
  wire.wake()
  const lines = await wire.untilEnd()
  const rows = lines.filter((line) => line.startsWith('CopyData'))
  expect(rows).toHaveLength(20_000)
  expect(rows.every((row, index) => row.endsWith(`x\t${index + 1}`))).toBe(true)
  const rest = lines.filter((line) => !line.startsWith('CopyData'))
  expect(rest.filter((line) => line !== 'ParameterStatus in_hot_standby=off')).toEqual([
    'CopyDone',
    'CommandComplete COPY 20000',
    'ReadyForQuery I',
    'end',
  ])
})

// Cancel requests: on a connection of their own, which ends without an answer.
import { expect, test } from 'vitest'
import {
  cancelRequest,
  copyData,
  int32,
  packet,
  PROTOCOL_3_2,
  query,
  sslRequest,
  startup,
} from '../../support/frontend'
import { cancel, cancelUntil, dial, greeting } from '../../support/wire'
import { connect, place, self } from '../../support/wire-provider'

const CANCELED = ['Error ERROR 57014 canceling statement due to user request', 'ReadyForQuery I']

test('a statement that runs is stopped, and the session goes on', async () => {
  const wire = await connect()
  await wire.send(query('do $$ begin loop end loop; end $$'))
  expect(await cancelUntil(place, wire, wire.untilReady())).toEqual(CANCELED)
  expect(await wire.run('select 1')).toContain('DataRow 1')
})

test('a client that comes in the very moment of a long statement is let in, and can have it stopped', async () => {
  const wire = await connect()
  for (let round = 0; round < 30; round += 1) {
    const other = await dial(place)
    // On one thread nothing comes between the two.
    void wire.send(query('select pg_sleep(600)'))
    const lines = other.ask(startup(self))
    expect((await lines).at(-1)).toBe('ReadyForQuery I')
    expect((await cancelUntil(place, wire, wire.untilReady())).slice(-2)).toEqual(CANCELED)
  }
})

test('a long key of protocol 3.2 stops a statement, too', async () => {
  const wire = await connect({}, PROTOCOL_3_2)
  expect(wire.key).toHaveLength(32)
  await wire.send(query('select pg_sleep(600)'))
  const lines = await cancelUntil(place, wire, wire.untilReady())
  expect(lines.slice(-2)).toEqual(CANCELED)
})

test('a statement that waits for another transaction is stopped', async () => {
  const [holder, wire] = [await connect(), await connect()]
  await holder.run('create table waited (n int)')
  await holder.run('insert into waited values (1)')
  await holder.run('begin')
  await holder.run('update waited set n = 2')
  await wire.send(query('update waited set n = 3'))
  expect(await cancelUntil(place, wire, wire.untilReady())).toEqual(CANCELED)
  expect(await holder.run('commit')).toEqual(['CommandComplete COMMIT', 'ReadyForQuery I'])
})

test('COPY that waits for its rows is stopped', async () => {
  const wire = await connect()
  await wire.run('create table stopped_copy (n int)')
  await wire.send(query('copy stopped_copy from stdin'))
  expect(await wire.line()).toBe('CopyInResponse')
  await wire.send(copyData('1\n'))
  const answer = wire.untilReady()
  // The server looks at it when the next row comes.
  const more = setInterval(() => void wire.send(copyData('2\n')), 20)
  const lines = await cancelUntil(place, wire, answer).finally(() => clearInterval(more))
  expect(lines.slice(-2)[0]).toMatch(/^Error ERROR 57014/)
  expect(await wire.run('select count(*) from stopped_copy')).toContain('DataRow 0')
})

test('COPY that gives rows is stopped', async () => {
  const wire = await connect()
  await wire.send(
    query('copy (select repeat($$x$$, 10000), generate_series(1, 1000000000)) to stdout')
  )
  expect(await wire.line()).toBe('CopyOutResponse')
  const lines = await cancelUntil(place, wire, wire.until('Error'))
  expect(lines.at(-1)).toBe(CANCELED[0])
  expect(await wire.untilReady()).toEqual([CANCELED[1]])
})

test('a cancel request for a session that is idle does nothing', async () => {
  const wire = await connect()
  expect(await cancel(place, wire.processId, wire.key)).toEqual(['end'])
  expect(await wire.run('select 1 as v from pg_sleep(0.2)')).toContain('DataRow 1')
})

test('a cancel request for an idle transaction does not disturb it', async () => {
  const wire = await connect()
  await wire.run('begin')
  await cancel(place, wire.processId, wire.key)
  expect(await wire.run('select 1 as v from pg_sleep(0.2)')).toContain('ReadyForQuery T')
})

for (const [name, change] of Object.entries({
  'a wrong key': (key: Buffer) =>
    Buffer.concat([key.subarray(0, -1), Buffer.from([(key.at(-1) ?? 0) ^ 1])]),
  'a part of the key': (key: Buffer) => key.subarray(0, -1),
  'the key and something more': (key: Buffer) => Buffer.concat([key, Buffer.from([0])]),
  'a key of zeros': (key: Buffer) => Buffer.alloc(key.length),
})) {
  test(`a cancel request with ${name} does nothing`, async () => {
    const wire = await connect({}, PROTOCOL_3_2)
    const answer = wire.run('select 1 as v from pg_sleep(0.5)')
    expect(await cancel(place, wire.processId, change(wire.key))).toEqual(['end'])
    expect(await answer).toContain('DataRow 1')
  })
}

test('a cancel request with the key of another session does nothing', async () => {
  const [wire, other] = [await connect(), await connect()]
  const answer = wire.run('select 1 as v from pg_sleep(0.5)')
  expect(await cancel(place, wire.processId, other.key)).toEqual(['end'])
  expect(await answer).toContain('DataRow 1')
})

test('a cancel request without a key ends its own connection, and nothing else', async () => {
  const wire = await connect()
  const request = packet(int32(80_877_102), int32(wire.processId))
  expect((await greeting(place, request)).at(-1)).toBe('end')
  expect(await wire.run('select 1')).toContain('DataRow 1')
})

test('a cancel request may come after a request for encryption', async () => {
  const wire = await connect()
  await wire.send(query('select pg_sleep(600)'))
  const answer = wire.untilReady()
  let answered = false
  void answer.then(() => (answered = true))
  while (!answered) {
    const messenger = await dial(place)
    await messenger.send(sslRequest)
    expect(await messenger.byte()).toBe('N')
    await messenger.send(cancelRequest(wire.processId, wire.key))
    await messenger.untilEnd()
  }
  expect((await answer).slice(-2)).toEqual(CANCELED)
})

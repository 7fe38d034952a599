// What a start-up packet may say here and nowhere else, and what it may not say here.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startup } from '../support/frontend'
import { load, privateDatabase } from '../support/oxbase'
import { connectWire, greeting } from '../support/wire'
import { place, type Server } from '../support/wire-server'

let server: Server

beforeAll(async () => {
  server = await load().startServer({ ...privateDatabase(), port: 0 })
})

afterAll(() => server.stop())

const greeted = (parameters: Record<string, string>) =>
  greeting(place(server), startup({ user: 'postgres', ...parameters }))

for (const name of ['high', 'CRITICAL', 'low', '0', '3']) {
  test(`oxbase.priority=${name} is taken, as an option and by itself`, async () => {
    expect((await greeted({ options: `-c oxbase.priority=${name}` })).at(-1)).toBe(
      'ReadyForQuery I'
    )
    expect((await greeted({ 'oxbase.priority': name })).at(-1)).toBe('ReadyForQuery I')
  })
}

for (const name of ['highest', '4', '-1', '']) {
  test(`oxbase.priority=${name} is refused with the values there are`, async () => {
    expect(await greeted({ options: `-c oxbase.priority=${name}` })).toEqual([
      `Error FATAL 22023 invalid value for parameter "oxbase.priority": "${name}"`,
      'end',
    ])
  })
}

test('statements of a higher priority go first when both wait', async () => {
  const at = place(server)
  const holder = await connectWire(at)
  const [low, high] = [
    await connectWire(at, { user: 'postgres', options: '-c oxbase.priority=low' }),
    await connectWire(at, { user: 'postgres', options: '-c oxbase.priority=high' }),
  ]
  await holder.run('create table turns (id serial, who text)')
  await holder.run('begin')
  const waiting = () =>
    server.database
      .sessions()
      .filter(({ state }) => state === 'waiting')
      .map(({ priority }) => priority)
  const answers = [low.run("insert into turns (who) values ('low')")]
  await expect.poll(waiting).toEqual([3])
  answers.push(high.run("insert into turns (who) values ('high')"))
  await expect.poll(waiting).toEqual([3, 1])
  await holder.run('commit')
  await Promise.all(answers)
  expect(await holder.run("select string_agg(who, ',' order by id) as v from turns")).toContain(
    'DataRow high,low'
  )
})

for (const database of ['postgres', 'shop', '', 'a b"c', 'x'.repeat(200)]) {
  test(`a database named ${JSON.stringify(database.slice(0, 10))} is the one that there is`, async () => {
    const wire = await connectWire(place(server), { user: 'postgres', database })
    expect(await wire.run('select current_database() as v')).toContain('DataRow postgres')
  })
}

for (const value of ['true', 'on', '1', 'database']) {
  test(`a connection for replication (${value}) is refused`, async () => {
    expect(await greeted({ replication: value })).toEqual([
      'Error FATAL 0A000 replication connections are not supported',
      'end',
    ])
  })
}

test('a connection that says it is not for replication is a connection', async () => {
  for (const value of ['false', 'off', 'no', '0'])
    expect((await greeted({ replication: value })).at(-1)).toBe('ReadyForQuery I')
})

test('a client may connect while the transaction of another is open', async () => {
  const holder = await connectWire(place(server))
  await holder.run('begin')
  await holder.run('create table held_open (n int)')
  expect((await greeted({})).at(-1)).toBe('ReadyForQuery I')
  expect(await holder.run('rollback')).toEqual(['CommandComplete ROLLBACK', 'ReadyForQuery I'])
})

test('five hundred connections come and go one after the other', async () => {
  const before = server.getStats().accepted
  for (let i = 0; i < 500; i += 1) {
    const wire = await connectWire(place(server))
    wire.socket.destroy()
  }
  expect(server.getStats().accepted - before).toBe(500)
  await expect.poll(() => server.getClients().length, { timeout: 10_000 }).toBeLessThan(10)
})

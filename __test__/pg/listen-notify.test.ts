import { expect, test } from 'vitest'
import type pg from 'pg'
import { collect, nextEvents, refusal } from '../support/answers'
import { connect } from '../support/provider'

const next = (client: pg.Client, count = 1) =>
  nextEvents<pg.Notification>(client, 'notification', count)
const told = ({ channel, payload }: pg.Notification) => [channel, payload]

test('a client hears itself', async () => {
  const client = await connect()
  await client.query('listen news')
  const heard = next(client)
  await client.query("notify news, 'hello'")
  expect((await heard).map((message) => ({ ...message }))).toEqual([
    {
      length: expect.any(Number) as number,
      name: 'notification',
      processId: (client as unknown as { processID: number }).processID,
      channel: 'news',
      payload: 'hello',
    },
  ])
})

test('a client that listens and waits hears another, with the pid of the other', async () => {
  const [listener, sender] = [await connect(), await connect()]
  await listener.query('listen news')
  const heard = next(listener)
  await sender.query("notify news, 'from afar'")
  const [message] = await heard
  const { processID } = sender as unknown as { processID: number }
  expect([message?.payload, message?.processId]).toEqual(['from afar', processID])
  expect((await sender.query('select pg_backend_pid() as pid')).rows).toEqual([{ pid: processID }])
})

test('a notification without payload has an empty one', async () => {
  const client = await connect()
  await client.query('listen news')
  const heard = next(client)
  await client.query('notify news')
  expect((await heard).map(told)).toEqual([['news', '']])
})

test('pg_notify takes the channel and the payload as parameters', async () => {
  const client = await connect()
  await client.query('listen "Mixed Case"')
  const heard = next(client)
  await client.query('select pg_notify($1, $2)', ['Mixed Case', 'payload 日本'])
  expect((await heard).map(told)).toEqual([['Mixed Case', 'payload 日本']])
})

test('a channel that is not quoted is folded to lower case', async () => {
  const client = await connect()
  await client.query('LISTEN News')
  const heard = next(client)
  await client.query('NOTIFY NEWS')
  expect((await heard).map(told)).toEqual([['news', '']])
})

test('notifications arrive at commit, in the order they were sent, each once', async () => {
  const [listener, sender] = [await connect(), await connect()]
  await listener.query('listen news')
  const seen = collect<pg.Notification>(listener, 'notification')
  const heard = next(listener, 3)
  await sender.query('begin')
  for (const payload of ['a', 'b', 'a', 'c'])
    await sender.query('select pg_notify($1, $2)', ['news', payload])
  expect(seen).toEqual([])
  await sender.query('commit')
  expect((await heard).map(told)).toEqual([
    ['news', 'a'],
    ['news', 'b'],
    ['news', 'c'],
  ])
})

test('notifications of a transaction that rolls back are never sent', async () => {
  const [listener, sender] = [await connect(), await connect()]
  await listener.query('listen news')
  const heard = next(listener)
  await sender.query('begin')
  await sender.query("notify news, 'lost'")
  await sender.query('rollback')
  await sender.query("notify news, 'kept'")
  expect((await heard).map(told)).toEqual([['news', 'kept']])
})

test('notifications after a savepoint that rolls back are never sent', async () => {
  const client = await connect()
  await client.query('listen news')
  const heard = next(client, 2)
  await client.query(
    "begin; notify news, 'a'; savepoint s; notify news, 'b'; rollback to s; notify news, 'c'; commit"
  )
  expect((await heard).map(told)).toEqual([
    ['news', 'a'],
    ['news', 'c'],
  ])
})

test('listen takes effect at commit', async () => {
  const [listener, sender] = [await connect(), await connect()]
  await listener.query('begin')
  await listener.query('listen news')
  await listener.query('rollback')
  await listener.query('listen other')
  const heard = next(listener)
  await sender.query("notify news, 'unheard'")
  await sender.query("notify other, 'heard'")
  expect((await heard).map(told)).toEqual([['other', 'heard']])
})

test('a client that does not listen hears nothing', async () => {
  const [listener, deaf] = [await connect(), await connect()]
  await listener.query('listen news')
  const [heard, overheard] = [next(listener), collect(deaf, 'notification')]
  await deaf.query('notify news')
  await heard
  await deaf.query('select 1')
  expect(overheard).toEqual([])
})

test('unlisten ends one channel', async () => {
  const [listener, sender] = [await connect(), await connect()]
  await listener.query('listen one; listen two')
  await listener.query('unlisten one')
  const heard = next(listener)
  await sender.query('notify one; notify two')
  expect((await heard).map(told)).toEqual([['two', '']])
  expect((await listener.query('select * from pg_listening_channels()')).rows).toEqual([
    { pg_listening_channels: 'two' },
  ])
})

test('unlisten * ends every channel of this client and of no other', async () => {
  const [one, two] = [await connect(), await connect()]
  await one.query('listen news; listen more')
  await two.query('listen news')
  const [silent, heard] = [collect(one, 'notification'), next(two)]
  await one.query('unlisten *')
  await one.query('notify news')
  await heard
  expect((await one.query('select pg_listening_channels()')).rows).toEqual([])
  expect(silent).toEqual([])
})

test('channels are told per client', async () => {
  const [one, two] = [await connect(), await connect()]
  await one.query('listen a; listen b')
  await two.query('listen c')
  const channels = async (client: pg.Client) =>
    (await client.query('select pg_listening_channels() as c order by 1')).rows
  expect([await channels(one), await channels(two)]).toEqual([
    [{ c: 'a' }, { c: 'b' }],
    [{ c: 'c' }],
  ])
})

test('listening twice hears once', async () => {
  const client = await connect()
  await client.query('listen news')
  await client.query('listen news')
  const heard = next(client, 2)
  await client.query("notify news, '1'; notify news, '2'")
  expect((await heard).map(told)).toEqual([
    ['news', '1'],
    ['news', '2'],
  ])
})

test('every client that listens hears', async () => {
  const listeners = [await connect(), await connect(), await connect()]
  for (const listener of listeners) await listener.query('listen news')
  const heard = Promise.all(listeners.map((listener) => next(listener)))
  await (await connect()).query("notify news, 'all'")
  expect((await heard).map((messages) => messages.map(told))).toEqual([
    [['news', 'all']],
    [['news', 'all']],
    [['news', 'all']],
  ])
})

test('a listener in a transaction hears when it ends', async () => {
  const client = await connect()
  await client.query('listen news')
  const seen = collect<pg.Notification>(client, 'notification')
  await client.query('begin')
  await client.query("notify news, 'late'")
  await client.query('select 1')
  expect(seen).toEqual([])
  const heard = next(client)
  await client.query('commit')
  expect((await heard).map(told)).toEqual([['news', 'late']])
})

test('a trigger is a changefeed', async () => {
  const [listener, writer] = [await connect(), await connect()]
  await writer.query(`
    create table watched (id int primary key, v text);
    create function tell_change() returns trigger language plpgsql as $$
      begin
        perform pg_notify('changes', json_build_object('op', tg_op, 'id', coalesce(new.id, old.id))::text);
        return null;
      end $$;
    create trigger tell after insert or update or delete on watched
      for each row execute function tell_change()`)
  await listener.query('listen changes')
  const heard = next(listener, 4)
  await writer.query("insert into watched values (1, 'a'), (2, 'b')")
  await writer.query("update watched set v = 'c' where id = 1")
  await writer.query('delete from watched where id = 2')
  expect((await heard).map((message) => JSON.parse(message.payload ?? '') as unknown)).toEqual([
    { op: 'INSERT', id: 1 },
    { op: 'INSERT', id: 2 },
    { op: 'UPDATE', id: 1 },
    { op: 'DELETE', id: 2 },
  ])
})

test('a payload of 8000 bytes is refused, and one of 7999 is not', async () => {
  const client = await connect()
  await client.query('listen news')
  const heard = next(client)
  expect(
    await refusal(client.query('select pg_notify($1, $2)', ['news', 'x'.repeat(8000)]))
  ).toMatchObject({
    code: '22023',
    message: 'payload string too long',
  })
  await client.query('select pg_notify($1, $2)', ['news', 'x'.repeat(7999)])
  expect((await heard)[0]?.payload).toHaveLength(7999)
})

test('a channel without a name is refused', async () => {
  const client = await connect()
  expect(await refusal(client.query("select pg_notify('', 'x')"))).toMatchObject({
    code: '22023',
    message: 'channel name cannot be empty',
  })
})

test('a client that has ended is no longer told', async () => {
  const [gone, stays] = [await connect(), await connect()]
  const seen = collect(gone, 'notification')
  await gone.query('listen news')
  await gone.end()
  await stays.query('listen news')
  const heard = next(stays)
  await stays.query('notify news')
  await heard
  expect(seen).toEqual([])
})

import { once } from 'node:events'
import { expect, test } from 'vitest'
import type pg from 'pg'
import { failure, refusal } from '../support/answers'
import { Client, config, connect, query } from '../support/provider'

const CANCELED = {
  severity: 'ERROR',
  code: '57014',
  message: 'canceling statement due to user request',
}

/** What `pg` has and its types leave out. */
type Cancelable = pg.Client & {
  cancel(client: pg.Client, query: unknown): void
  readonly processID: number
  readonly secretKey: number
}

/** Sends a cancel request for what `client` runs, as `pg` does it: on a connection of its own, which ends when it is taken. */
async function cancel(client: pg.Client, running = active(client)): Promise<void> {
  const messenger = new Client(config) as Cancelable
  messenger.on('error', () => undefined)
  // `pg` never calls it its end.
  const taken = once(messenger.connection.stream, 'close')
  messenger.cancel(client, running)
  await taken
}

/** Sends cancel requests until the query is answered: the first may come before it runs. */
async function stop<T>(client: pg.Client, running: Promise<T>): Promise<T> {
  let answered = false
  const answer = running.finally(() => (answered = true))
  while (!answered) await cancel(client)
  return answer
}

/** The query that `client` has sent last. */
const active = (client: pg.Client) => (client as unknown as { _activeQuery: unknown })._activeQuery

async function works(client: pg.Client): Promise<void> {
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
}

for (const [what, text] of Object.entries({
  'a sleep': 'select pg_sleep(3600)',
  'an endless loop': 'do $$ begin loop end loop; end $$',
  'a cross join': 'select count(*) from generate_series(1, 100000) a, generate_series(1, 100000) b',
})) {
  test(`${what} that runs is stopped by a cancel request`, async () => {
    const client = await connect()
    const running = refusal(client.query(text))
    expect(await stop(client, running)).toMatchObject(CANCELED)
    await works(client)
  })
}

test('a statement in a transaction that is cancelled leaves a failed block', async () => {
  await query('create table cancelled (n int)')
  const client = await connect()
  await client.query('begin')
  await client.query('insert into cancelled values (1)')
  const running = refusal(client.query('select pg_sleep(3600)'))
  expect(await stop(client, running)).toMatchObject(CANCELED)
  expect(await failure(client.query('select 1'))).toMatchObject({ code: '25P02' })
  await client.query('rollback')
  expect((await client.query('select * from cancelled')).rows).toEqual([])
})

test('a statement that waits for the lock of another transaction is cancelled', async () => {
  await query('create table waited_for (n int)')
  await query('insert into waited_for values (1)')
  const [holder, client] = [await connect(), await connect()]
  await holder.query('begin')
  await holder.query('update waited_for set n = 2')
  const waiting = refusal(client.query('update waited_for set n = 3'))
  expect(await stop(client, waiting)).toMatchObject(CANCELED)
  await holder.query('commit')
  expect((await client.query('select n from waited_for')).rows).toEqual([{ n: 2 }])
})

test('a query that the client has not sent is taken out of its line', async () => {
  const client = await connect()
  await client.query('create table not_sent (n int)')
  const slow = client.query('select pg_sleep(0.2)')
  client.query('insert into not_sent values (1)', () => undefined)
  const { _queryQueue: waiting } = client as unknown as { _queryQueue: unknown[] }
  // It is not sent yet, so that there is nobody to ask.
  const messenger = new Client(config) as Cancelable
  messenger.cancel(client, waiting[0])
  await slow
  expect((await client.query('select * from not_sent')).rows).toEqual([])
})

test('a cancel request for a client that is idle does nothing', async () => {
  const client = await connect()
  await client.query('select 1')
  await cancel(client)
  await works(client)
})

test('a cancel request for an idle transaction does not disturb it', async () => {
  const client = await connect()
  await client.query('begin')
  await cancel(client)
  await works(client)
  expect((await client.query('commit')).command).toBe('COMMIT')
})

test('a cancel request with a wrong key does nothing', async () => {
  const client = (await connect()) as Cancelable
  const running = client.query('select 1 as one from pg_sleep(0.5)')
  const { processID, secretKey } = client
  const query = active(client)
  await cancel({ processID, secretKey: secretKey ^ 1, activeQuery: query } as never, query)
  expect((await running).rows).toEqual([{ one: 1 }])
})

test('a notification that comes after a cancelled statement is heard', async () => {
  const [client, other] = [await connect(), await connect()]
  const heard: unknown[] = []
  client.on('notification', ({ payload }) => heard.push(payload))
  await client.query('listen cancelled_news')
  const running = refusal(client.query('select pg_sleep(3600)'))
  expect(await stop(client, running)).toMatchObject(CANCELED)
  await other.query("notify cancelled_news, 'after'")
  await client.query('select 1')
  expect(heard).toEqual(['after'])
})

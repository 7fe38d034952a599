// A statement that is refused before it reaches the backend fails its transaction, as any error does.
import { expect, test } from 'vitest'
import { failure } from '../support/answers'
import { connect } from '../support/embedded'
import { privateDatabase } from '../support/oxbase'

test('the transaction has failed, and no other session gets into it', async () => {
  const database = privateDatabase()
  const [client, other] = [await connect(database), await connect(database)]
  await client.query('create sequence numbers')
  await client.query(`select nextval('numbers')`)
  await other.query(`select nextval('numbers')`)
  await client.query('begin')
  await expect(client.query(`select currval('numbers')`)).rejects.toMatchObject({ code: '0A000' })
  const waits = other.query('select 1 as n')
  await expect(client.query('select 1')).rejects.toMatchObject({ code: '25P02' })
  expect((await client.query('commit')).command).toBe('ROLLBACK')
  expect((await waits).rows).toEqual([{ n: 1 }])
})

test('a statement that is cancelled as soon as it is sent fails its transaction, too', async () => {
  const client = await connect(privateDatabase())
  await client.query('create table kept (n int)')
  for (let round = 0; round < 100; round += 1) {
    await client.query('begin')
    await client.query('insert into kept values (1)')
    const controller = new AbortController()
    const running = failure(
      client.query({ text: 'select pg_sleep(600)', signal: controller.signal })
    )
    controller.abort()
    expect((await running).name).toBe('AbortError')
    expect(await failure(client.query('select 1'))).toMatchObject({ code: '25P02' })
    await client.query('rollback')
  }
  expect((await client.query('select * from kept')).rows).toEqual([])
})

import { expect, test } from 'vitest'
import { failure } from '../support/answers'
import { connect, Database, open, privateDatabase } from '../support/embedded'

const CLOSED = 'oxbase: the database is closed'

test('close may be called as often as one likes', async () => {
  const database = await open()
  expect(database.closed).toBe(false)
  await Promise.all([database.close(), database.close()])
  await database.close()
  expect(database.closed).toBe(true)
})

test('a database that is closed refuses everything', async () => {
  const database = await open()
  await database.close()
  const calls = [
    database.query('select 1'),
    database.exec('select 1'),
    database.transaction(() => Promise.resolve()),
    database.listen('news', () => undefined),
  ]
  for (const call of calls) expect((await failure(call)).message).toBe(CLOSED)
  for (const call of ['querySync', 'execSync', 'stats', 'sessions'] as const)
    expect(() => (database[call] as (text: string) => unknown)('select 1')).toThrow(CLOSED)
})

test('closing rejects what is under way', async () => {
  const database = await open()
  const pending = Promise.allSettled([database.query('select 1'), database.query('select 2')])
  await database.close()
  for (const outcome of await pending)
    if (outcome.status === 'rejected')
      expect((outcome.reason as Error).message).toMatch(/terminated|closed/)
})

test('clients of a database that was closed keep it open', async () => {
  const options = privateDatabase()
  const database = await open(options)
  const client = await connect(options)
  await database.close()
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('a database closes at the end of an await using block', async () => {
  let kept: Database | undefined
  {
    await using database = await Database.open(privateDatabase())
    kept = database
    expect((await database.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  }
  expect(kept.closed).toBe(true)
})

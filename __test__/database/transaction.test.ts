import { expect, test } from 'vitest'
import { failure } from '../support/answers'
import { open, value, type Database } from '../support/embedded'

const setUp = async () => {
  const database = await open()
  await database.exec('create table t (n int)')
  return database
}
const count = (database: Database) => value(database, 'select count(*)::int from t')

test('a transaction commits when its function is done, and answers what that returns', async () => {
  const database = await setUp()
  const answer = await database.transaction(async (tx) => {
    await tx.query('insert into t values ($1)', [1])
    await tx.exec('insert into t values (2); insert into t values (3)')
    return 'done'
  })
  expect([answer, await count(database)]).toEqual(['done', 3])
})

test('a transaction rolls back when its function fails, and rejects with that error', async () => {
  const database = await setUp()
  const error = await failure(
    database.transaction(async (tx) => {
      await tx.query('insert into t values (1)')
      throw new Error('changed my mind')
    })
  )
  expect([error.message, await count(database)]).toEqual(['changed my mind', 0])
})

test('a transaction rolls back when a statement fails', async () => {
  const database = await setUp()
  const error = await failure(
    database.transaction(async (tx) => {
      await tx.query('insert into t values (1)')
      await tx.query('select 1 / 0')
    })
  )
  expect([error.code, await count(database)]).toEqual(['22012', 0])
})

test('a failed statement that is swallowed does not pass for a commit', async () => {
  const database = await setUp()
  const error = await failure(
    database.transaction(async (tx) => {
      await tx.query('insert into t values (1)')
      await tx.query('select 1 / 0').catch(() => undefined)
    })
  )
  expect(error.message).toMatch(/rolled back/)
  expect(await count(database)).toBe(0)
})

test('rollback undoes everything and lets the function go on', async () => {
  const database = await setUp()
  const answer = await database.transaction(async (tx) => {
    await tx.query('insert into t values (1)')
    await tx.rollback()
    return 'undone'
  })
  expect([answer, await count(database)]).toEqual(['undone', 0])
})

test('a transaction is of no use after its end', async () => {
  const database = await setUp()
  const tx = await database.transaction((open) => Promise.resolve(open))
  expect(tx.closed).toBe(true)
  expect((await failure(tx.query('select 1'))).message).toBe('oxbase: the transaction has ended')
  expect((await failure(tx.exec('select 1'))).message).toBe('oxbase: the transaction has ended')
})

test('transactions at once run one after the other', async () => {
  const database = await setUp()
  await Promise.all(
    Array.from({ length: 10 }, () =>
      database.transaction(async (tx) => {
        const n = (await tx.query('select count(*)::int as n from t')).rows[0] as { n: number }
        await tx.query('insert into t values ($1)', [n.n])
      })
    )
  )
  const { rows } = await database.query('select n from t order by n')
  expect(rows).toEqual(Array.from({ length: 10 }, (_, n) => ({ n })))
})

test('what is not a function is refused', async () => {
  const database = await setUp()
  const error = await failure(database.transaction('select 1' as never))
  expect(error).toBeInstanceOf(TypeError)
  expect(error.message).toBe('oxbase: transaction takes a function, got string')
})

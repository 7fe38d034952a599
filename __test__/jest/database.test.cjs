const { Database } = require('oxbase')

describe('a database under jest', () => {
  let database

  beforeAll(async () => {
    database = await Database.open({ dataDir: 'memory://' })
    await database.exec('create table t (n int)')
  })
  afterAll(() => database.close())
  beforeEach(() => database.exec('truncate t'))

  test.each([1, 2, 3])('is emptied before each test: %i', async (n) => {
    await database.query('insert into t values ($1)', [n])
    expect((await database.query('select n from t')).rows).toEqual([{ n }])
  })

  test('answers at once', () => {
    expect(database.querySync('select 1 as one').rows).toEqual([{ one: 1 }])
  })

  test('keeps a transaction whole', async () => {
    await expect(
      database.transaction(async (tx) => {
        await tx.query('insert into t values (1)')
        throw new Error('no')
      })
    ).rejects.toThrow('no')
    expect((await database.query('select n from t')).rows).toEqual([])
  })
})

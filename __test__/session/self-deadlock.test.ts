import { expect, test } from 'vitest'
import { failure, serverFields } from '../support/answers'
import { run } from '../support/child'
import {
  connect,
  createPool,
  open,
  PGlitePooler,
  privateDatabase,
  value,
  type Client,
  type Database,
} from '../support/embedded'

const FILE = 'self-deadlock.test.ts'
const TIMEOUT = 200
const pause = (milliseconds: number) =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds)
  })

/** A client in a transaction, and the options of its database. */
async function setUp(extra: object = {}) {
  const options = { ...privateDatabase(), deadlockTimeout: TIMEOUT, ...extra }
  const outer = await connect({ ...options, application_name: 'outer' })
  await outer.query('create table t (n int)')
  return { options, outer }
}

/** What tells of a deadlock, with both places in this file. */
function expectDeadlock(error: Error): void {
  const { code, severity, message, detail } = serverFields(error) as Record<string, string>
  expect({ code, severity }).toEqual({ code: '40P01', severity: 'ERROR' })
  expect(message).toMatch(/^deadlock detected: /)
  expect(message?.split(FILE)).toHaveLength(3)
  expect(detail).toMatch(/^Session \d+ \(pid \d+\).* has held the database for \d+ ms/)
}

test('a query on a second client inside of a transaction fails, and both clients go on', async () => {
  const { options, outer } = await setUp()
  const inner = await connect(options)
  await outer.query('begin')
  await outer.query('insert into t values (1)')
  const error = await failure(inner.query('select count(*) from t'))
  expectDeadlock(error)
  expect(error.detail).toContain('"outer"')
  expect(error.detail).toContain('its last statement: insert into t values (1)')
  expect((await outer.query('commit')).command).toBe('COMMIT')
  expect((await inner.query('select n from t')).rows).toEqual([{ n: 1 }])
})

test('a client that connects inside of the transaction is told, too', async () => {
  const { options, outer } = await setUp()
  await outer.query('start transaction')
  const inner = await connect(options)
  expectDeadlock(await failure(inner.query('select $1::int', [1])))
  expectDeadlock(await failure(inner.query('begin')))
  await outer.query('rollback')
  expect((await inner.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('a client connects inside of the transaction with limits of its own, too', async () => {
  const { options, outer } = await setUp()
  await outer.query('begin')
  const limits = { statement_timeout: 30_000, lock_timeout: 30_000 }
  const inner = await connect({ ...options, ...limits, application_name: 'inner' })
  expectDeadlock(await failure(inner.query('select 1')))
  await outer.query('rollback')
  expect((await inner.query('show statement_timeout')).rows).toEqual([{ statement_timeout: '30s' }])
})

test('pool.query inside of a transaction of its pool fails, and the pool goes on', async () => {
  const pool = createPool({ ...privateDatabase(), max: 3, deadlockTimeout: TIMEOUT })
  await pool.query('create table t (n int)')
  const client = await pool.connect()
  await client.query('begin')
  await client.query('insert into t values (1)')
  const errors = [
    await failure(pool.query('select 1')),
    await failure(pool.query({ text: 'select $1::int', values: [1] })),
  ]
  await client.query('commit')
  client.release()
  errors.forEach(expectDeadlock)
  expect((await pool.query('select n from t')).rows).toEqual([{ n: 1 }])
})

test('callbacks inside of a transaction are inside of it', async () => {
  const { options, outer } = await setUp()
  const pool = createPool(options)
  const error = await new Promise<Error>((resolve) => {
    outer.query('begin', () => {
      pool.query('select 1', (failed) => resolve(failed))
    })
  })
  await outer.query('rollback')
  expectDeadlock(error)
})

test('a database, a transaction and a pooler inside of a transaction fail', async () => {
  const database = await open({ deadlockTimeout: TIMEOUT })
  const pooler = await PGlitePooler.create(database)
  await database.exec('create table t (n int)')
  const attempts: ((database: Database) => Promise<unknown>)[] = [
    () => database.query('select 1'),
    () => database.exec('select 1'),
    () => database.transaction((nested) => nested.query('select 1')),
  ]
  for (const attempt of attempts) {
    const error = await database.transaction(async (tx) => {
      await tx.query('insert into t values (1)')
      return failure(attempt(database))
    })
    expectDeadlock(error)
  }
  const slow = await database.transaction(async (tx) => {
    await tx.query('select 1')
    return failure(pooler.query('select 1'))
  })
  expectDeadlock(slow)
  expect(await value(database, 'select count(*)::int from t')).toBe(3)
  await pooler.stop()
})

test('a blocking query inside of a transaction fails at once', async () => {
  const { options, outer } = await setUp()
  const database = await open(options)
  await outer.query('begin')
  const started = performance.now()
  let error: Error | undefined
  try {
    database.querySync('select 1')
  } catch (thrown) {
    error = thrown as Error
  }
  expectDeadlock(error as Error)
  expect(performance.now() - started).toBeLessThan(5000)
  await outer.query('commit')
  expect(database.querySync('select 1 as one').rows).toEqual([{ one: 1 }])
})

test('an owner that is busy is waited for', async () => {
  const { options, outer } = await setUp()
  const inner = await connect(options)
  await outer.query('begin')
  const blocked = inner.query('select 1 as one')
  for (let i = 0; i < 6; i += 1) await outer.query('select pg_sleep(0.1)')
  await outer.query('commit')
  expect((await blocked).rows).toEqual([{ one: 1 }])
})

test('an owner that ends its transaction in time is waited for', async () => {
  const { options, outer } = await setUp({ deadlockTimeout: 5000 })
  const inner = await connect(options)
  await outer.query('begin')
  const blocked = inner.query('select 1 as one')
  await pause(300)
  await outer.query('commit')
  expect((await blocked).rows).toEqual([{ one: 1 }])
})

/** Whoever is not inside of the transaction waits for it, however long it is idle. */
async function expectWaiting(blocked: Promise<{ rows: unknown[] }>, outer: Client): Promise<void> {
  await pause(TIMEOUT * 3)
  await outer.query('commit')
  expect((await blocked).rows).toEqual([{ one: 1 }])
}

test('a query from outside of the transaction is waited with', async () => {
  const { options, outer } = await setUp()
  const inner = await connect(options)
  let begun: () => void = () => undefined
  const other = new Promise<void>((resolve) => (begun = resolve)).then(() =>
    inner.query('select 1 as one')
  )
  await outer.query('begin')
  begun()
  await expectWaiting(other, outer)
})

test('the code beside a transaction is not inside of it', async () => {
  const { options, outer } = await setUp()
  const inner = await connect(options)
  const inTransaction = async () => {
    await outer.query('begin')
    await pause(TIMEOUT * 3)
    await outer.query('commit')
  }
  const beside = async () => {
    await inner.query('select 1')
    return inner.query('select 1 as one')
  }
  const database = await open(options)
  const [, { rows }] = await Promise.all([inTransaction(), beside()])
  expect(rows).toEqual([{ one: 1 }])
  const [, second] = await Promise.all([
    database.transaction(async (tx) => {
      await tx.query('select 1')
      await pause(TIMEOUT * 3)
    }),
    database.query('select 1 as one'),
  ])
  expect(second.rows).toEqual([{ one: 1 }])
})

test('a context that has outlived its transaction is inside of none', async () => {
  const { options, outer } = await setUp()
  const inner = await connect(options)
  await outer.query('begin')
  await outer.query('commit')
  let begin: () => void = () => undefined
  const asked = new Promise<void>((resolve) => (begin = resolve))
  // Another context, which is in no transaction yet, begins the next one on the same client.
  const next = new Promise<void>((resolve) => {
    setImmediate(() => void asked.then(() => outer.query('begin')).then(() => resolve()))
  })
  begin()
  await next
  await expectWaiting(inner.query('select 1 as one'), outer)
})

test('clients of a pool carry no transaction to those who get them next', async () => {
  const pool = createPool({ ...privateDatabase(), max: 2, deadlockTimeout: TIMEOUT })
  const work = async (n: number) => {
    const client = await pool.connect()
    await client.query('begin')
    await pause(n === 0 ? TIMEOUT * 2 : 5)
    await client.query('commit')
    client.release()
    return n
  }
  const queries = Array.from({ length: 10 }, () => pool.query('select 1 as one'))
  const done = await Promise.all(Array.from({ length: 5 }, (_, n) => work(n)))
  expect(done).toEqual([0, 1, 2, 3, 4])
  for (const { rows } of await Promise.all(queries)) expect(rows).toEqual([{ one: 1 }])
})

/** Two clients of one database in a process where no transaction has been followed yet. */
function inNewProcess(body: string) {
  return run(`
    const { Client } = require('oxbase')
    const connect = () => new Client({ deadlockTimeout: ${TIMEOUT} })
    const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))
    const gate = () => {
      let open
      const opened = new Promise((resolve) => (open = resolve))
      return { open, opened }
    }
    async function main() {
      const [outer, inner] = [connect(), connect()]
      await outer.connect()
      await inner.connect()
      ${body}
      await outer.query('commit')
      console.log((await waiting).rows)
      await outer.end()
      await inner.end()
    }
    main()`)
}

test('code that has waited since before any transaction is inside of none', async () => {
  const outcome = await inNewProcess(`
    const { open, opened } = gate()
    const waiting = (async () => {
      await opened
      return inner.query('select 1 as one')
    })()
    await outer.query('begin')
    open()
    await pause(${TIMEOUT * 3})`)
  expect(outcome).toEqual({ code: 0, signal: null, stdout: '[ { one: 1 } ]\n', stderr: '' })
})

test('what a timer or a socket does next is in no transaction that it began before', async () => {
  const outcome = await inNewProcess(`
    const { open, opened } = gate()
    let times = 0
    let waiting
    const timer = setInterval(() => {
      times += 1
      if (times === 1) return void outer.query('begin')
      clearInterval(timer)
      waiting = inner.query('select 1 as one')
      waiting.catch(() => undefined)
      open()
    }, 50)
    await opened
    await pause(${TIMEOUT * 3})`)
  expect(outcome).toEqual({ code: 0, signal: null, stdout: '[ { one: 1 } ]\n', stderr: '' })
})

test('a transaction on another engine does not stand in the way', async () => {
  const [first, second] = [
    await open({ deadlockTimeout: TIMEOUT }),
    await open({ deadlockTimeout: TIMEOUT }),
  ]
  const rows = await first.transaction(async (outer) => {
    await outer.query('select 1')
    return second.transaction(async (inner) => {
      await inner.query('select pg_sleep(0.5)')
      return (await outer.query('select 1 as one')).rows
    })
  })
  expect(rows).toEqual([{ one: 1 }])
})

test('deadlockTimeout 0 leaves it to queueTimeout, whose error says where the transaction began', async () => {
  const { options, outer } = await setUp({ deadlockTimeout: 0, queueTimeout: 500 })
  const inner = await connect(options)
  await outer.query('begin')
  await outer.query('insert into t values (1)')
  const error = await failure(inner.query('select count(*) from t'))
  expect(error.code).toBe('55P03')
  expect(error.message).toMatch(/^queue timeout: waited \d+ ms for the database, which session \d+/)
  expect(error.message).toContain('"outer" has held for')
  expect(error.message).toContain('its last statement: insert into t values (1)')
  expect(error.message).toMatch(/its transaction began at .*self-deadlock\.test\.ts:\d+/)
  await outer.query('commit')
})

test('sessions() says where a transaction began, while it is open', async () => {
  const { options, outer } = await setUp()
  const database = await open(options)
  const callSite = () =>
    database.sessions().find(({ applicationName }) => applicationName === 'outer')?.callSite
  expect(callSite()).toBeUndefined()
  await outer.query('begin')
  expect(callSite()).toContain(FILE)
  await outer.query('commit')
  expect(callSite()).toBeUndefined()
})

test('deadlockTimeout must be a whole number', () => {
  expect(() => createPool({ deadlockTimeout: -1 })).toThrow(/"deadlockTimeout" must be/)
})

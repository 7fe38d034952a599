import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { run, start } from '../support/child'
import { failure } from '../support/answers'
import {
  connect,
  inWorker,
  open,
  privateDatabase,
  temporaryDirectory,
  value,
} from '../support/embedded'

/** Far more than a stop takes, because machines that run tests are slow. */
const SOON_MS = 5000
const ENDLESS = 'do $$ begin loop end loop; end $$'
const posix = process.platform !== 'win32'

const main = (body: string) => `
  const { Client, Database } = require('oxbase')
  const ENDLESS = '${ENDLESS}'
  const stopped = (on) => on.query(ENDLESS).then(() => 'ended', (error) => error.code)
  ;(async () => { ${body} })()`

test('a statement is stopped soon after its limit, again and again', async () => {
  const client = await connect({ ...privateDatabase(), statementTimeout: 100 })
  for (let i = 0; i < 5; i += 1) {
    const started = performance.now()
    expect((await failure(client.query(ENDLESS))).code).toBe('57014')
    expect(performance.now() - started).toBeLessThan(SOON_MS)
  }
  expect(await value(client, 'select 1')).toBe(1)
})

test('stops are counted', async () => {
  const options = privateDatabase()
  const database = await open(options)
  const client = await connect({ ...options, statementTimeout: 100 })
  await failure(client.query(ENDLESS))
  await client.query('select 1')
  expect(database.stats()).toMatchObject({ stopped: 1, restarts: expect.any(Number) as number })
})

test('what was committed before a stop is in the directory after it', async () => {
  const dataDir = join(temporaryDirectory(), 'data')
  const client = await connect({ dataDir, statementTimeout: 300 })
  await client.query('create table kept (n int)')
  await client.query('insert into kept values (1)')
  await failure(client.query('insert into kept select n from generate_series(1, 2000000000) n'))
  await client.query('insert into kept values (2)')
  expect((await client.query('select n from kept order by n')).rows).toEqual([{ n: 1 }, { n: 2 }])
})

test('statements are stopped in a worker thread', async () => {
  const answer = await inWorker(`
    const client = new oxbase.Client({ dataDir: 'memory://', name: 'worker', statement_timeout: 200 })
    await client.connect()
    const code = await client.query("${ENDLESS}").catch((error) => error.code)
    const { rows } = await client.query('select 1 as one')
    await client.end()
    return [code, rows]`)
  expect(answer).toEqual(['57014', [{ one: 1 }]])
})

test('several engines of a process are stopped without disturbing each other', async () => {
  const clients = await Promise.all(
    [1, 2, 3].map(() => connect({ ...privateDatabase(), statementTimeout: 200 }))
  )
  const bystander = await connect(privateDatabase())
  const sum = bystander.query('select sum(n)::text as sum from generate_series(1, 2000000) n')
  const errors = await Promise.all(clients.map((client) => failure(client.query(ENDLESS))))
  expect(errors.map(({ code }) => code)).toEqual(['57014', '57014', '57014'])
  expect((await sum).rows).toEqual([{ sum: '2000001000000' }])
})

test('process.exit during an endless statement ends the process, and the directory opens again', async () => {
  const dataDir = join(temporaryDirectory(), 'data')
  const started = performance.now()
  const { code, stderr } = await run(
    main(`
      const client = new Client({ dataDir: process.env.DATA_DIR })
      await client.connect()
      await client.query('create table told as select 1 as n')
      stopped(client)
      setTimeout(() => process.exit(3), 200)`),
    { env: { DATA_DIR: dataDir } }
  )
  expect({ code, stderr }).toEqual({ code: 3, stderr: '' })
  expect(performance.now() - started).toBeLessThan(30_000)
  expect((await (await open({ dataDir })).query('select n from told')).rows).toEqual([{ n: 1 }])
})

test.runIf(posix)(
  'SIGUSR1 from outside starts the inspector, also while and after statements are stopped',
  async () => {
    for (const before of ['', 'await stopped(client);', 'void stopped(client);']) {
      const { child, said } = start(
        main(`
          const client = new Client({ statementTimeout: 400 })
          await client.connect()
          ${before}
          console.log('ready')
          setInterval(() => {}, 1000)`),
        { flags: ['--inspect-port=0'] }
      )
      let seen = ''
      const listening = new Promise<void>((resolve) => {
        child.stderr?.on('data', (chunk: Buffer) => {
          seen += chunk.toString()
          if (seen.includes('Debugger listening')) resolve()
        })
      })
      await said('ready')
      child.kill('SIGUSR1')
      await listening
      child.kill('SIGKILL')
      await once(child, 'close')
    }
  }
)

test.runIf(posix)('listeners on SIGUSR1 get theirs, and none of ours', async () => {
  const { stdout, stderr } = await run(
    main(`
      let heard = 0
      process.on('SIGUSR1', () => { heard += 1 })
      const client = new Client({ statementTimeout: 200 })
      await client.connect()
      const codes = [await stopped(client), await stopped(client)]
      console.log(heard)
      const signal = require('node:events').once(process, 'SIGUSR1')
      process.kill(process.pid, 'SIGUSR1')
      await signal
      codes.push(await stopped(client))
      console.log(heard, codes.join(), (await client.query('select 1 as one')).rows[0].one)
      await client.end()`)
  )
  expect({ stdout, stderr }).toEqual({ stdout: '0\n1 57014,57014,57014 1\n', stderr: '' })
})

test.runIf(posix)('a storm of foreign SIGUSR1 harms neither queries nor their stops', async () => {
  const { child, said, outcome } = start(
    main(`
      process.on('SIGUSR1', () => {})
      const client = new Client()
      await client.connect()
      console.log('ready')
      const sums = new Set()
      const codes = new Set()
      for (let i = 0; i < 5; i++) {
        const text = 'select sum(n)::text as sum from generate_series(1, 300000) n'
        sums.add((await client.query(text)).rows[0].sum)
        await client.query('set statement_timeout = 200')
        codes.add(await stopped(client))
        await client.query('set statement_timeout = 0')
      }
      console.log([...sums].join(), [...codes].join(), 'done')
      process.stdin.resume().once('end', () => void client.end())`)
  )
  await said('ready')
  const storm = setInterval(() => {
    for (let i = 0; i < 20; i += 1) child.kill('SIGUSR1')
  }, 2)
  await said('done')
  // A process that ends has no listeners any more, and dies of the signal.
  clearInterval(storm)
  child.stdin?.end()
  const { code, stdout } = await outcome
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'ready\n45000150000 57014 done\n' })
})

test('where nothing can be interrupted, callers are told in time, and it works again in the end', async () => {
  const { stdout, stderr } = await run(
    main(`
      const [client, other] = [new Client({ statement_timeout: 300 }), new Client()]
      await client.connect()
      await other.connect()
      const started = Date.now()
      const first = await client.query('select pg_sleep(3)').catch((error) => error)
      console.log(first.code, Date.now() - started < 2500)
      const busy = await other.query('select 1').catch((error) => error)
      console.log(busy.code, busy.message.startsWith('the database is busy with a statement that cannot be stopped: session '))
      for (;;) {
        const { rows } = await other.query('select 1 as one').catch(() => ({}))
        if (rows) { console.log(rows[0].one); break }
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      console.log((await client.query('select 2 as two')).rows[0].two)
      await client.end()
      await other.end()`),
    { env: { OXBASE_INTERRUPT: 'off' } }
  )
  expect({ stdout, stderr }).toEqual({ stdout: '57014 true\n55P03 true\n1\n2\n', stderr: '' })
})

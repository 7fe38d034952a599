// pgbench: its tables, and its TPC-B-like script in each protocol mode, whose sums must agree.
import { beforeEach, expect, test } from 'vitest'
import { programs, run, type Programs } from '../support/programs'
import { rows } from '../support/server'

beforeEach(({ skip }) => {
  if (!programs) skip('there is no pgbench')
})

const pgbench = (...args: string[]) => run(programs as Programs, 'pgbench', args)

/** Each transaction adds one number to an account, its teller, its branch and the history. */
const SUMS = `select (select count(*)::int from pgbench_accounts) as accounts,
  (select sum(abalance) from pgbench_accounts) = (select coalesce(sum(delta), 0) from pgbench_history)
    and (select sum(tbalance) from pgbench_tellers) = (select coalesce(sum(delta), 0) from pgbench_history)
    and (select sum(bbalance) from pgbench_branches) = (select coalesce(sum(delta), 0) from pgbench_history)
    as agree,
  (select count(*)::int from pgbench_history) as done`

test.each([
  ['on the client', 'dtgvp'],
  ['on the server', 'dtGvp'],
  ['with foreign keys', 'dtgvpf'],
])('the tables are made and filled %s', async (_, steps) => {
  const answer = await pgbench('-i', '-I', steps, '-s', '1', '-q')
  expect(answer.code, answer.stderr).toBe(0)
  expect(await rows(SUMS)).toEqual([{ accounts: 100_000, agree: true, done: 0 }])
})

test.each(['simple', 'extended', 'prepared'])(
  'the balances agree after the TPC-B-like script, protocol %s',
  async (mode) => {
    expect((await pgbench('-i', '-q')).code).toBe(0)
    const answer = await pgbench('-M', mode, '-c', '4', '-j', '4', '-t', '50', '-n')
    expect(answer.code, answer.stderr).toBe(0)
    expect(answer.stdout).toContain('number of transactions actually processed: 200/200')
    expect(await rows(SUMS)).toEqual([{ accounts: 100_000, agree: true, done: 200 }])
  }
)

test.each(['select-only', 'simple-update'])('the built-in script %s runs', async (script) => {
  expect((await pgbench('-i', '-q')).code).toBe(0)
  const answer = await pgbench('-b', script, '-M', 'extended', '-c', '4', '-t', '50', '-n')
  expect(answer.code, answer.stderr).toBe(0)
  expect(answer.stdout).toContain('number of failed transactions: 0 (0.000%)')
})

test('clients that share a thread prepare their statements while others are in a transaction', async () => {
  expect((await pgbench('-i', '-q')).code).toBe(0)
  const answer = await pgbench('-M', 'prepared', '-c', '4', '-j', '1', '-t', '10', '-n')
  expect(answer.stdout).toContain('number of transactions actually processed: 40/40')
})

test('a connection for each transaction is taken and given back', async () => {
  expect((await pgbench('-i', '-q')).code).toBe(0)
  const answer = await pgbench('-C', '-S', '-c', '3', '-t', '10', '-n')
  expect(answer.code, answer.stderr).toBe(0)
  expect(answer.stdout).toContain('number of transactions actually processed: 30/30')
})
